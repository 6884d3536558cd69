import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COMMANDS } from '../../cli/commands.ts'
import { runCommand } from '../../cli/run-command.ts'
import { startDev, type Dev } from './start-dev.ts'

const ROOT = path.join(import.meta.dirname, '..', '..')
let folder: string
let next: string
let dev: Dev

/** What a command printed, and its exit code. */
interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command in the folder that `stagedoor dev` was started in, so that it finds the gateway by itself. */
function run(...args: readonly string[]): Promise<Ran> {
  return runWith({}, ...args)
}

async function runWith(env: Readonly<Record<string, string>>, ...args: readonly string[]): Promise<Ran> {
  const printed = { out: '', err: '' }
  const terminal = {
    out: (line: string) => void (printed.out += `${line}\n`),
    err: (line: string) => void (printed.err += `${line}\n`),
    paint: (_colour: string, text: string) => text,
  }
  const code = await runCommand(args, COMMANDS, { terminal, env, directory: ROOT })
  return { code, ...printed }
}

/** Runs a command as a process of its own. */
function spawnCommand(...args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(process.execPath, [path.join(ROOT, 'cli', 'bin.js'), ...args], { cwd: ROOT }, (error, out, err) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, out, err })
    })
  })
}

/** A definition whose answers tell its version and a stage variable. */
function definitionOf(version: number): string {
  const template = `{"version": ${version}, "colour": "$stageVariables.colour"}`
  const integration = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode": 200}' }, responses: { default: { statusCode: '200', responseTemplates: { 'application/json': template } } } }
  const get = { responses: { '200': { description: 'ok' } }, 'x-amazon-apigateway-integration': integration }
  const orders = version > 1 ? { '/orders': { get } } : {}
  return JSON.stringify({ openapi: '3.0.1', info: { title: 'shop', version: '1' }, paths: { '/pets': { get }, ...orders } })
}

async function writeRules(directory: string, version: number, colour: string): Promise<void> {
  const api = path.join(directory, 'apis', 'shop')
  await mkdir(path.join(api, 'stages'), { recursive: true })
  await writeFile(path.join(api, 'api.json'), definitionOf(version))
  await writeFile(path.join(api, 'stages', 'dev.json'), JSON.stringify({ variables: { colour } }))
  await writeFile(path.join(api, 'stages', 'prod.json'), '{}')
}

async function versionOn(stage: string): Promise<unknown> {
  const response = await dev.fetch(`/shop/${stage}/pets`)
  return ((await response.json()) as { version?: unknown }).version
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-control-'))
  next = await mkdtemp(path.join(tmpdir(), 'stagedoor-next-'))
  await writeRules(folder, 1, 'blue')
  await writeRules(next, 2, 'green')
  dev = await startDev(['--rules', folder])
})

afterAll(async () => {
  await dev.stop()
  await rm(folder, { recursive: true })
  await rm(next, { recursive: true })
})

describe('the life of a change', () => {
  it('is seen in a diff, whose exit code says so', async () => {
    expect(await run('diff', folder)).toMatchObject({ code: 0, out: 'Nothing differs.\n' })
    const { code, out } = await spawnCommand('diff', next)
    expect(code).toBe(2)
    expect(out).toContain('+ GET /orders')
    expect(out).toContain('variables.colour: "blue" -> "green"')
    const json = await run('diff', next, '--json', '--stage', 'shop/prod')
    expect([json.code, JSON.parse(json.out)]).toMatchObject([2, { isDifferent: true, apis: [{ stages: [{ stageName: 'prod' }] }] }])
  })

  it('is pushed, changes settings at once and routes only when it is deployed', async () => {
    const dry = await run('push', next, '--dry-run')
    expect([dry.code, dry.out]).toMatchObject([0, expect.stringContaining('+ GET /orders')])
    const pushed = await run('push', next, '--author', 'ann', '--message', 'Größer', '--commit', 'abc')
    expect([pushed.code, pushed.out]).toMatchObject([0, expect.stringMatching(/dev +runs [0-9a-f]{20}, not the draft; revision 2; settings applied/u)])
    expect(await versionOn('dev')).toBe(1)
    const status = await run('status', '--json')
    expect(JSON.parse(status.out)).toMatchObject({ apis: [{ apiId: 'shop', draft: { author: 'ann', message: 'Größer', sourceCommit: 'abc' }, stages: [{ stageName: 'dev', runsDraft: false }, {}] }] })
  })

  it('is deployed, and --wait returns when requests are answered by it', async () => {
    const { code, out } = await run('deploy', 'shop', 'dev', '--wait')
    expect(code).toBe(0)
    expect(out).toMatch(/shop\/dev answers with [0-9a-f]{20}, revision 3, after \d+\.\d s/u)
    expect(await versionOn('dev')).toBe(2)
    expect(await versionOn('prod')).toBe(1)
  })

  it('goes to a share of prod, is promoted, and stands in history', async () => {
    const started = await run('canary', 'start', 'shop', 'prod', '--percent', '50', '--variable', 'colour=red', '--sticky', 'header:x-user', '--wait')
    expect([started.code, started.out]).toMatchObject([0, expect.stringContaining('50 % go to')])
    const versions = new Set<unknown>()
    for (let n = 0; n < 40; n += 1) {
      const [first, again] = await Promise.all([1, 2].map(async () => (await dev.fetch('/shop/prod/pets', { headers: { 'x-user': `user-${n}` } })).json()))
      expect(again).toEqual(first)
      versions.add((first as { version: unknown }).version)
    }
    expect(versions).toEqual(new Set([1, 2]))
    expect((await run('canary', 'status', 'shop', 'prod')).out).toContain('sticky by HEADER x-user')
    const promoted = await run('canary', 'promote', 'shop', 'prod', '--wait')
    expect(promoted.code).toBe(0)
    expect(await (await dev.fetch('/shop/prod/pets')).json()).toEqual({ version: 2, colour: 'red' })
    const history = await run('deployments', 'shop', '--stage', 'prod')
    expect(history.out).toMatch(/canary-promote/u)
  })

  it('is taken back', async () => {
    const { code, out } = await run('rollback', 'shop', 'dev', '--wait', '--message', 'it broke')
    expect([code, out]).toMatchObject([0, expect.stringContaining('is back at')])
    expect(await versionOn('dev')).toBe(1)
    const audit = await run('audit', 'shop', '--json')
    expect(JSON.parse(audit.out)).toMatchObject({ entries: expect.arrayContaining([expect.objectContaining({ action: 'rollback', message: 'it broke' })]) })
  })
})

it('commands of two words and several options work from a shell', async () => {
  const status = await spawnCommand('canary', 'status', 'shop', 'prod', '--json')
  expect([status.code, JSON.parse(status.out)]).toMatchObject([0, { canarySettings: null }])
  expect(await spawnCommand('deploy', 'shop', 'nowhere', '--message=why')).toMatchObject({ code: 1, err: expect.stringContaining('Invalid stage identifier specified') })
})

describe('a write is seen by the data plane soon', () => {
  const WRITES: readonly (readonly string[])[] = [['deploy', 'shop', 'dev'], ['rollback', 'shop', 'dev'], ['canary', 'start', 'shop', 'dev', '--percent', '100'], ['canary', 'promote', 'shop', 'dev']]
  for (const words of WRITES) {
    it(words.slice(0, 2).join(' '), async () => {
      const { code, out } = await run(...words, '--wait')
      expect(code).toBe(0)
      // About a second, the age of rules in development; far below the 30 seconds of production, also on a machine that is busy.
      expect(Number(/after (\d+\.\d) s/u.exec(out)?.[1])).toBeLessThan(15)
    })
  }
})

describe('what goes wrong is said, and changes nothing', () => {
  const ROWS: readonly { readonly words: readonly string[]; readonly says: string; readonly env?: Readonly<Record<string, string>> }[] = [
    { words: ['deploy', 'shop', 'prdo'], says: 'Invalid stage identifier specified' },
    { words: ['deploy', 'shpo', 'dev'], says: 'Invalid API identifier specified' },
    { words: ['rollback', 'shop', 'dev', '--if-revision', '1'], says: 'the write was meant for revision 1' },
    { words: ['canary', 'start', 'shop', 'dev', '--percent', '101'], says: 'percentTraffic is between 0.0 and 100.0' },
    { words: ['canary', 'promote', 'shop', 'dev'], says: 'Promotion not available. Canary does not exist.' },
    { words: ['status'], says: 'The token is not one of this gateway.', env: { STAGEDOOR_TOKEN: 'wrong' } },
    { words: ['status', '--url', 'http://127.0.0.1:9'], says: 'no token' },
    { words: ['status', '--url', 'http://127.0.0.1:9', '--token', 'x'], says: 'could not be reached' },
    { words: ['push', 'nowhere'], says: 'nowhere does not exist' },
    { words: ['push', '--deploy', 'prdo', 'NEXT'], says: 'Invalid stage identifier specified: prdo' },
  ]
  for (const { words, says, env = {} } of ROWS) {
    it(words.join(' '), async () => {
      const before = (await run('status', '--json')).out
      const url = env['STAGEDOOR_TOKEN'] === undefined ? {} : { STAGEDOOR_URL: dev.origin }
      const { code, err } = await runWith({ ...env, ...url }, ...words.map((word) => (word === 'NEXT' ? next : word)))
      expect(code).toBe(1)
      expect(err).toContain(says)
      expect((await run('status', '--json')).out).toBe(before)
    })
  }
})

it('writes a file for wrangler kv bulk put, with a revision that goes on from the last', async () => {
  const file = path.join(folder, '..', `${path.basename(next)}.bulk.json`)
  const { code, out } = await run('push', next, '--out', file)
  expect([code, out]).toMatchObject([0, expect.stringContaining('wrangler kv bulk put')])
  const pairs = JSON.parse(await readFile(file, 'utf8')) as { key: string; value: string }[]
  expect(pairs.map(({ key }) => key.replace(/[0-9a-f]{20}/u, 'ID'))).toEqual(['account', 'deployment/shop/ID', 'stage/shop/dev', 'stage/shop/prod'])
  const stage = JSON.parse(pairs.find(({ key }) => key === 'stage/shop/dev')?.value ?? '{}') as { revision: number }
  await rm(file)
  expect(Math.abs(stage.revision - Date.now() / 1000)).toBeLessThan(600)
})
