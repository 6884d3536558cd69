import { describe, expect, it } from 'vitest'
import { methodSettingSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { answerOf, integrationOf, methodOf, type Resources } from '../../../documents.ts'
import { cachedApiOf, counting, read } from './cached-api.ts'

const MISS = 'stagedoor; fwd=uri-miss; fwd-status=200; ttl=300; stored'
const hit = (ttl: number, tier = 'memory'): string => `stagedoor; hit; ttl=${ttl}; detail=${tier}`

const cached = (cacheNamespace: string): Resources[string] => ({ GET: methodOf(integrationOf({ cacheNamespace })) })

describe("Amazon's cache", () => {
  it('asks the backend once within the TTL', async () => {
    const api = cachedApiOf()
    expect(await read(await api.ask('/pets'))).toEqual(['answer 1', MISS])
    await api.settle()
    api.advance(299)
    const second = await api.ask('/pets')
    expect(second.headers.get('age')).toBe('299')
    expect(await read(second)).toEqual(['answer 1', hit(1)])
    api.advance(1)
    expect(await read(await api.ask('/pets'))).toEqual(['answer 2', 'stagedoor; fwd=stale; fwd-status=200; ttl=300; stored'])
  })

  it('gives each request its own standard headers, and the stored ones', async () => {
    const api = cachedApiOf({ backend: counting({ 'content-type': 'text/x', 'x-a': '1', 'x-amzn-trace-id': 'Root=1' }) })
    const first = await api.ask('/pets', { headers: { 'x-amzn-requestid': '00000000-0000-4000-8000-00000000000a' } })
    await first.text()
    await api.settle()
    const second = await api.ask('/pets')
    expect([second.status, second.headers.get('content-type'), second.headers.get('x-a'), second.headers.get('x-amzn-trace-id')]).toEqual([200, 'text/x', '1', null])
    expect(first.headers.get('x-amzn-requestid')).not.toBe(second.headers.get('x-amzn-requestid'))
  })

  it('keeps what a mapping made of an answer, whatever length the backend declared', async () => {
    const mapped = { type: 'HTTP', httpMethod: 'GET', integrationResponses: [answerOf({ responseTemplates: { 'application/json': 'mapped: $input.body' } })] } as const
    const api = cachedApiOf({ integration: { ...mapped, integrationResponses: [...mapped.integrationResponses] }, backend: counting({ 'content-type': 'application/json', 'content-length': '8' }) })
    expect(await read(await api.ask('/pets'))).toEqual(['mapped: answer 1', MISS])
    await api.settle()
    expect(await read(await api.ask('/pets'))).toEqual(['mapped: answer 1', hit(300)])
  })

  it('knows only the parameters of the key: without any, all requests share one answer', async () => {
    const api = cachedApiOf()
    await read(await api.ask('/pets?a=1', { headers: { authorization: 'x' } }))
    await api.settle()
    expect(await read(await api.ask('/pets?a=2', { headers: { authorization: 'y' } }))).toEqual(['answer 1', hit(300)])
  })

  it('tells requests apart by the parameters of the key', async () => {
    const api = cachedApiOf({ integration: { cacheKeyParameters: ['method.request.querystring.a', 'method.request.header.x-b'] } })
    const seen: string[] = []
    for (const [path, b] of [['/pets?a=1', '1'], ['/pets?a=2', '1'], ['/pets?a=1', '2'], ['/pets', '1'], ['/pets?a=1&a=2', '1'], ['/pets?a=1&z=9', '1']] as const) {
      const [body] = await read(await api.ask(path, { headers: { 'x-b': b } }))
      seen.push(body)
      await api.settle()
    }
    expect(seen).toEqual(['answer 1', 'answer 2', 'answer 3', 'answer 4', 'answer 5', 'answer 1'])
  })

  it('shares entries between methods of one namespace, and not between others', async () => {
    const api = cachedApiOf({ resources: { '/a': cached('n'), '/b': cached('n'), '/c': cached('m') } })
    const seen: string[] = []
    for (const path of ['/a', '/b', '/c']) {
      seen.push((await read(await api.ask(path)))[0])
      await api.settle()
    }
    expect(seen).toEqual(['answer 1', 'answer 1', 'answer 2'])
  })

  it('answers HEAD from what GET stored, and stores nothing of HEAD', async () => {
    const method = methodOf(integrationOf())
    const api = cachedApiOf({ resources: { '/pets': { ANY: method } } })
    const early = await api.ask('/pets', { method: 'HEAD' })
    await api.settle()
    expect(early.headers.get('cache-status')).toBe('stagedoor; fwd=uri-miss; fwd-status=200; detail=head')
    await read(await api.ask('/pets'))
    await api.settle()
    const head = await api.ask('/pets', { method: 'HEAD' })
    expect([head.status, head.headers.get('cache-status'), head.headers.get('age'), await head.text()]).toEqual([200, hit(300), '0', ''])
    expect(api.sent.length).toBe(2)
  })

  it('caches POST only where its own settings say so', async () => {
    const resources = { '/pets': { POST: methodOf(integrationOf()) } }
    const post = { method: 'POST', body: 'x' }
    const all = cachedApiOf({ resources })
    expect([await read(await all.ask('/pets', post)), await read(await all.ask('/pets', post))]).toEqual([['answer 1', null], ['answer 2', null]])
    const own = cachedApiOf({ resources, stage: { methodSettings: { 'pets/POST': methodSettingSchema.parse({ cachingEnabled: true }) } } })
    await read(await own.ask('/pets', post))
    await own.settle()
    expect(await read(await own.ask('/pets', post))).toEqual(['answer 1', hit(300)])
  })

  it('tells bodies apart when the key has the body', async () => {
    const api = cachedApiOf({
      resources: { '/pets': { POST: methodOf(integrationOf({ cacheKeyParameters: ['method.request.body.id'] })) } },
      stage: { methodSettings: { 'pets/POST': methodSettingSchema.parse({ cachingEnabled: true }) } },
    })
    const seen: string[] = []
    for (const body of ['{"id":1}', '{"id":2}', '{"id":1}']) {
      seen.push((await read(await api.ask('/pets', { method: 'POST', body })))[0])
      await api.settle()
    }
    expect(seen).toEqual(['answer 1', 'answer 2', 'answer 1'])
  })

  const PASSED: readonly (readonly [string, Parameters<typeof counting>, string])[] = [
    ['a cookie', [{ 'set-cookie': 'a=b' }], 'set-cookie'],
    ['a 404', [{}, 404], 'status-404'],
    ['a redirect', [{ location: '/x' }, 302], 'status-302'],
    ['an event stream', [{ 'content-type': 'text/event-stream' }], 'event-stream'],
    ['a body said to be too large', [{ 'content-length': '1048577' }], 'too-large'],
  ]
  for (const [name, backend, reason] of PASSED) {
    it(`does not store ${name}`, async () => {
      const api = cachedApiOf({ backend: counting(...backend) })
      const [, status] = await read(await api.ask('/pets'))
      await api.settle()
      expect(status).toBe(`stagedoor; fwd=uri-miss; fwd-status=${backend[1] ?? 200}; detail=${reason}`)
      expect([await read(await api.ask('/pets')), api.store.entries.size]).toEqual([['answer 2', `stagedoor; fwd=bypass; fwd-status=${backend[1] ?? 200}; detail=${reason}`], 0])
    })
  }

  it('says nothing of itself when the stage does not want that', async () => {
    const api = cachedApiOf({ stage: { cacheStatus: false } })
    expect((await read(await api.ask('/pets')))[1]).toBeNull()
    await api.settle()
    const second = await api.ask('/pets')
    expect([second.headers.get('cache-status'), second.headers.get('age')]).toEqual([null, '0'])
  })

  it('is not asked by a method that is not cached', async () => {
    const api = cachedApiOf({ settings: { cachingEnabled: false } })
    expect([await read(await api.ask('/pets')), await read(await api.ask('/pets'))]).toEqual([['answer 1', null], ['answer 2', null]])
    expect(api.store.asked).toEqual([])
  })

  it('keeps an entry of the backend’s tags, and does not show them', async () => {
    const api = cachedApiOf({ backend: counting({ 'cache-tag': 'cats, dogs' }) })
    const first = await api.ask('/pets')
    await first.text()
    await api.settle()
    const second = await api.ask('/pets')
    expect([first.headers.get('cache-tag'), second.headers.get('cache-tag'), (await read(second))[1]]).toEqual([null, null, hit(300)])
  })

  it('writes what it did into the log', async () => {
    const api = cachedApiOf()
    await read(await api.ask('/pets'))
    await api.settle()
    await api.ask('/pets')
    expect(api.lines.map(({ cacheResult, cacheTier, cacheLatency }) => [cacheResult, cacheTier, cacheLatency])).toEqual([['miss', undefined, 0], ['hit', 'memory', 0]])
  })
})

describe('another isolate', () => {
  it('finds the entry in the store, and keeps it', async () => {
    const api = cachedApiOf()
    await read(await api.ask('/pets'))
    await api.settle()
    const other = cachedApiOf({ isolateOf: api })
    other.advance(10)
    const first = await other.ask('/pets')
    expect(first.headers.get('age')).toBe('10')
    expect(await read(first)).toEqual(['answer 1', hit(290, 'kv')])
    expect(await read(await other.ask('/pets'))).toEqual(['answer 1', hit(290)])
  })

  it('lives with a store that shows an older entry', async () => {
    const api = cachedApiOf()
    await read(await api.ask('/pets'))
    await api.settle()
    const old = new Map(api.store.entries)
    api.advance(300)
    await read(await api.ask('/pets'))
    await api.settle()
    for (const [name, bytes] of old) api.store.entries.set(name, bytes)
    api.advance(30)
    await api.ask('/pets')
    await api.settle()
    expect(await read(await api.ask('/pets'))).toEqual(['answer 2', hit(270)])
    expect(await read(await cachedApiOf({ isolateOf: api, backend: () => new Response('fetched') }).ask('/pets'))).toEqual(['fetched', MISS])
  })

  it('sees a newer entry of the store within half a minute', async () => {
    const api = cachedApiOf()
    await read(await api.ask('/pets'))
    await api.settle()
    const other = cachedApiOf({ isolateOf: api, backend: () => new Response('newer'), settings: { requireAuthorizationForCacheControl: false } })
    other.advance(1)
    await read(await other.ask('/pets', { headers: { 'cache-control': 'max-age=0' } }))
    await other.settle()
    api.advance(28)
    expect((await read(await api.ask('/pets')))[0]).toBe('answer 1')
    await api.settle()
    api.advance(1)
    await api.ask('/pets')
    await api.settle()
    expect((await read(await api.ask('/pets')))[0]).toBe('newer')
  })

  it('stores for a minute at least, and serves no longer than the TTL', async () => {
    const api = cachedApiOf({ settings: { cacheTtlInSeconds: 5 } })
    await read(await api.ask('/pets'))
    await api.settle()
    expect([...api.store.ttls.values()]).toEqual([5])
    const other = cachedApiOf({ isolateOf: api, settings: { cacheTtlInSeconds: 5 }, backend: () => new Response('fetched') })
    other.advance(5)
    expect((await read(await other.ask('/pets')))[0]).toBe('fetched')
  })
})
