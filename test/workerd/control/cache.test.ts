import { reset } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { until } from '../../until.ts'
import { callControl } from './client.ts'

beforeEach(() => reset())
afterEach(() => void vi.restoreAllMocks())

const CACHED = { cacheClusterEnabled: true, cacheClusterSize: '1.6', methodSettings: { '*/*': { cachingEnabled: true } } }

/** Pushes and deploys an API whose `GET /pets` is cached; each test has its own, because an isolate remembers. */
async function pushCached(apiId: string): Promise<void> {
  const integration = { type: 'http_proxy', httpMethod: 'GET', uri: 'http://backend.test/pets' }
  const get = { responses: { '200': { description: 'ok' } }, 'x-amazon-apigateway-integration': integration }
  const api = JSON.stringify({ openapi: '3.0.1', info: { title: apiId, version: '1' }, paths: { '/pets': { get } } })
  const files = [{ path: `apis/${apiId}/api.json`, text: api }, { path: `apis/${apiId}/stages/dev.json`, text: JSON.stringify(CACHED) }]
  expect((await callControl('POST', '/push', { body: { files, deploy: ['dev'] } })).status).toBe(200)
  let count = 0
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(`answer ${(count += 1)}`, { headers: { 'cache-tag': 'cats' } }))
}

const ask = async (apiId: string): Promise<string> => (await exports.default.fetch(`http://gateway.test/${apiId}/dev/pets`)).text()

describe('the cache of a stage', () => {
  it('is flushed at once in the isolate that took the call', async () => {
    await pushCached('flushed')
    expect([await ask('flushed'), await ask('flushed')]).toEqual(['answer 1', 'answer 1'])
    const { status, body } = await callControl('POST', '/apis/flushed/stages/dev/cache/flush?author=ann', { role: 'deploy' })
    expect([status, body.isChanged, body.stage.cacheEpoch]).toEqual([200, true, 1])
    expect([await ask('flushed'), await ask('flushed')]).toEqual(['answer 2', 'answer 2'])
    await until(async () => (await env.RULES.get<{ cacheEpoch: number }>('stage/flushed/dev', 'json'))?.cacheEpoch === 1)
    const { body: history } = await callControl('GET', '/apis/flushed/stages/dev/revisions')
    expect(history.revisions[0]).toMatchObject({ action: 'cache-flush', author: 'ann' })
  })

  it('is purged by method and by tag', async () => {
    await pushCached('purged')
    await ask('purged')
    const { status } = await callControl('POST', '/apis/purged/stages/dev/cache/purge', { role: 'deploy', body: { kind: 'tag', value: 'cats' } })
    expect(status).toBe(200)
    await until(async () => (await ask('purged')) === 'answer 2')
    await callControl('POST', '/apis/purged/stages/dev/cache/purge', { role: 'deploy', body: { kind: 'method', value: 'pets/GET' } })
    await until(async () => (await ask('purged')) === 'answer 3')
    const { body } = await callControl('GET', '/apis/purged/stages/dev')
    expect(body.cachePurges).toMatchObject([{ kind: 'tag', value: 'cats' }, { kind: 'method', value: 'pets/GET' }])
  })

  it('tells what it holds, and shows an entry without its body', async () => {
    await pushCached('shown')
    await ask('shown')
    await until(async () => (await callControl('GET', '/apis/shown/stages/dev/cache')).body.entries === 1)
    const { body: stats } = await callControl('GET', '/apis/shown/stages/dev/cache', { role: 'read' })
    expect(stats).toMatchObject({ entries: 1, capacityBytes: 1_717_986_918, evicted: 0, alarms: 0, methods: [{ methodKey: 'pets/GET', entries: 1 }] })
    const { body: list } = await callControl('GET', '/apis/shown/stages/dev/cache/entries?limit=5', { role: 'read' })
    const [{ keyDigest }] = list.entries
    const { body: entry } = await callControl('GET', `/apis/shown/stages/dev/cache/entries/${keyDigest.slice(0, 12)}`, { role: 'read' })
    expect(entry).toMatchObject({ keyDigest, isStored: true, kind: 'answer', statusCode: 200, bodyBytes: 8, tags: ['cats'] })
    expect(JSON.stringify(entry)).not.toContain('answer 1')
  })

  const REFUSED = [
    ['a flush by a reader', 'POST', '/cache/flush', 'read', {}, 403],
    ['a flush of a stage that is not there', 'POST', '/../none/cache/flush', 'deploy', {}, 404],
    ['a flush meant for another revision', 'POST', '/cache/flush', 'deploy', { headers: { 'if-match': '"99"' } }, 412],
    ['a purge of nothing', 'POST', '/cache/purge', 'deploy', { body: { kind: 'tag', value: '' } }, 400],
    ['a purge of what there is not', 'POST', '/cache/purge', 'deploy', { body: { kind: 'path', value: 'x' } }, 400],
    ['an entry that is not there', 'GET', '/cache/entries/0123456789', 'read', {}, 404],
    ['an entry by what is no digest', 'GET', '/cache/entries/xyz', 'read', {}, 400],
  ] as const
  for (const [name, method, path, role, options, status] of REFUSED) {
    it(`refuses ${name}`, async () => {
      await pushCached('refused')
      const target = path.startsWith('/..') ? '/apis/refused/stages/none/cache/flush' : `/apis/refused/stages/dev${path}`
      expect((await callControl(method, target, { role, ...options })).status).toBe(status)
    })
  }
})
