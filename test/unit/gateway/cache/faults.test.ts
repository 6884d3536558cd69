import { describe, expect, it } from 'vitest'
import { parseKeyRing, type KeyRing } from '../../../../worker/semantics/caching/key-ring.ts'
import type { WorldParts } from '../../../cache-world.ts'
import { cachedApiOf, counting, read, type CachedApi, type CachedApiParts } from './cached-api.ts'

const ringOf = (text: string): KeyRing => {
  const parsed = parseKeyRing(text)
  return parsed.kind === 'ring' ? parsed.ring : []
}
const KEY_1 = `one:${btoa('1'.repeat(32))}`
const KEY_2 = `two:${btoa('2'.repeat(32))}`

/** An API whose answer is in the store, and in the memory of another isolate than the one given. */
async function stored(parts: CachedApiParts = {}, world: WorldParts = {}): Promise<CachedApi> {
  const first = cachedApiOf(parts)
  await read(await first.ask('/pets'))
  await first.settle()
  return cachedApiOf({ ...parts, isolateOf: first, world, backend: () => new Response('fetched') })
}

async function ask(api: CachedApi): Promise<readonly [number, string]> {
  const response = await api.ask('/pets')
  const body = await response.text()
  await api.settle()
  return [response.status, body]
}

const never = (): Promise<never> => new Promise(() => undefined)
const fail = (): Promise<never> => Promise.reject(new Error('KV GET failed: 503'))

describe('a store that', () => {
  it('fails to read is a miss', async () => {
    const api = await stored({}, { store: { get: fail } })
    expect([await ask(api), api.warnings]).toEqual([[200, 'fetched'], ["the cache's store failed: Error: KV GET failed: 503"]])
  })

  it('does not answer is a miss after a while', async () => {
    const api = await stored({}, { store: { get: never } })
    expect([await ask(api), api.warnings]).toEqual([[200, 'fetched'], ["the cache's store failed: Error: no answer within 5 ms"]])
  })

  it('fails to write does not touch the answer', async () => {
    const api = cachedApiOf({ world: { store: { put: fail } } })
    expect([await ask(api), await ask(api), api.warnings]).toEqual([[200, 'answer 1'], [200, 'answer 1'], ['deferred: Error: KV GET failed: 503']])
  })

  it('gives the bytes of another entry is a miss, and an alarm', async () => {
    const parts = { integration: { cacheKeyParameters: ['method.request.querystring.a'] } }
    const first = cachedApiOf(parts)
    for (const value of ['1', '2']) await read(await first.ask(`/pets?a=${value}`))
    await first.settle()
    const [[one, bytes1] = ['', null], [two, bytes2] = ['', null]] = [...first.store.entries]
    if (bytes1 === null || bytes2 === null) throw new Error('two entries were to be stored')
    first.store.entries.set(one, bytes2).set(two, bytes1)
    const api = cachedApiOf({ ...parts, isolateOf: first, backend: () => new Response('fetched') })
    const response = await api.ask('/pets?a=1')
    expect([await response.text(), api.warnings]).toEqual(['fetched', ['an entry of the cache is foreign']])
    api.advance(11)
    await api.ask('/pets?a=1')
    await api.settle()
    expect(api.reports.reduce((sum, { counts }) => sum + counts.alarm, 0)).toBe(1)
  })

  const BROKEN: readonly (readonly [string, (bytes: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>])[] = [
    ['cuts entries off', (bytes) => bytes.slice(0, -1)],
    ['gives nothing but zeros', (bytes) => new Uint8Array(bytes.length)],
    ['gives an empty value', () => new Uint8Array(0)],
  ]
  for (const [name, change] of BROKEN) {
    it(`${name} is a miss, and an alarm`, async () => {
      const api = await stored()
      for (const [key, bytes] of api.store.entries) api.store.entries.set(key, change(bytes))
      expect([await ask(api), api.warnings]).toEqual([[200, 'fetched'], ['an entry of the cache is malformed']])
    })
  }

  it('is not waited for by the client when it is slow to write', async () => {
    const api = cachedApiOf({ world: { store: { put: never } } })
    expect((await api.ask('/pets')).status).toBe(200)
  })
})

describe('the books', () => {
  const down = { report: () => Promise.reject(new Error('down')), join: () => Promise.reject(new Error('down')), finish: () => Promise.reject(new Error('down')) }

  it('being down changes nothing for a request', async () => {
    for (const coalescing of ['isolate', 'stage'] as const) {
      const api = cachedApiOf({ stage: { coalescing }, world: { books: down } })
      expect([await ask(api), await ask(api)]).toEqual([[200, 'answer 1'], [200, 'answer 1']])
    }
  })

  it('are told of what was written, read and removed, and of hits and misses', async () => {
    const api = cachedApiOf({ settings: { requireAuthorizationForCacheControl: false } })
    await ask(api)
    await ask(api)
    api.advance(11)
    await ask(api)
    const total = { memory: 0, kv: 0, fill: 0, miss: 0, alarm: 0 }
    for (const { counts } of api.reports) for (const what of ['memory', 'kv', 'fill', 'miss', 'alarm'] as const) total[what] += counts[what]
    expect(total).toEqual({ memory: 2, kv: 0, fill: 0, miss: 1, alarm: 0 })
    expect(api.reports.flatMap(({ written }) => written).map(({ methodKey, keepUntilMs }) => [methodKey, keepUntilMs])).toEqual([['pets/GET', 1_686_593_410_123]])
  })

  it('learn of an entry that they lost when it is read', async () => {
    const api = await stored()
    await ask(api)
    api.advance(11)
    await ask(api)
    expect(api.reports.flatMap(({ written }) => written).length).toBe(2)
  })
})

describe('several isolates that fill one place', () => {
  it('take what another one filled', async () => {
    const first = cachedApiOf({ stage: { coalescing: 'stage' } })
    await ask(first)
    const [bytes] = [...first.store.entries.values()]
    if (bytes === undefined) throw new Error('an entry was to be stored')
    first.store.entries.clear()
    const second = cachedApiOf({ isolateOf: first, stage: { coalescing: 'stage' }, world: { books: { join: async () => ({ kind: 'filled', bytes }) } }, backend: () => new Response('fetched') })
    expect(await read(await second.ask('/pets'))).toEqual(['answer 1', 'stagedoor; fwd=uri-miss; fwd-status=200; ttl=300; collapsed'])
  })

  it('hand in what they filled, and say so when it can not be stored', async () => {
    const finished: (number | null)[] = []
    const books = { finish: async (_stage: unknown, _key: string, bytes: Uint8Array | null) => void finished.push(bytes === null ? null : bytes.length) }
    await ask(cachedApiOf({ stage: { coalescing: 'stage' }, world: { books } }))
    await ask(cachedApiOf({ stage: { coalescing: 'stage' }, world: { books }, backend: counting({ 'set-cookie': 'a=b' }) }))
    expect([typeof finished[0], finished[1]]).toEqual(['number', null])
  })
})

describe('cacheDataEncrypted', () => {
  const encrypted = { settings: { cacheDataEncrypted: true } }

  it('hides what is stored, and gives it back', async () => {
    const ring = ringOf(KEY_1)
    const api = await stored({ ...encrypted, world: { ring } }, { ring })
    expect(new TextDecoder().decode([...api.store.entries.values()][0])).not.toMatch(/answer|content-type|pets/u)
    expect([await ask(api), api.warnings]).toEqual([[200, 'answer 1'], []])
  })

  it('reads what an older key of the ring encrypted', async () => {
    const api = await stored({ ...encrypted, world: { ring: ringOf(KEY_1) } }, { ring: ringOf(`${KEY_2},${KEY_1}`) })
    expect(await ask(api)).toEqual([200, 'answer 1'])
  })

  it('misses, without an alarm, what a key encrypted that was taken away', async () => {
    const api = await stored({ ...encrypted, world: { ring: ringOf(KEY_1) } }, { ring: ringOf(KEY_2) })
    expect([await ask(api), api.warnings]).toEqual([[200, 'fetched'], []])
  })

  it('misses what was stored in the open before', async () => {
    const first = cachedApiOf()
    await ask(first)
    const api = cachedApiOf({ ...encrypted, isolateOf: first, world: { ring: ringOf(KEY_1) }, backend: () => new Response('fetched') })
    expect([await ask(api), api.warnings]).toEqual([[200, 'fetched'], []])
  })

  it('misses what was tampered with, and raises an alarm', async () => {
    const ring = ringOf(KEY_1)
    const api = await stored({ ...encrypted, world: { ring } }, { ring })
    for (const bytes of api.store.entries.values()) bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1
    expect([await ask(api), api.warnings]).toEqual([[200, 'fetched'], ['an entry of the cache is tampered with']])
  })

  it('stores nothing outside the isolate without a key, and says so', async () => {
    const api = cachedApiOf(encrypted)
    expect([await ask(api), await ask(api), api.store.entries.size]).toEqual([[200, 'answer 1'], [200, 'answer 1'], 0])
    expect(api.warnings).toEqual(['cacheDataEncrypted, but there is no CACHE_ENCRYPTION_KEY: the entry stays in the isolate'])
  })
})

describe('the memory of an isolate', () => {
  it('holds no more than its bytes', async () => {
    const body = 'x'.repeat(10_000)
    const api = cachedApiOf({ backend: () => new Response(body), integration: { cacheKeyParameters: ['method.request.querystring.a'] }, world: { entryBytesMax: 50_000 } })
    for (let index = 0; index < 20; index += 1) await read(await api.ask(`/pets?a=${index}`))
    await api.settle()
    expect([api.memory.entries.bytes() <= 50_000, api.memory.entries.entries() > 1, api.store.entries.size]).toEqual([true, true, 20])
  })
})

describe('an answer of another length than its backend declared', () => {
  it.each([['shorter', '9'], ['longer', '7']])('is %s: it is passed on, and not stored', async (_name, declared) => {
    const api = cachedApiOf({ backend: counting({ 'content-length': declared }) })
    expect([await ask(api), await ask(api)]).toEqual([[200, 'answer 1'], [200, 'answer 2']])
    expect(api.store.entries.size).toBe(0)
  })

  it('is as long as declared: it is stored', async () => {
    const api = cachedApiOf({ backend: counting({ 'content-length': '8' }) })
    expect([await ask(api), await ask(api)]).toEqual([[200, 'answer 1'], [200, 'answer 1']])
  })
})
