import { describe, expect, it } from 'vitest'
import { cachedApiOf, read, type CachedApi, type CachedApiParts } from './cached-api.ts'

async function warm(parts: CachedApiParts): Promise<CachedApi> {
  const api = cachedApiOf(parts)
  await read(await api.ask('/pets'))
  await api.settle()
  return api
}

const NEW = { headers: { 'cache-control': 'max-age=0' } }
const HIT = 'stagedoor; hit; ttl=300; detail=memory'
const WARNING = '199 Cache-control headers were ignored because the caller was unauthorized.'

describe('a client that asks for a new answer', () => {
  it('gets one, and so do the others from then on, when leave is not needed', async () => {
    const api = await warm({ settings: { requireAuthorizationForCacheControl: false } })
    expect(await read(await api.ask('/pets', NEW))).toEqual(['answer 2', 'stagedoor; fwd=request; fwd-status=200; ttl=300; stored'])
    await api.settle()
    expect(await read(await api.ask('/pets'))).toEqual(['answer 2', HIT])
  })

  it('takes the old answer away when the new one can not be stored', async () => {
    let status = 200
    const api = await warm({ settings: { requireAuthorizationForCacheControl: false }, backend: () => new Response('x', { status }) })
    status = 404
    await read(await api.ask('/pets', NEW))
    await api.settle()
    expect([api.store.entries.size, (await api.ask('/pets')).status]).toEqual([0, 404])
  })

  it('leaves the old answer when the backend fails', async () => {
    let status = 200
    const api = await warm({ settings: { requireAuthorizationForCacheControl: false }, backend: () => new Response('x', { status }) })
    status = 500
    expect((await api.ask('/pets', NEW)).status).toBe(500)
    await api.settle()
    expect((await api.ask('/pets')).status).toBe(200)
  })

  it('is refused with FAIL_WITH_403', async () => {
    const api = await warm({ settings: { unauthorizedCacheControlHeaderStrategy: 'FAIL_WITH_403' } })
    const response = await api.ask('/pets', NEW)
    expect([response.status, response.headers.get('x-amzn-errortype'), await response.json()]).toEqual([
      403,
      'AccessDeniedException',
      { Message: 'User is not authorized to access this resource' },
    ])
    expect(api.sent.length).toBe(1)
  })

  it('is told that it was ignored with SUCCEED_WITH_RESPONSE_HEADER', async () => {
    const api = await warm({})
    const response = await api.ask('/pets', NEW)
    expect([response.headers.get('warning'), ...(await read(response))]).toEqual([WARNING, 'answer 1', HIT])
    const cold = cachedApiOf()
    expect((await cold.ask('/pets', NEW)).headers.get('warning')).toBe(WARNING)
  })

  it('is ignored with SUCCEED_WITHOUT_RESPONSE_HEADER', async () => {
    const api = await warm({ settings: { unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITHOUT_RESPONSE_HEADER' } })
    const response = await api.ask('/pets', NEW)
    expect([response.headers.get('warning'), ...(await read(response))]).toEqual([null, 'answer 1', HIT])
  })
})

describe('what was purged', () => {
  const atMs = 1_686_593_110_123

  const ROWS = [
    ['by its method', { kind: 'method', value: 'pets/GET', atMs }, 'answer 2'],
    ['by a tag', { kind: 'tag', value: 'cats', atMs }, 'answer 2'],
    ['by another method', { kind: 'method', value: 'cats/GET', atMs }, 'answer 1'],
    ['before it was asked for', { kind: 'tag', value: 'cats', atMs: atMs - 1 }, 'answer 1'],
  ] as const
  for (const [name, purge, expected] of ROWS) {
    it(`${name}: ${expected}`, async () => {
      let count = 0
      const backend = () => new Response(`answer ${(count += 1)}`, { headers: { 'cache-tag': 'cats' } })
      const api = await warm({ backend })
      for (const isolate of [api, api.isolate()]) {
        const purged = cachedApiOf({ isolateOf: isolate, backend, stage: { cachePurges: [purge] } })
        purged.advance(1)
        expect((await read(await purged.ask('/pets')))[0]).toBe(expected)
        await purged.settle()
        expect((await read(await purged.ask('/pets')))[0]).toBe(expected)
      }
    })
  }

  it('by a new epoch is gone', async () => {
    const api = await warm({})
    const flushed = cachedApiOf({ isolateOf: api, stage: { cacheEpoch: 1 }, backend: () => new Response('fresh') })
    expect((await read(await flushed.ask('/pets')))[0]).toBe('fresh')
  })

  it('is gone at once in the isolate that flushed, before its rules show it', async () => {
    const api = await warm({})
    api.memory.flushed.set('test/dev', 1)
    expect((await read(await api.ask('/pets')))[0]).toBe('answer 2')
  })
})
