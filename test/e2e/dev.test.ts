import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDev, type Dev } from './start-dev.ts'

let folder: string
let upstream: Server
let dev: Dev

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-e2e-'))
  await cp(path.join(import.meta.dirname, '..', '..', 'rules'), folder, { recursive: true })
  upstream = createServer((request, response) => {
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ url: request.url, host: request.headers.host }))
  })
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  const { port } = upstream.address() as AddressInfo
  await pointStagesAt(`127.0.0.1:${port}`)
  dev = await startDev(['--rules', folder])
})

afterAll(async () => {
  await dev.stop()
  upstream.close()
  await rm(folder, { recursive: true })
})

async function pointStagesAt(host: string): Promise<void> {
  for (const stage of ['dev', 'prod']) {
    const file = path.join(folder, 'apis', 'petstore', 'stages', `${stage}.json`)
    await writeFile(file, (await readFile(file, 'utf8')).replace('127.0.0.1:8788', host))
  }
}

describe('stagedoor dev on the sample account', () => {
  it('answers by path, through the stage whose variable chooses the upstream', async () => {
    const [sandbox, live] = await Promise.all([dev.fetch('/petstore/dev/pets?limit=1'), dev.fetch('/petstore/prod/pets/7')])
    expect(sandbox.status).toBe(200)
    expect(await sandbox.json()).toMatchObject({ url: '/sandbox/pets?limit=1' })
    expect(await live.json()).toMatchObject({ url: '/live/pets/7' })
    expect(live.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/u)
  })

  it('answers by the default host and by a custom domain', async () => {
    expect(await dev.json('/prod/pets', { host: 'petstore.execute-api.localhost' })).toMatchObject({ url: '/live/pets' })
    expect(await dev.json('/pets', { host: 'api.petstore.localhost' })).toMatchObject({ url: '/live/pets' })
    expect(await dev.json('/sandbox/pets', { host: 'api.petstore.localhost' })).toMatchObject({ url: '/sandbox/pets' })
  })

  it("answers in Amazon's words where nothing is", async () => {
    const unknownPath = await dev.fetch('/petstore/dev/nothing')
    expect([unknownPath.status, await unknownPath.text()]).toEqual([403, '{"message":"Missing Authentication Token"}'])
    expect(unknownPath.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException')
    const unknownStage = await dev.fetch('/petstore/nothing/pets')
    expect([unknownStage.status, await unknownStage.text()]).toEqual([403, '{"message":"Forbidden"}'])
  })

  it('ends with the reason when its port is taken', async () => {
    const { port } = new URL(dev.origin)
    await expect(startDev(['--rules', folder, '--port', port])).rejects.toThrow(`something listens on 127.0.0.1:${port} already`)
  })

  it('publishes a changed file, and keeps the last good rules when a file breaks', async () => {
    const file = path.join(folder, 'apis', 'petstore', 'stages', 'dev.json')
    const good = await readFile(file, 'utf8')
    await writeFile(file, good.replace('/sandbox', '/renovated'))
    await expect.poll(() => dev.json('/petstore/dev/pets'), { timeout: 60_000 }).toMatchObject({ url: '/renovated/pets' })
    await writeFile(file, '{ "variables": ')
    await expect.poll(() => dev.output(), { timeout: 60_000 }).toMatch(/stages\/dev\.json:\d+:\d+.*error/u)
    expect(await dev.json('/petstore/dev/pets')).toMatchObject({ url: '/renovated/pets' })
  })
})

describe('stagedoor dev on a folder that is too large for one push', () => {
  let large: string
  let largeDev: Dev
  const file = () => path.join(large, 'apis', 'archive', 'api.json')

  beforeAll(async () => {
    large = await mkdtemp(path.join(tmpdir(), 'stagedoor-e2e-'))
    await mkdir(path.join(large, 'apis', 'archive', 'stages'), { recursive: true })
    await writeFile(path.join(large, 'apis', 'archive', 'stages', 'dev.json'), '{}')
    await writeFile(file(), mockDefinition('first'))
    largeDev = await startDev(['--rules', large])
  })

  afterAll(async () => {
    await largeDev.stop()
    await rm(large, { recursive: true })
  })

  it('writes it past the control API, and says so', async () => {
    expect(largeDev.output()).toContain('Published archive/dev, without history: the folder is too large for the control API')
    expect(await largeDev.json('/archive/dev/papers')).toEqual({ edition: 'first' })
  })

  it('writes it again when it changes', async () => {
    await writeFile(file(), mockDefinition('second'))
    await expect.poll(() => largeDev.json('/archive/dev/papers'), { timeout: 20_000 }).toEqual({ edition: 'second' })
  })

  it('gives the next process the rules of now, kept or not', async () => {
    for (const edition of ['second', 'second', 'third']) {
      // The second time nothing has changed, and what was kept serves.
      if (edition === 'third') await writeFile(file(), mockDefinition(edition))
      const next = await startDev(['--rules', large])
      expect(await next.json('/archive/dev/papers')).toEqual({ edition })
      await next.stop()
    }
  })
})

/** An API with one method, which answers by itself, in more bytes than the control API takes. */
function mockDefinition(edition: string): string {
  const integration = {
    type: 'mock',
    requestTemplates: { 'application/json': '{"statusCode":200}' },
    responses: { default: { statusCode: '200', responseTemplates: { 'application/json': JSON.stringify({ edition }) } } },
  }
  const definition = { openapi: '3.0.1', info: { title: 'archive', version: '1' }, paths: { '/papers': { get: { responses: { 200: { description: 'ok' } }, 'x-amazon-apigateway-integration': integration } } } }
  return `${JSON.stringify(definition)}${' '.repeat(4_000_000)}`
}
