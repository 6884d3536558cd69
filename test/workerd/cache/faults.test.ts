import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { ApiId, StageName } from '../../../kv-schemas/ids.ts'
import { cacheEntryPrefix } from '../../../kv-schemas/keys.ts'
import { createCacheMemory } from '../../../worker/adapters/cache/cache-memory.ts'
import { createCacheOf } from '../../../worker/adapters/cache/create-cache.ts'
import type { Env } from '../../../worker/adapters/env.ts'
import { portsOf } from '../../../worker/adapters/ports.ts'
import { handle } from '../../../worker/gateway/handle.ts'
import { publishCached, type CachedRules } from './publish.ts'

const DEV = 'dev' as StageName

afterEach(() => void vi.restoreAllMocks())

/** What a test replaces of the bindings. */
interface Parts {
  readonly namespace?: Partial<KVNamespace>
  readonly index?: Env['CACHE_INDEX']
  readonly rules?: CachedRules
  /** How long it waits for KV: a minute but where that is the test, so that a machine that is busy makes no miss. */
  readonly storeMsMax?: number
}

/** An isolate: the gateway with a memory of its own, over the real bindings but for what the test replaces. */
interface Isolate {
  /** Body, Cache-Status without its times. */
  ask(path?: string): Promise<readonly [string, string | undefined]>
  readonly warnings: readonly string[]
  settle(): Promise<void>
}

function isolateOf(apiId: string, { namespace, index, storeMsMax = 60_000 }: Parts = {}): Isolate {
  const bindings = { ...env, ...(index === undefined ? {} : { CACHE_INDEX: index }), ...(namespace === undefined ? {} : { CACHE: wrap(env.CACHE, namespace) }) } as unknown as Env
  const warnings: string[] = []
  const deferred: Promise<unknown>[] = []
  const defer = (work: Promise<unknown>): void => void deferred.push(work.catch(() => null))
  const ports = { ...portsOf(env), defer }
  const cache = createCacheOf(bindings, {
    memory: createCacheMemory(),
    nowMs: () => Date.now(),
    defer,
    storeMsMax,
    log: { write: ({ message }) => void warnings.push(String(message)) },
  })
  return {
    warnings,
    async ask(path = '/pets') {
      const response = await handle(new Request(`http://gateway.test/${apiId}/dev${path}`), { ...ports, cache })
      return [await response.text(), response.headers.get('cache-status')?.replace(/ttl=\d+/u, 'ttl')]
    },
    async settle() {
      while (deferred.length > 0) await deferred.shift()
    },
  }
}

/** The namespace with other members; the others need it as their `this`. */
function wrap(namespace: KVNamespace, members: Partial<KVNamespace>): unknown {
  return { get: namespace.get.bind(namespace), put: namespace.put.bind(namespace), delete: namespace.delete.bind(namespace), ...members }
}

/** An API whose answer stands in KV, put there by another isolate; the backend numbers its answers. */
async function stored(apiId: string, rules: CachedRules = {}): Promise<void> {
  let calls = 0
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(`answer ${(calls += 1)}`))
  await publishCached(apiId, rules)
  const first = isolateOf(apiId)
  await first.ask()
  await first.settle()
}

const entryNames = async (apiId: string): Promise<readonly string[]> => (await env.CACHE.list({ prefix: cacheEntryPrefix(apiId as ApiId, DEV) })).keys.map(({ name }) => name)
const MISS = ['answer 2', 'stagedoor; fwd=uri-miss; fwd-status=200; ttl; stored'] as const

describe('an isolate that holds nothing', () => {
  it('answers from KV', async () => {
    await stored('faults-none')
    expect(await isolateOf('faults-none').ask()).toEqual(['answer 1', 'stagedoor; hit; ttl; detail=kv'])
  })

  it('asks the backend when KV fails, and says so', async () => {
    await stored('faults-down')
    const isolate = isolateOf('faults-down', { namespace: { get: () => Promise.reject(new Error('KV is down')) } })
    expect([await isolate.ask(), isolate.warnings]).toEqual([MISS, ["the cache's store failed: Error: KV is down"]])
  })

  it('asks the backend when KV does not answer within a second', async () => {
    await stored('faults-slow')
    const isolate = isolateOf('faults-slow', { namespace: { get: () => new Promise(() => undefined) } as unknown as Partial<KVNamespace>, storeMsMax: 1_000 })
    expect([await isolate.ask(), isolate.warnings]).toEqual([MISS, ["the cache's store failed: Error: no answer within 1000 ms"]])
  })

  it('answers when KV takes no entry', async () => {
    await stored('faults-full')
    const isolate = isolateOf('faults-full', { namespace: { get: async () => null, put: () => Promise.reject(new Error('full')) } as unknown as Partial<KVNamespace> })
    expect(await isolate.ask()).toEqual(MISS)
    await isolate.settle()
    expect(await isolate.ask()).toEqual(['answer 2', 'stagedoor; hit; ttl; detail=memory'])
  })

  it('does not serve what stands under the wrong key', async () => {
    await stored('faults-foreign', { integration: { cacheKeyParameters: ['method.request.querystring.a'] } })
    const other = isolateOf('faults-foreign')
    await other.ask('/pets?a=1')
    await other.settle()
    const [one = '', two = ''] = await entryNames('faults-foreign')
    const [first, second] = [await env.CACHE.get(one, 'arrayBuffer'), await env.CACHE.get(two, 'arrayBuffer')]
    await Promise.all([env.CACHE.put(one, second ?? ''), env.CACHE.put(two, first ?? '')])
    const isolate = isolateOf('faults-foreign')
    expect([await isolate.ask(), await isolate.ask('/pets?a=1')].map(([body]) => body)).toEqual(['answer 3', 'answer 4'])
    expect(isolate.warnings).toEqual(['an entry of the cache is foreign', 'an entry of the cache is foreign'])
  })

  it('does not serve what somebody else wrote', async () => {
    await stored('faults-html')
    for (const name of await entryNames('faults-html')) await env.CACHE.put(name, '<html>not ours</html>')
    const isolate = isolateOf('faults-html')
    expect([await isolate.ask(), isolate.warnings]).toEqual([MISS, ['an entry of the cache is malformed']])
  })

  it('does not serve what was tampered with, where entries are encrypted', async () => {
    await stored('faults-tampered', { settings: { cacheDataEncrypted: true } })
    for (const name of await entryNames('faults-tampered')) {
      const bytes = new Uint8Array((await env.CACHE.get(name, 'arrayBuffer')) ?? new ArrayBuffer(0))
      bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
      await env.CACHE.put(name, bytes)
    }
    const isolate = isolateOf('faults-tampered')
    expect([await isolate.ask(), isolate.warnings]).toEqual([MISS, ['an entry of the cache is tampered with']])
  })

  it('answers from KV, and waits for nobody, when the object of the books is down', async () => {
    await stored('faults-index', { stage: { coalescing: 'stage' } })
    const down = { report: () => Promise.reject(new Error('down')), join: () => Promise.reject(new Error('down')), finish: () => Promise.reject(new Error('down')) }
    const index = { getByName: () => down } as unknown as Env['CACHE_INDEX']
    expect(await isolateOf('faults-index', { index }).ask()).toEqual(['answer 1', 'stagedoor; hit; ttl; detail=kv'])
    for (const name of await entryNames('faults-index')) await env.CACHE.delete(name)
    const isolate = isolateOf('faults-index', { index })
    expect(await isolate.ask()).toEqual(MISS)
    await isolate.settle()
    expect(await isolate.ask()).toEqual(['answer 2', 'stagedoor; hit; ttl; detail=memory'])
  })
})
