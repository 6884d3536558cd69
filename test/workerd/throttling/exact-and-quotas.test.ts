import { abortAllDurableObjects } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLimits, createLimitsMemory } from '../../../worker/adapters/limits/limits.ts'
import type { Limits } from '../../../worker/ports.ts'
import type { Bucket } from '../../../worker/semantics/throttling/buckets-of.ts'

/** STAGEDOOR_QUOTA_REQUESTS=100000 is the full size: a quota of 50,000. */
const QUOTA_REQUESTS = Number(Reflect.get(env, 'STAGEDOOR_QUOTA_REQUESTS'))

const START = Date.parse('2026-11-22T12:00:00Z')

/** One isolate's limits, over the real objects. */
function isolate(): { readonly limits: Limits; readonly settled: () => Promise<unknown> } {
  const work: Promise<unknown>[] = []
  const limits = createLimits({ memory: createLimitsMemory(), buckets: env.TOKEN_BUCKET, quotas: env.QUOTA_COUNTER, nowMs: () => Date.now(), defer: (more) => void work.push(more) })
  return { limits, settled: () => Promise.all(work) }
}

const bucketOf = (name: string, rateLimit: number, burstLimit: number): Bucket => ({ scope: 'method', name, limit: { rateLimit, burstLimit }, mode: 'exact', isShadow: false })

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  vi.setSystemTime(START)
})
afterEach(() => vi.useRealTimers())

async function takeMany(all: readonly Limits[], bucket: Bucket, count: number): Promise<number> {
  let taken = 0
  for (let index = 0; index < count; index += 1) if ((await all[index % all.length]?.take([bucket]))?.[0]?.kind === 'taken') taken += 1
  return taken
}

describe('an exact limit, over several isolates', () => {
  it('admits the burst, and then the rate', async () => {
    const all = [isolate().limits, isolate().limits, isolate().limits]
    const bucket = bucketOf('burst-then-rate', 10, 20)
    expect(await takeMany(all, bucket, 60)).toBe(20)
    vi.setSystemTime(START + 1_000)
    expect(await takeMany(all, bucket, 60)).toBe(10)
  })

  it('admits no more when the object is killed again and again', async () => {
    const { limits } = isolate()
    const bucket = bucketOf('killed', 1, 50)
    let taken = 0
    for (let kill = 0; kill < 10; kill += 1) {
      taken += await takeMany([isolate().limits, limits], bucket, 20)
      await abortAllDurableObjects()
    }
    expect(taken).toBeLessThanOrEqual(50)
    expect(taken).toBeGreaterThanOrEqual(25)
  })

  it('answers from memory after a refusal, until a token is there', async () => {
    const { limits } = isolate()
    const bucket = bucketOf('refused', 1, 1)
    await limits.take([bucket])
    expect((await limits.take([bucket]))[0]).toMatchObject({ kind: 'refused', retryAfterMs: 1_000 })
    vi.setSystemTime(START + 999)
    expect((await limits.take([bucket]))[0]).toMatchObject({ kind: 'refused', retryAfterMs: 1 })
    vi.setSystemTime(START + 1_000)
    expect((await limits.take([bucket]))[0]?.kind).toBe('taken')
  })

  it('has a token again when a wider bucket refused', async () => {
    const { limits, settled } = isolate()
    const [narrow, wide] = [bucketOf('narrow', 1, 1), bucketOf('wide', 0, 1)]
    expect((await limits.take([narrow, wide])).map(({ kind }) => kind)).toEqual(['taken', 'refused'])
    await settled()
    expect((await isolate().limits.take([narrow]))[0]?.kind).toBe('taken')
  })
})

describe('an exact quota', () => {
  const quota = { limit: 400, offset: 100, period: 'DAY', mode: 'exact' } as const
  const call = (id: string, apiKeyId: string) => ({ usagePlanId: 'gold', apiKeyId, requestId: id, quota })

  it('lets exactly its number through, from eight clients, with the object killed twenty times', async () => {
    const half = { limit: QUOTA_REQUESTS / 2, offset: 0, period: 'DAY', mode: 'exact' } as const
    const state = { sent: 0, counted: 0, kills: 0 }
    const client = async (): Promise<void> => {
      const { limits } = isolate()
      while (state.sent < QUOTA_REQUESTS) {
        state.sent += 1
        const outcome = await limits.useQuota({ usagePlanId: 'gold', apiKeyId: 'killed', requestId: `request-${state.sent}`, quota: half })
        if (outcome.kind === 'counted') state.counted += 1
        if (state.kills < 20 && state.sent >= ((state.kills + 1) * QUOTA_REQUESTS) / 21) {
          state.kills += 1
          await abortAllDurableObjects()
        }
      }
    }
    await Promise.all(Array.from({ length: 8 }, client))
    expect([state.counted, state.kills]).toEqual([QUOTA_REQUESTS / 2, 20])
    const { used } = await env.QUOTA_COUNTER.getByName('gold/killed').standing('2026-11-22', '2026-11-22', half)
    expect(used).toBe(QUOTA_REQUESTS / 2)
  }, 1_200_000)

  it('counts a repeated request once', async () => {
    const { limits } = isolate()
    for (let repeat = 0; repeat < 3; repeat += 1) await limits.useQuota(call('same', 'repeated'))
    const counter = env.QUOTA_COUNTER.getByName('gold/repeated')
    expect(await counter.standing('2026-11-22', '2026-11-22', quota)).toEqual({ days: [{ day: '2026-11-22', used: 1, leased: 0 }], used: 1, leased: 0, remaining: 299 })
  })

  it('begins anew with the day, without the offset', async () => {
    const { limits } = isolate()
    const small = { limit: 3, offset: 1, period: 'DAY', mode: 'exact' } as const
    const use = async (id: string) => (await limits.useQuota({ usagePlanId: 'gold', apiKeyId: 'daily', requestId: id, quota: small })).kind
    expect([await use('1'), await use('2'), await use('3')]).toEqual(['counted', 'counted', 'used-up'])
    vi.setSystemTime(START + 43_200_000)
    expect([await use('4'), await use('5'), await use('6'), await use('7')]).toEqual(['counted', 'counted', 'counted', 'used-up'])
  })

  it('is extended and reset by an operator', async () => {
    const counter = env.QUOTA_COUNTER.getByName('gold/extended')
    for (let index = 0; index < 5; index += 1) await counter.use(`request-${index}`, quota)
    expect((await counter.setRemaining(quota, 1_000)).remaining).toBe(1_000)
    expect((await counter.setRemaining(quota, 0)).remaining).toBe(0)
    expect((await counter.use('one-more', quota)).kind).toBe('used-up')
  })

  it('gives a count back', async () => {
    const counter = env.QUOTA_COUNTER.getByName('gold/given-back')
    await counter.use('a', quota)
    await counter.giveBack('a')
    await counter.giveBack('never-counted')
    expect((await counter.standing('2026-11-22', '2026-11-22', quota)).used).toBe(0)
  })
})
