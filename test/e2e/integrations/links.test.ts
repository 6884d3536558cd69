import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type Integration, type RunningApi } from './start-api.ts'

/** A Worker that only a binding reaches; it tells what it was asked. */
const PRIVATE_WORKER = `export default {
  async fetch(request) {
    return Response.json({ from: 'worker', method: request.method, url: request.url, host: request.headers.get('host'), forwarded: request.headers.get('x-forwarded-host'), body: await request.text() })
  },
}`

const through = (connectionId: string, more: Integration = {}): Integration => ({ type: 'http_proxy', httpMethod: 'ANY', uri: 'http://orders.internal/v1/{id}?fixed=1', connectionType: 'VPC_LINK', connectionId, requestParameters: { 'integration.request.path.id': 'method.request.path.id' }, ...more })

let folder: string
let backend: Server
let api: RunningApi

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-links-'))
  await writeFile(path.join(folder, 'worker.js'), PRIVATE_WORKER)
  await writeFile(path.join(folder, 'wrangler.toml'), 'name = "private"\nmain = "worker.js"\ncompatibility_date = "2026-10-01"\n')
  backend = createServer((request, response) => {
    const { host, 'x-tunnel': tunnel, 'x-forwarded-host': forwarded } = request.headers
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ from: 'url', url: request.url, host, tunnel, forwarded }))
  })
  await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/base/`
  api = await startApi(
    {
      'ANY /binding/{id}': through('backend'),
      'GET /variable/{id}': through('${stageVariables.link}'),
      'GET /url/{id}': through('legacy'),
      'GET /certificate/{id}': through('certified'),
      'GET /mapped/{id}': through('backend', { type: 'http', httpMethod: 'GET', responses: { default: { statusCode: '200', responseTemplates: { 'application/json': "from $input.path('$.from')" } } } }),
      'GET /unknown/{id}': through('${stageVariables.wrong}'),
      'GET /unbound/{id}': through('unbound'),
      'GET /secretless/{id}': through('secretless'),
      'GET /uncertified/{id}': through('uncertified'),
      'GET /down/{id}': through('down'),
    },
    {
      stage: { variables: { link: 'backend', wrong: 'nobody' } },
      account: {
        links: {
          backend: { binding: 'PRIVATE' },
          legacy: { url, secretHeaders: { 'X-Tunnel': 'TUNNEL_SECRET' } },
          // No client certificates are made here: a binding that fetches stands for one.
          certified: { url: 'http://certified.internal/secure', certificate: 'PRIVATE' },
          unbound: { binding: 'NOT_BOUND' },
          secretless: { url, secretHeaders: { 'X-Tunnel': 'NO_SECRET' } },
          uncertified: { url, certificate: 'NO_CERT' },
          down: { url: 'http://127.0.0.1:9' },
        },
      },
      args: ['--worker', path.join(folder, 'wrangler.toml'), '--var', 'TUNNEL_SECRET=s3cret'],
    },
  )
})

afterAll(async () => {
  await api.stop()
  backend.close()
  await rm(folder, { recursive: true })
})

describe('a private backend is reached', () => {
  const rows = [
    { name: 'by a service binding', path: '/binding/7?q=a%20b', told: { from: 'worker', method: 'GET', url: 'http://orders.internal/v1/7?fixed=1&q=a%20b', host: 'orders.internal' } },
    { name: 'by a link that a stage variable names', path: '/variable/7', told: { from: 'worker', url: 'http://orders.internal/v1/7?fixed=1' } },
    { name: 'by a private URL, with a secret; the path follows that of the link', path: '/url/7', told: { from: 'url', url: '/base/v1/7?fixed=1', tunnel: 's3cret', forwarded: 'orders.internal' } },
    { name: 'by a private URL, with a certificate', path: '/certificate/7', told: { from: 'worker', url: 'http://certified.internal/secure/v1/7?fixed=1', forwarded: 'orders.internal' } },
  ]
  it.each(rows)('$name', async ({ path: asked, told }) => {
    const response = await api.ask(asked)
    expect([response.status, await response.json()]).toEqual([200, expect.objectContaining(told)])
  })

  it('with a body', async () => {
    const response = await api.ask('/binding/7', { method: 'POST', body: 'hello' })
    expect(await response.json()).toMatchObject({ method: 'POST', body: 'hello' })
  })

  it('by an integration that maps its answer', async () => {
    expect(await (await api.ask('/mapped/7')).text()).toBe('from worker')
  })
})

describe('a private backend that can not be reached is a 500, and the log names the cause', () => {
  const rows = [
    { path: '/unknown/7', cause: 'Invalid Vpc Link identifier specified: account.json has no link "nobody"' },
    { path: '/unbound/7', cause: 'the Worker has no binding NOT_BOUND' },
    { path: '/secretless/7', cause: 'the Worker has no secret NO_SECRET' },
    { path: '/uncertified/7', cause: 'the Worker has no mTLS certificate NO_CERT' },
    { path: '/down/7', cause: "the backend can't be reached" },
  ]
  it.each(rows)('$path', async ({ path: asked, cause }) => {
    const response = await api.ask(asked)
    expect([response.status, await response.text()]).toEqual([500, '{"message": "Internal server error"}'])
    await expect.poll(() => api.output(), { timeout: 60_000 }).toContain(cause)
  })
})
