import { runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { cacheEntryPrefix, cacheIndexName } from '../../../kv-schemas/keys.ts'
import type { ApiId, StageName } from '../../../kv-schemas/ids.ts'
import { until } from '../../until.ts'
import { callControl } from '../control/client.ts'
import { ask, publishCached } from './publish.ts'

const DEV = 'dev' as StageName

/** A backend that numbers its answers. */
function countBackend(headers: Record<string, string> = {}): { readonly calls: () => number } {
  let calls = 0
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(`answer ${(calls += 1)}`, { headers }))
  return { calls: () => calls }
}

afterEach(() => void vi.restoreAllMocks())

async function read(response: Response): Promise<readonly [string, string | null]> {
  return [await response.text(), response.headers.get('cache-status')?.replace(/ttl=\d+/u, 'ttl') ?? null]
}

const indexOf = (apiId: string) => env.CACHE_INDEX.getByName(cacheIndexName(apiId as ApiId, DEV))
const entryNames = async (apiId: string): Promise<readonly string[]> => (await env.CACHE.list({ prefix: cacheEntryPrefix(apiId as ApiId, DEV) })).keys.map(({ name }) => name)

describe('the whole Worker with its cache', () => {
  it('answers from the isolate, and keeps the answer in KV with its line in the books', async () => {
    const backend = countBackend()
    await publishCached('tiers')
    expect(await read(await ask('tiers'))).toEqual(['answer 1', 'stagedoor; fwd=uri-miss; fwd-status=200; ttl; stored'])
    expect(await read(await ask('tiers'))).toEqual(['answer 1', 'stagedoor; hit; ttl; detail=memory'])
    expect(backend.calls()).toBe(1)
    // Deferred work runs after the answer; what it leaves behind is waited for.
    await until(async () => (await entryNames('tiers')).length === 1)
    await until(async () => (await indexOf('tiers').stats()).entries === 1)
    const stats = await indexOf('tiers').stats()
    expect([stats.capacityBytes, stats.methods]).toEqual([536_870_912, [{ methodKey: 'pets/GET', entries: 1, bytes: stats.bytes }]])
  })

  it('encrypts what it keeps in KV where the method asks for that', async () => {
    countBackend()
    await publishCached('sealed', { settings: { cacheDataEncrypted: true } })
    await read(await ask('sealed'))
    await until(async () => (await entryNames('sealed')).length === 1)
    const [name = ''] = await entryNames('sealed')
    const text = new TextDecoder().decode((await env.CACHE.get(name, 'arrayBuffer')) ?? new ArrayBuffer(0))
    expect([text.slice(0, 4), text.includes('answer'), text.includes('content-type')]).toEqual(['SDCE', false, false])
    const { body } = await callControl('GET', `/apis/sealed/stages/dev/cache/entries/${name.slice(-64)}`)
    expect(body).toMatchObject({ isStored: true, kind: 'answer', statusCode: 200, bodyBytes: 8 })
  })
})

const written = (digit: string, bytes: number, usedAtMs: number) => ({ keyDigest: digit.repeat(64), bytes, keepUntilMs: Date.now() + 3_600_000, methodKey: 'pets/GET', usedAtMs, cacheEpoch: 0 })

describe('the books', () => {
  const report = { capacityGb: '0.5' as const, counts: { memory: 0, kv: 0, fill: 0, miss: 0, alarm: 0 }, latenciesMs: { memory: 0, kv: 0, fill: 0, miss: 0 }, written: [], removed: [], changed: [], changesSeen: 0 }

  it('evict what was not used for the longest time when the cache is full, from KV too', async () => {
    const names = ['a', 'b', 'c', 'd'].map((digit) => `${cacheEntryPrefix('full' as ApiId, DEV)}${digit.repeat(64)}`)
    for (const name of names) await env.CACHE.put(name, 'x')
    const index = indexOf('full')
    await index.report({ ...report, written: [written('a', 200_000_000, 4), written('b', 200_000_000, 2)] })
    expect((await index.stats()).entries).toBe(2)
    await index.report({ ...report, written: [written('c', 200_000_000, 3), written('d', 1_000, 1)] })
    const stats = await index.stats()
    expect([stats.entries, stats.bytes, stats.evicted]).toEqual([2, 400_000_000, 2])
    expect((await index.find('', 10)).map(({ keyDigest }) => keyDigest[0])).toEqual(['a', 'c'])
    expect((await entryNames('full')).map((name) => name.at(-1))).toEqual(['a', 'c'])
  })

  it('add up what isolates count, and forget what has run out', async () => {
    const index = indexOf('counts')
    const counts = { memory: 5, kv: 1, fill: 2, miss: 3, alarm: 1 }
    await index.report({ ...report, counts, written: [{ ...written('a', 10, 1), keepUntilMs: Date.now() - 1 }] })
    await index.report({ ...report, counts })
    expect(await index.stats()).toMatchObject({ entries: 0, counts: { memory: 10, kv: 2, fill: 4, miss: 6, alarm: 2 } })
  })

  it('find again by a look through KV what a crash lost, and strike out what is gone', async () => {
    const index = indexOf('crash')
    await index.report({ ...report, written: [written('e', 10, 1)] })
    const lost = `${cacheEntryPrefix('crash' as ApiId, DEV)}${'f'.repeat(64)}`
    await env.CACHE.put(lost, 'x', { metadata: { b: 77, k: Date.now() + 60_000, m: 'lost/GET', e: 0 } })
    await env.CACHE.put(`${cacheEntryPrefix('crash' as ApiId, DEV)}${'0'.repeat(64)}`, 'x', { metadata: { somebody: 'else' } })
    await runInDurableObject(index, (instance) => instance.alarm())
    expect(await index.find('', 10)).toMatchObject([{ keyDigest: 'f'.repeat(64), bytes: 77, methodKey: 'lost/GET' }])
  })

  it('give the duty to fill to one isolate, and what it filled in to the others', async () => {
    const index = indexOf('fills')
    expect(await index.join('a', 1_000)).toEqual({ kind: 'fill' })
    const waiting = [index.join('a', 5_000), index.join('a', 5_000)]
    await index.finish('a', new Uint8Array([1, 2, 3]))
    for (const turn of await Promise.all(waiting)) expect(turn).toEqual({ kind: 'filled', bytes: new Uint8Array([1, 2, 3]) })
    expect(await index.join('a', 1_000)).toEqual({ kind: 'fill' })
    const refused = index.join('a', 5_000)
    await index.finish('a', null)
    expect([await refused, await index.join('a', 1_000)]).toEqual([{ kind: 'alone' }, { kind: 'alone' }])
  })

  it('forget at a flush what stands under earlier epochs, whoever speaks of it', async () => {
    const index = indexOf('flushes')
    await index.report({ ...report, written: [written('a', 10, 1), { ...written('b', 10, 1), cacheEpoch: 2 }] })
    await index.flush(2)
    await index.report({ ...report, written: [written('c', 10, 2)] })
    await env.CACHE.put(`${cacheEntryPrefix('flushes' as ApiId, DEV)}${'d'.repeat(64)}`, 'x', { metadata: { b: 1, k: Date.now() + 60_000, m: 'lost/GET', e: 1 } })
    await runInDurableObject(index, (instance) => instance.alarm())
    expect((await index.find('', 10)).map(({ keyDigest }) => keyDigest[0])).toEqual([])
    await index.report({ ...report, written: [{ ...written('e', 10, 3), cacheEpoch: 2 }] })
    expect((await index.find('', 10)).map(({ keyDigest }) => keyDigest[0])).toEqual(['e'])
  })

  it('tell isolates what others changed, each change once, and again when it happens again', async () => {
    const index = indexOf('changes')
    const change = (path: string, atMs: number) => ({ ...report, changed: [{ path, atMs }] })
    const nowMs = Date.now()
    const first = await index.report(change('/pets', nowMs))
    expect(first).toEqual({ changed: [{ path: '/pets', atMs: nowMs }], changesSeen: 1, floorMs: 0 })
    expect(await index.report({ ...report, changesSeen: first.changesSeen })).toEqual({ changed: [], changesSeen: 1, floorMs: 0 })
    await index.report(change('/pets/1', nowMs + 1))
    await index.report(change('/pets', nowMs + 2))
    const { changed, changesSeen } = await index.report({ ...report, changesSeen: first.changesSeen })
    expect([changed, changesSeen]).toEqual([[{ path: '/pets/1', atMs: nowMs + 1 }, { path: '/pets', atMs: nowMs + 2 }], 3])
    // A week later nothing is left that it could outdate.
    expect((await index.report({ ...change('/old', nowMs - 604_800_001), changesSeen })).changed).toEqual([])
  })

  it('let go who waited long enough', async () => {
    const index = indexOf('waits')
    await index.join('a', 1)
    expect(await index.join('a', 1)).toEqual({ kind: 'alone' })
  })
})
