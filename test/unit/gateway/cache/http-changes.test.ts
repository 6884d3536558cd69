import { describe, expect, it } from 'vitest'
import { methodSettingSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { integrationOf, methodOf, type Resources } from '../../../documents.ts'
import type { WorldParts } from '../../../cache-world.ts'
import type { PathChange } from '../../../../worker/semantics/caching/books.ts'
import type { Backend } from '../../../gateway.ts'
import { cachedApiOf, read, type CachedApi, type CachedApiParts } from './cached-api.ts'

const any = { ANY: methodOf(integrationOf()) }
const one = { ANY: methodOf(integrationOf({ cacheKeyParameters: ['method.request.path.id'] }), { requestParameters: { 'method.request.path.id': true } }) }
const RESOURCES: Resources = { '/pets': any, '/pets/{id}': one }

/** Numbers the answers to GET; anything else is answered as the test says. */
function backendOf(changed: Response | (() => Response)): Backend {
  let count = 0
  return ({ method }) => {
    if (method === 'GET') return new Response(`answer ${(count += 1)}`, { headers: { 'cache-control': 'public, max-age=600' } })
    return typeof changed === 'function' ? changed() : changed.clone()
  }
}

function apiOf(changed: Response | (() => Response), parts: CachedApiParts = {}): CachedApi {
  const methodSettings = { '*/*': methodSettingSchema.parse({ cachingEnabled: true }) }
  return cachedApiOf({ resources: RESOURCES, backend: backendOf(changed), ...parts, stage: { cachePolicy: 'rfc9111', methodSettings, ...parts.stage } })
}

async function get(api: CachedApi, path = '/pets', headers: Record<string, string> = {}): Promise<string> {
  const [body] = await read(await api.ask(path, { headers }))
  await api.settle()
  api.advance(1)
  return body
}

async function change(api: CachedApi, method: string, path = '/pets'): Promise<void> {
  await (await api.ask(path, { method })).text()
  await api.settle()
  api.advance(1)
}

describe('a successful unsafe request (RFC 9111 section 4.4)', () => {
  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('%s makes what is stored of its path outdated', async (method) => {
    const api = apiOf(new Response(null, { status: 204 }))
    expect([await get(api), await get(api)]).toEqual(['answer 1', 'answer 1'])
    await change(api, method)
    expect([await get(api), await get(api)]).toEqual(['answer 2', 'answer 2'])
  })

  const UNCHANGED: readonly (readonly [string, string, Response, CachedApiParts])[] = [
    ['that fails', 'POST', new Response('no', { status: 404 }), {}],
    ['that fails at the backend', 'PUT', new Response('no', { status: 503 }), {}],
    ['that is safe', 'OPTIONS', new Response(null, { status: 204 }), {}],
    ["under Amazon's policy", 'POST', new Response(null, { status: 204 }), { stage: { cachePolicy: 'amazon' } }],
  ]
  it.each(UNCHANGED)('%s changes nothing', async (_name, method, answer, parts) => {
    const api = apiOf(answer, parts)
    await get(api)
    await change(api, method)
    expect(await get(api)).toBe('answer 1')
  })

  it('changes nothing of other paths', async () => {
    const api = apiOf(new Response(null, { status: 204 }))
    expect([await get(api, '/pets/1'), await get(api, '/pets/2'), await get(api)]).toEqual(['answer 1', 'answer 2', 'answer 3'])
    await change(api, 'PUT', '/pets/1')
    expect([await get(api, '/pets/1'), await get(api, '/pets/2'), await get(api)]).toEqual(['answer 4', 'answer 2', 'answer 3'])
  })

  it('outdates what its Location and Content-Location name, at the same origin', async () => {
    const headers = { location: '/test/dev/pets/1', 'content-location': 'http://elsewhere.test/test/dev/pets/2' }
    const api = apiOf(new Response('made', { status: 201, headers }))
    expect([await get(api, '/pets/1'), await get(api, '/pets/2')]).toEqual(['answer 1', 'answer 2'])
    await change(api, 'POST')
    expect([await get(api, '/pets/1'), await get(api, '/pets/2')]).toEqual(['answer 3', 'answer 2'])
  })

  it('outdates every variant, for HEAD too', async () => {
    let count = 0
    const backend: Backend = ({ method }) => (method === 'GET' ? new Response(`answer ${(count += 1)}`, { headers: { 'cache-control': 'max-age=600', vary: 'accept-language' } }) : new Response(null, { status: 204 }))
    const api = apiOf(new Response(), { backend })
    for (const language of ['de', 'fr']) await get(api, '/pets', { 'accept-language': language })
    await change(api, 'PATCH')
    const head = await api.ask('/pets', { method: 'HEAD', headers: { 'accept-language': 'de' } })
    expect(head.headers.has('age')).toBe(false)
    expect([await get(api, '/pets', { 'accept-language': 'fr' }), await get(api, '/pets', { 'accept-language': 'de' })]).toEqual(['answer 3', 'answer 4'])
  })

  it('is not forgotten for an answer that was on its way meanwhile', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>()
    const isAsked = Promise.withResolvers<void>()
    let calls = 0
    const backend: Backend = ({ method }) => {
      if (method !== 'GET') return new Response(null, { status: 204 })
      isAsked.resolve()
      return (calls += 1) === 1 ? promise : new Response('new', { headers: { 'cache-control': 'max-age=600' } })
    }
    const api = apiOf(new Response(), { backend })
    const asked = api.ask('/pets')
    await isAsked.promise
    await (await api.ask('/pets', { method: 'PUT' })).text()
    api.advance(1)
    resolve(new Response('old', { headers: { 'cache-control': 'max-age=600' } }))
    expect((await read(await asked))[0]).toBe('old')
    await api.settle()
    expect(await get(api)).toBe('new')
  })

  it('is heard of by other isolates with their next report, and by new ones with their first', async () => {
    const api = apiOf(new Response(null, { status: 204 }))
    const other = apiOf(new Response(), { isolateOf: api, backend: () => new Response('fetched') })
    expect([await get(api), await get(other)]).toEqual(['answer 1', 'answer 1'])
    await change(api, 'PUT')
    other.advance(10)
    await get(other)
    expect(await get(other)).toBe('fetched')
    const third = apiOf(new Response(), { isolateOf: api, backend: () => new Response('fetched by the third') })
    await get(third, '/pets/9')
    third.store.entries.clear()
    for (const [name, bytes] of api.store.entries) third.store.entries.set(name, bytes)
    expect(await get(third)).toBe('fetched by the third')
  })

  it('is told again when a report was lost', async () => {
    let isDown = true
    const known: PathChange[] = []
    const books: WorldParts['books'] = {
      async report(_stage, { changed, changesSeen }) {
        if (isDown) throw new Error('down')
        known.push(...changed)
        return { changed: known.slice(changesSeen), changesSeen: known.length, floorMs: 0 }
      },
    }
    const api = apiOf(new Response(null, { status: 204 }), { world: { books } })
    await get(api)
    await change(api, 'PUT')
    isDown = false
    await change(api, 'PUT', '/pets/1')
    expect(known.map(({ path }) => path)).toEqual(['/pets', '/pets/1'])
  })

  it('holds where the books are down: in the isolate itself', async () => {
    const books = { report: () => Promise.reject(new Error('down')) }
    const api = apiOf(new Response(null, { status: 204 }), { world: { books } })
    await get(api)
    await change(api, 'PUT')
    expect(await get(api)).toBe('answer 2')
  })
})

/** Gives parts to those who ask for them. */
const inParts: Backend = ({ headers }) =>
  headers.has('range') ? new Response('part', { status: 206, headers: { 'content-range': 'bytes 0-3/9', 'cache-control': 'max-age=600' } }) : new Response('the whole', { headers: { 'cache-control': 'max-age=600' } })

describe('a request for a part (RFC 9110 section 14.2)', () => {
  it('goes to the backend as it is, and is not stored', async () => {
    const api = apiOf(new Response(), { backend: inParts })
    const part = await api.ask('/pets', { headers: { range: 'bytes=0-3', 'if-range': '"a"' } })
    expect([part.status, await part.text(), part.headers.get('cache-status')]).toEqual([206, 'part', 'stagedoor; fwd=uri-miss; fwd-status=206; detail=range'])
    expect([api.sent[0]?.headers.get('range'), api.sent[0]?.headers.get('if-range')]).toEqual(['bytes=0-3', '"a"'])
    expect(await get(api)).toBe('the whole')
  })

  it('gets the whole where it is stored', async () => {
    const api = apiOf(new Response(), { backend: inParts })
    await get(api)
    const whole = await api.ask('/pets', { headers: { range: 'bytes=0-3' } })
    expect([whole.status, await whole.text(), api.sent.length]).toEqual([200, 'the whole', 1])
  })
})
