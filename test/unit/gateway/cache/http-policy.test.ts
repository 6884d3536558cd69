import { describe, expect, it } from 'vitest'
import { cachedApiOf, read, type CachedApi, type CachedApiParts } from './cached-api.ts'

const api = (parts: CachedApiParts = {}): CachedApi => cachedApiOf({ ...parts, stage: { cachePolicy: 'rfc9111', ...parts.stage } })
const backendOf = (headers: Record<string, string>) => {
  let count = 0
  return () => new Response(`answer ${(count += 1)}`, { headers })
}

async function ask(gateway: CachedApi, headers: Record<string, string> = {}): Promise<readonly [number, string, string | null]> {
  const response = await gateway.ask('/pets', { headers })
  const [body, status] = await read(response)
  await gateway.settle()
  return [response.status, body, status]
}

describe('cachePolicy rfc9111', () => {
  it('obeys max-age before the TTL', async () => {
    const gateway = api({ backend: backendOf({ 'cache-control': 'max-age=10' }) })
    await ask(gateway)
    gateway.advance(9)
    expect(await ask(gateway)).toEqual([200, 'answer 1', 'stagedoor; hit; ttl=1; detail=memory'])
    gateway.advance(1)
    expect((await ask(gateway))[1]).toBe('answer 2')
  })

  it('does not store what is private', async () => {
    const gateway = api({ backend: backendOf({ 'cache-control': 'private, max-age=10' }) })
    await ask(gateway)
    expect(await ask(gateway)).toEqual([200, 'answer 2', 'stagedoor; fwd=bypass; fwd-status=200; detail=private'])
  })

  it('does not share what was asked for with Authorization', async () => {
    const gateway = api({ backend: backendOf({ 'cache-control': 'max-age=10' }) })
    expect((await ask(gateway, { authorization: 'a' }))[2]).toBe('stagedoor; fwd=uri-miss; fwd-status=200; detail=authorization')
  })

  it('keeps a variant for each value that the answer varies by', async () => {
    const gateway = api({ backend: backendOf({ vary: 'Accept-Language', 'cache-control': 'max-age=60' }) })
    const seen: string[] = []
    for (const language of ['de', 'fr', 'de', 'fr']) seen.push((await ask(gateway, { 'accept-language': language }))[1])
    expect(seen).toEqual(['answer 1', 'answer 2', 'answer 1', 'answer 2'])
    const other = api({ isolateOf: gateway, backend: () => new Response('fetched') })
    expect((await ask(other, { 'accept-language': 'fr' })).slice(1)).toEqual(['answer 2', 'stagedoor; hit; ttl=60; detail=kv'])
    expect((await ask(other, { 'accept-language': 'it' })).slice(1)).toEqual(['fetched', 'stagedoor; fwd=vary-miss; fwd-status=200; ttl=300; stored'])
  })

  it('gives simultaneous requests for two variants two answers', async () => {
    const gateway = api({ backend: ({ headers }) => new Response(headers.get('accept-language'), { headers: { vary: 'Accept-Language' } }) })
    const asked = Array.from({ length: 20 }, (_, index) => gateway.ask('/pets', { headers: { 'accept-language': index % 2 === 0 ? 'de' : 'fr' } }))
    const bodies = await Promise.all(asked.map(async (response) => (await response).text()))
    expect(bodies).toEqual(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'de' : 'fr')))
    expect(gateway.sent.length).toBe(2)
  })

  it('does not store what varies by everything', async () => {
    const gateway = api({ backend: backendOf({ vary: '*' }) })
    await ask(gateway)
    expect((await ask(gateway))[2]).toBe('stagedoor; fwd=bypass; fwd-status=200; detail=vary')
  })

  it('answers 304 to a client that has the answer', async () => {
    const gateway = api({ backend: backendOf({ etag: '"a"', 'cache-control': 'max-age=60' }) })
    await ask(gateway)
    expect(await ask(gateway, { 'if-none-match': '"a"' })).toEqual([304, '', 'stagedoor; hit; ttl=60; detail=memory'])
    expect((await ask(gateway, { 'if-none-match': '"b"' }))[0]).toBe(200)
  })

  it('asks the backend for the answer whatever the client has of it', async () => {
    const gateway = api({ backend: backendOf({ 'cache-control': 'max-age=60' }) })
    await ask(gateway, { 'if-none-match': '"x"', accept: 'a' })
    expect([...(gateway.sent[0]?.headers ?? [])].filter(([name]) => ['if-none-match', 'accept'].includes(name))).toEqual([['accept', 'a']])
  })

  it('asks with its validators what went stale, and lets it live again on 304', async () => {
    const gateway = api({
      backend: ({ headers }) =>
        headers.get('if-none-match') === '"a"'
          ? new Response(null, { status: 304, headers: { 'cache-control': 'max-age=20', 'x-new': '1' } })
          : new Response('answer', { headers: { etag: '"a"', 'cache-control': 'max-age=10', 'x-old': '1' } }),
    })
    await ask(gateway)
    gateway.advance(10)
    const response = await gateway.ask('/pets')
    expect([response.status, await response.text(), response.headers.get('x-old'), response.headers.get('x-new'), response.headers.get('cache-status')]).toEqual([
      200,
      'answer',
      '1',
      '1',
      'stagedoor; fwd=stale; fwd-status=304; ttl=20; stored',
    ])
    await gateway.settle()
    gateway.advance(19)
    expect((await ask(gateway))[2]).toBe('stagedoor; hit; ttl=1; detail=memory')
  })

  it('serves stale while one request fetches anew', async () => {
    const gateway = api({ backend: backendOf({ 'cache-control': 'max-age=10, stale-while-revalidate=20' }) })
    await ask(gateway)
    gateway.advance(15)
    const stale = await Promise.all(Array.from({ length: 10 }, () => gateway.ask('/pets')))
    expect(new Set(await Promise.all(stale.map(async (response) => String(await read(response)))))).toEqual(new Set(['answer 1,stagedoor; hit; ttl=-5; detail=memory']))
    await gateway.settle()
    expect([gateway.sent.length, (await ask(gateway))[1]]).toEqual([2, 'answer 2'])
  })

  it('serves stale when the backend fails or answers 5xx, and not longer than it may', async () => {
    let mode: 'up' | 'down' | 'broken' = 'up'
    const gateway = api({
      backend: () => {
        if (mode === 'up') return new Response('good', { headers: { 'cache-control': 'max-age=10, stale-if-error=20' } })
        return mode === 'down' ? { kind: 'unreachable', cause: 'x' } : new Response('bad', { status: 503 })
      },
    })
    await ask(gateway)
    gateway.advance(10)
    mode = 'down'
    expect(await ask(gateway)).toEqual([200, 'good', 'stagedoor; fwd=stale; ttl=0; detail=stale-if-error'])
    mode = 'broken'
    expect(await ask(gateway)).toEqual([200, 'good', 'stagedoor; fwd=stale; fwd-status=503; ttl=0; detail=stale-if-error'])
    gateway.advance(20)
    expect((await ask(gateway))[0]).toBe(503)
  })

  it('revalidates each time what says no-cache, also for those who wait', async () => {
    let asked = 0
    const gateway = api({
      backend: ({ headers }) => {
        asked += 1
        return headers.has('if-none-match') ? new Response(null, { status: 304 }) : new Response('answer', { headers: { etag: '"a"', 'cache-control': 'no-cache' } })
      },
    })
    await ask(gateway)
    expect(await ask(gateway)).toEqual([200, 'answer', 'stagedoor; fwd=bypass; fwd-status=304; ttl=0; stored'])
    expect(asked).toBe(2)
  })

  const WISHES: readonly (readonly [string, string, Partial<CachedApiParts['settings']>, readonly [number, string]])[] = [
    ['only-if-cached of what is there', 'only-if-cached', {}, [200, 'answer 1']],
    ['max-stale beyond freshness', 'max-stale=30', {}, [200, 'answer 1']],
    ['max-stale of any age', 'max-stale', {}, [200, 'answer 1']],
    ['max-stale too small', 'max-stale=1', {}, [200, 'answer 2']],
    ['no wish', 'no-transform', {}, [200, 'answer 2']],
  ]
  for (const [name, wish, settings, expected] of WISHES) {
    it(`hears a client's ${name}`, async () => {
      const gateway = api({ backend: backendOf({ etag: '"a"', 'cache-control': 'max-age=10' }), settings: { ...settings } })
      await ask(gateway)
      gateway.advance(wish === 'only-if-cached' ? 5 : 15)
      expect((await ask(gateway, { 'cache-control': wish })).slice(0, 2)).toEqual(expected)
    })
  }

  it('answers 504 to only-if-cached of what is not there', async () => {
    const gateway = api({ backend: backendOf({}) })
    expect(await ask(gateway, { 'cache-control': 'only-if-cached' })).toEqual([504, '{"message":"Gateway Timeout"}', 'stagedoor; fwd=miss; detail=only-if-cached'])
    expect(gateway.sent.length).toBe(0)
  })

  it('gives a client a newer answer than it has only with leave', async () => {
    const gateway = api({ backend: backendOf({}) })
    await ask(gateway)
    gateway.advance(10)
    expect((await ask(gateway, { 'cache-control': 'max-age=5' }))[1]).toBe('answer 1')
    const free = api({ isolateOf: gateway, backend: () => new Response('newer'), settings: { requireAuthorizationForCacheControl: false } })
    expect((await ask(free, { 'cache-control': 'max-age=5' }))[1]).toBe('newer')
    expect((await ask(free, { 'cache-control': 'min-fresh=301' }))[1]).toBe('newer')
  })

  it('does not store for a client that says no-store', async () => {
    const gateway = api({ backend: backendOf({}) })
    expect((await ask(gateway, { 'cache-control': 'no-store' }))[2]).toBe('stagedoor; fwd=uri-miss; fwd-status=200; detail=request-no-store')
  })
})
