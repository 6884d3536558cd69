import { abortAllDurableObjects } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLimits, createLimitsMemory } from '../../../worker/adapters/limits/limits.ts'
import type { Limits } from '../../../worker/ports.ts'
import type { Bucket } from '../../../worker/semantics/throttling/buckets-of.ts'
import { createObjectClock } from './object-clock.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const clock = createObjectClock()
const { running } = clock

/** One isolate's limits, over the real objects; `calls` counts how often an object was called. */
function isolate({ isDown = () => false }: { readonly isDown?: () => boolean } = {}) {
  const work: Promise<unknown>[] = []
  const seen = { calls: 0 }
  const buckets = clock.watch(env.TOKEN_BUCKET, () => {
    seen.calls += 1
    if (isDown()) throw new Error('the object is down')
  })
  const limits = createLimits({ memory: createLimitsMemory(), buckets, quotas: env.QUOTA_COUNTER, nowMs: () => Date.now(), defer: (more) => void work.push(more) })
  return { limits, seen, settled: () => Promise.all(work) }
}

const bucketOf = (name: string, rateLimit: number, burstLimit: number, parts: Partial<Bucket> = {}): Bucket => ({ scope: 'method', name, limit: { rateLimit, burstLimit }, mode: 'lease', isShadow: false, ...parts })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START })
})
afterEach(() => vi.useRealTimers())

/** Takes so often, in turn from all, `together` at a time; gives how many were taken. */
async function takeMany(all: readonly Limits[], bucket: Bucket, { count, together = 1 }: { readonly count: number; readonly together?: number }): Promise<number> {
  let taken = 0
  for (let from = 0; from < count; from += together) {
    const outcomes = await running(Promise.all(Array.from({ length: together }, async (_, index) => all[(from + index) % all.length]?.take([bucket]))))
    taken += outcomes.filter((outcome) => outcome?.[0]?.kind === 'taken').length
  }
  return taken
}

const allowed = ({ limit }: Bucket): number => limit.burstLimit + (limit.rateLimit * (Date.now() - START)) / 1000

describe('a leased limit, over several isolates', () => {
  it('admits the burst and the rate, no more', async () => {
    const all = Array.from({ length: 4 }, () => isolate().limits)
    const bucket = bucketOf('leased', 100, 200)
    const taken = await takeMany(all, bucket, { count: 800, together: 40 })
    expect(taken).toBeLessThanOrEqual(allowed(bucket))
    expect(taken).toBeGreaterThanOrEqual(180)
  })

  it('answers from what it holds: few calls for many requests, and no promise when a token is there', async () => {
    const { limits, seen } = isolate()
    const bucket = bucketOf('few-calls', 10_000, 5_000)
    expect(await takeMany([limits], bucket, { count: 1_000, together: 10 })).toBe(1_000)
    expect(seen.calls).toBeLessThan(200)
    expect(limits.take([bucket])).not.toBeInstanceOf(Promise)
  })

  it('admits no more when the object is killed again and again', async () => {
    const all = [isolate().limits, isolate().limits]
    const bucket = bucketOf('killed-leases', 1, 200)
    let taken = 0
    for (let kill = 0; kill < 10; kill += 1) {
      taken += await takeMany(all, bucket, { count: 40, together: 8 })
      await abortAllDurableObjects()
    }
    expect(taken).toBeLessThanOrEqual(allowed(bucket))
    expect(taken).toBeGreaterThanOrEqual(60)
  })

  it('lets requests that come at once share one call', async () => {
    const { limits, seen } = isolate()
    expect(await takeMany([limits], bucketOf('at-once', 1_000, 1_000), { count: 100, together: 100 })).toBe(100)
    expect(seen.calls).toBeLessThan(8)
  })

  it('brings back what nobody uses', async () => {
    const { limits, settled } = isolate()
    const bucket = bucketOf('idle', 100, 100)
    await takeMany([limits], bucket, { count: 60, together: 20 })
    await running(settled())
    await clock.pass(2_000)
    // All that is left is to be had at once from elsewhere: nothing is out.
    const exact = { ...bucket, mode: 'exact' as const }
    expect(await takeMany([isolate().limits], exact, { count: 100 })).toBe(100)
  })
})

describe('several buckets of one request', () => {
  it('give a token each, or none: what one gave is there again when another is known to be empty', async () => {
    const { limits } = isolate()
    const [plenty, none] = [bucketOf('plenty', 0.001, 10), bucketOf('none', 0, 1)]
    for (let request = 0; request < 30; request += 1) expect((await running(limits.take([plenty, none]))).at(-1)?.kind).toBe('refused')
    expect(await takeMany([limits], plenty, { count: 12, together: 12 })).toBe(10)
  })

  it('may be of every mode', async () => {
    const { limits } = isolate()
    const buckets = [bucketOf('mixed-lease', 10, 10), bucketOf('mixed-exact', 10, 3, { mode: 'exact' }), bucketOf('mixed-local', 10, 10, { mode: 'local' })]
    const kinds: string[] = []
    for (let request = 0; request < 4; request += 1) kinds.push((await running(limits.take(buckets))).map(({ kind }) => kind).join(' '))
    expect(kinds).toEqual(['taken taken taken', 'taken taken taken', 'taken taken taken', 'taken refused'])
  })

  it('a shadow among them stops nobody, and says what it would have done', async () => {
    const { limits } = isolate()
    const buckets = [bucketOf('shadow', 0.001, 1, { isShadow: true }), bucketOf('beside', 10, 10)]
    expect((await running(limits.take(buckets))).map(({ kind }) => kind)).toEqual(['taken', 'taken'])
    expect((await running(limits.take(buckets))).map(({ kind }) => kind)).toEqual(['refused', 'taken'])
  })
})

describe('an object that can not be reached', () => {
  it("leaves the isolate its own share; when it answers again, that is over", async () => {
    let isDown = true
    const { limits } = isolate({ isDown: () => isDown })
    const bucket = bucketOf('down', 10, 100)
    const outcomes = (await running(Promise.all(Array.from({ length: 30 }, async () => limits.take([bucket]))))).map(([outcome]) => outcome)
    expect(outcomes.filter((outcome) => outcome?.kind === 'taken')).toHaveLength(10)
    expect(outcomes.every((outcome) => outcome?.isOwnShare)).toBe(true)
    isDown = false
    await clock.pass(2_000)
    const isBack = async (): Promise<boolean> => (await running(limits.take([bucket])))[0]?.isOwnShare === false
    let tries = 0
    while (!(await isBack()) && tries < 20) tries += 1
    expect(tries).toBeLessThan(20)
  })
})
