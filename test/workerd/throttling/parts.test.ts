import { abortAllDurableObjects } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLimits, createLimitsMemory } from '../../../worker/adapters/limits/limits.ts'
import type { Limits } from '../../../worker/ports.ts'
import type { Bucket } from '../../../worker/semantics/throttling/buckets-of.ts'
import { createObjectClock } from './object-clock.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
/** A part that is out of touch with its bucket lets its isolates wait. */
const clock = createObjectClock({ mayCallsWait: true })

/** More isolates than one object bears. */
const CROWD = 120

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START })
})
afterEach(() => vi.useRealTimers())

const bucketOf = (name: string, rateLimit: number, burstLimit: number): Bucket => ({ scope: 'method', name, limit: { rateLimit, burstLimit }, mode: 'lease', isShadow: false })

/** A crowd of isolates over the real objects; `called` has the name of each object that was asked, and how often since it was cleared. */
function crowdOf(size: number) {
  const work = new Set<Promise<unknown>>()
  const called = new Map<string, number>()
  const buckets = clock.watch(env.TOKEN_BUCKET, (bucket) => void called.set(bucket, (called.get(bucket) ?? 0) + 1))
  const defer = (more: Promise<unknown>): void => {
    work.add(more)
    void more.finally(() => work.delete(more))
  }
  const isolates = Array.from({ length: size }, () => createLimits({ memory: createLimitsMemory(), buckets, quotas: env.QUOTA_COUNTER, nowMs: () => Date.now(), defer }))
  return { isolates, called, partsCalled: () => [...called.keys()].filter((name) => name.includes('#part-')).length }
}

interface Counts {
  admitted: number
  refused: number
}

/** One request at each isolate at each turn, for some turns of so many milliseconds. */
async function request(isolates: readonly Limits[], bucket: Bucket, { turns, everyMs }: { readonly turns: number; readonly everyMs: number }): Promise<Counts> {
  const counts: Counts = { admitted: 0, refused: 0 }
  const all: Promise<void>[] = []
  for (let turn = 0; turn < turns; turn += 1) {
    for (const isolate of isolates) {
      all.push(Promise.resolve(isolate.take([bucket])).then(([outcome]) => void (counts[outcome?.kind === 'taken' ? 'admitted' : 'refused'] += 1)))
    }
    await clock.pass(everyMs, 25)
  }
  await clock.pass(2_500, 25)
  await Promise.all(all)
  return counts
}

describe('a hot bucket', () => {
  it('is split over parts that are objects of their own; below the limit nobody is refused; when it has cooled down it is whole again', async () => {
    const { isolates, called, partsCalled } = crowdOf(CROWD)
    const bucket = bucketOf('hot', 2_000, 4_000)
    expect(await request(isolates, bucket, { turns: 12, everyMs: 100 })).toEqual({ admitted: 12 * CROWD, refused: 0 })
    expect(partsCalled()).toBeGreaterThanOrEqual(4)
    const few = isolates.slice(0, 3)
    expect((await request(few, bucket, { turns: 90, everyMs: 100 })).refused).toBe(0)
    called.clear()
    await request(few, bucket, { turns: 10, everyMs: 100 })
    expect([...called.keys()]).toEqual(['hot'])
  }, 300_000)

  it('admits no more than its limit, also when the bucket and its parts are killed', async () => {
    const { isolates, partsCalled } = crowdOf(CROWD)
    const bucket = bucketOf('hot-and-killed', 100, 500)
    let admitted = 0
    for (let kill = 0; kill < 3; kill += 1) {
      admitted += (await request(isolates, bucket, { turns: 4, everyMs: 200 })).admitted
      await abortAllDurableObjects()
    }
    expect(partsCalled()).toBeGreaterThanOrEqual(2)
    expect(admitted).toBeGreaterThanOrEqual(500)
    expect(admitted).toBeLessThanOrEqual(500 + (100 * (Date.now() - START)) / 1000)
  }, 300_000)
})
