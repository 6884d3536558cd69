import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../cli/commands.ts'
import { runCommand } from '../../../cli/run-command.ts'
import { until } from '../../until.ts'
import { startDev, type Dev } from '../start-dev.ts'

const ROOT = path.join(import.meta.dirname, '..', '..', '..')
let folder: string
let backend: Server
let dev: Dev
let calls = 0

/** What a command printed, and its exit code. */
interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs a command in the folder that `stagedoor dev` was started in, so that it finds the gateway by itself. */
async function run(...args: readonly string[]): Promise<Ran> {
  const printed = { out: '', err: '' }
  const terminal = {
    out: (line: string) => void (printed.out += `${line}\n`),
    err: (line: string) => void (printed.err += `${line}\n`),
    paint: (_colour: string, text: string) => text,
  }
  const code = await runCommand(args, COMMANDS, { terminal, env: {}, directory: ROOT })
  return { code, ...printed }
}

const json = async (...args: readonly string[]): Promise<Record<string, unknown>> => JSON.parse((await run(...args, '--json')).out) as Record<string, unknown>

async function ask(resource = 'pets'): Promise<string> {
  return (await dev.fetch(`/shop/dev/${resource}`)).text()
}

beforeAll(async () => {
  backend = createServer((_request, response) => {
    calls += 1
    response.writeHead(200, { 'content-type': 'text/plain', 'cache-tag': 'animals' }).end(`answer ${calls}`)
  })
  await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve))
  const uri = `http://127.0.0.1:${(backend.address() as AddressInfo).port}/`
  const get = { responses: { '200': { description: 'ok' } }, 'x-amazon-apigateway-integration': { type: 'http_proxy', httpMethod: 'GET', uri } }
  folder = await mkdtemp(path.join(tmpdir(), 'stagedoor-cache-'))
  await mkdir(path.join(folder, 'apis', 'shop', 'stages'), { recursive: true })
  await writeFile(path.join(folder, 'apis', 'shop', 'api.json'), JSON.stringify({ openapi: '3.0.1', info: { title: 'shop', version: '1' }, paths: { '/pets': { get }, '/toys': { get } } }))
  const stage = { cacheClusterEnabled: true, cacheClusterSize: '0.5', methodSettings: { '*/*': { cachingEnabled: true, shared: true } } }
  await writeFile(path.join(folder, 'apis', 'shop', 'stages', 'dev.json'), JSON.stringify(stage))
  dev = await startDev(['--rules', folder])
})

afterAll(async () => {
  await dev.stop()
  backend.close()
  await rm(folder, { recursive: true })
})

beforeEach(async () => {
  await run('cache', 'flush', 'shop', 'dev')
})

describe('stagedoor flush', () => {
  for (const words of [['flush'], ['cache', 'flush']]) {
    it(`${words.join(' ')}: the next request is answered anew`, async () => {
      const before = [await ask(), await ask()]
      expect(new Set(before).size).toBe(1)
      const { code, out } = await run(...words, 'shop', 'dev')
      expect([code, out]).toEqual([0, expect.stringMatching(/^shop\/dev is flushed: cache epoch \d+ \(revision \d+\)\n/u)])
      expect(before).not.toContain(await ask())
    })
  }

  it('--json tells the stage as it is then', async () => {
    const first = (await json('flush', 'shop', 'dev'))['stage'] as { readonly cacheEpoch: number }
    expect(await json('flush', 'shop', 'dev')).toMatchObject({ isChanged: true, stage: { apiId: 'shop', stageName: 'dev', cacheEpoch: first.cacheEpoch + 1 } })
  })

  const REFUSED: readonly (readonly [string, readonly string[], string])[] = [
    ['of a stage that is not there', ['shop', 'prod'], 'Invalid stage identifier specified'],
    ['of an API that is not there', ['shoes', 'dev'], 'Invalid API identifier specified'],
    ['of a name that can be none', ['Shop!', 'dev'], 'apiId'],
    ['of another revision', ['shop', 'dev', '--if-revision', '1'], 'revision'],
    ['of no revision', ['shop', 'dev', '--if-revision', 'x'], '--if-revision takes the number of a revision, not x'],
    ['without a stage', ['shop'], 'flush API STAGE'],
  ]
  it.each(REFUSED)('%s fails', async (_name, args, message) => {
    const { code, out, err } = await run('flush', ...args)
    expect([code, out]).toEqual([1, ''])
    expect(err).toContain(message)
  })

  it('fails with --json as JSON', async () => {
    const { code, out } = await run('flush', 'shop', 'prod', '--json')
    expect([code, JSON.parse(out)]).toEqual([1, expect.objectContaining({ ok: false, message: 'Invalid stage identifier specified' })])
  })
})

describe('stagedoor cache purge', () => {
  it('takes out one method, and no other', async () => {
    const [pets, toys] = [await ask(), await ask('toys')]
    expect(await run('cache', 'purge', 'shop', 'dev', '--method', 'pets/GET', '--wait')).toMatchObject({ code: 0, out: expect.stringContaining('method pets/GET is purged from shop/dev') })
    await until(() => ask(), (body) => body !== pets)
    expect(await ask('toys')).toBe(toys)
  })

  it('takes out what has a tag', async () => {
    const pets = await ask()
    expect((await run('cache', 'purge', 'shop', 'dev', '--tag', 'animals', '--wait')).code).toBe(0)
    await until(() => ask(), (body) => body !== pets)
  })

  const REFUSED: readonly (readonly [string, readonly string[], string])[] = [
    ['nothing', [], 'say what to purge: --method PATH/METHOD or --tag TAG'],
    ['both', ['--method', 'pets/GET', '--tag', 'a'], 'say what to purge: --method PATH/METHOD or --tag TAG'],
    ['a method that is not there', ['--method', 'pets/GTE'], 'The stage has no method pets/GTE; did you mean "pets/GET"?'],
  ]
  it.each(REFUSED)('of %s fails', async (_name, args, message) => {
    const { code, err } = await run('cache', 'purge', 'shop', 'dev', ...args)
    expect([code, err]).toEqual([1, expect.stringContaining(message)])
  })
})

describe('stagedoor cache stats', () => {
  it('tells what the cache holds and how it did', async () => {
    for (let count = 0; count < 3; count += 1) await ask()
    const stats = await until(() => json('cache', 'stats', 'shop', 'dev'), (value) => value['entries'] === 1)
    expect(stats).toMatchObject({ capacityBytes: 536_870_912, alarms: 0, methods: [{ methodKey: 'pets/GET' }], counts: { kv: expect.any(Number) }, meanLatenciesMs: { memory: expect.any(Number), miss: expect.any(Number) } })
    expect([stats['cacheHitCount'], stats['cacheMissCount']]).toEqual([expect.any(Number), expect.any(Number)])
    expect(stats['cacheMissCount']).toBeGreaterThan(0)
    const { code, out } = await run('cache', 'stats', 'shop', 'dev', '--entries', '5')
    expect([code, out]).toEqual([0, expect.stringMatching(/^\d+ entries, 0\.0 MB of 536\.9 MB, 0 evicted\n\d+ hits: \d+ in memory, \d+ in KV, \d+ by waiting; \d+ misses \(.+ % hits\)\nuntil the cache knew: .* for a miss\n {2}pets\/GET/u)])
    expect(out).toMatch(/\n {2}[0-9a-f]{16} {2}pets\/GET {2}\d+ bytes, until \d{4}-/u)
  })

  const REFUSED: readonly (readonly [string, readonly string[], string])[] = [
    ['of a stage that is not there', ['shop', 'prod'], 'Invalid stage identifier specified'],
    ['of an API that is not there', ['shoes', 'dev'], 'Invalid stage identifier specified'],
    ['of no number of entries', ['shop', 'dev', '--entries', 'all'], '--entries takes a number from 1 to 500, not all'],
    ['of too many entries', ['shop', 'dev', '--entries', '501'], '--entries takes a number from 1 to 500, not 501'],
  ]
  it.each(REFUSED)('%s fails', async (_name, args, message) => {
    const { code, err } = await run('cache', 'stats', ...args)
    expect([code, err]).toEqual([1, expect.stringContaining(message)])
  })
})

describe('stagedoor cache show', () => {
  it('shows an entry, but not its body', async () => {
    const body = await ask()
    const { keys } = await until(() => json('cache', 'stats', 'shop', 'dev', '--entries', '1'), (value) => (value['keys'] as readonly unknown[]).length > 0)
    const [{ keyDigest } = { keyDigest: '' }] = keys as readonly { readonly keyDigest: string }[]
    const { code, out } = await run('cache', 'show', 'shop', 'dev', keyDigest.slice(0, 12))
    expect([code, out]).toEqual([0, expect.stringMatching(/^[0-9a-f]{64}\npets\/GET, \d+ bytes in KV.*\nstatus 200, body \d+ bytes, stored .*\ntags animals\n {2}content-type: text\/plain/u)])
    expect(out).not.toContain(body)
    expect(await json('cache', 'show', 'shop', 'dev', keyDigest)).toMatchObject({ keyDigest, isStored: true, kind: 'answer', statusCode: 200, tags: ['animals'] })
  })

  const REFUSED: readonly (readonly [string, readonly string[], string])[] = [
    ['an entry that is not there', ['shop', 'dev', '000000'], 'The cache of shop/dev has no entry 000000.'],
    ['an entry of a stage that is not there', ['shop', 'prod', '000000'], 'Invalid stage identifier specified'],
    ['too few digits', ['shop', 'dev', '0000'], 'at least 6'],
    ['what is no digest', ['shop', 'dev', 'petspets'], 'the first digits of the digest of a key'],
    ['nothing', ['shop', 'dev'], 'cache show API STAGE KEY'],
  ]
  it.each(REFUSED)('%s fails', async (_name, args, message) => {
    const { code, err } = await run('cache', 'show', ...args)
    expect([code, err]).toEqual([1, expect.stringContaining(message)])
  })

  it('fails with --json as JSON', async () => {
    const { code, out } = await run('cache', 'show', 'shop', 'dev', '000000', '--json')
    expect([code, JSON.parse(out)]).toMatchObject([1, { ok: false, message: 'The cache of shop/dev has no entry 000000.' }])
  })
})
