import { abortAllDurableObjects } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createLimits, createLimitsMemory } from '../../../worker/adapters/limits/limits.ts'
import type { Limits, QuotaCall, QuotaOutcome } from '../../../worker/ports.ts'
import { createObjectClock } from './object-clock.ts'

/** STAGEDOOR_QUOTA_REQUESTS=100000 is the full size: a quota of 50,000. */
const QUOTA_REQUESTS = Number(Reflect.get(env, 'STAGEDOOR_QUOTA_REQUESTS'))

const START = Date.parse('2026-11-22T12:00:00Z')
const TODAY = '2026-11-22'
const clock = createObjectClock()
const { running } = clock

/** One isolate's limits, over the real counters; `calls` counts how often a counter was called. */
function isolate({ isDown = () => false }: { readonly isDown?: () => boolean } = {}) {
  const work: Promise<unknown>[] = []
  const seen = { calls: 0 }
  const quotas = clock.watch(env.QUOTA_COUNTER, () => {
    seen.calls += 1
    if (isDown()) throw new Error('the counter is down')
  })
  const limits = createLimits({ memory: createLimitsMemory(), buckets: env.TOKEN_BUCKET, quotas, nowMs: () => Date.now(), defer: (more) => void work.push(more) })
  return { limits, seen, settled: () => Promise.all(work) }
}

const callOf = (apiKeyId: string, quota: Partial<QuotaCall['quota']> = {}): QuotaCall & { readonly quota: NonNullable<QuotaCall['quota']> } => ({
  usagePlanId: 'gold', apiKeyId, requestId: crypto.randomUUID(), quota: { limit: 1_000, offset: 0, period: 'DAY', ...quota },
})

const counterOf = (apiKeyId: string) => env.QUOTA_COUNTER.getByName(`gold/${apiKeyId}`)

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], now: START })
})
afterEach(() => vi.useRealTimers())

/** Uses a quota so often, in turn from all, some at a time, each time a little later; gives how many were counted. */
async function useMany(all: readonly Limits[], call: QuotaCall, { count, together = 1, everyMs = 0 }: { readonly count: number; readonly together?: number; readonly everyMs?: number }): Promise<number> {
  let counted = 0
  for (let from = 0; from < count; from += together) {
    const outcomes = await running(Promise.all(Array.from({ length: together }, async (_, index) => all[(from + index) % all.length]?.useQuota(call))))
    counted += outcomes.filter((outcome) => outcome?.kind === 'counted').length
    if (everyMs > 0) await clock.pass(everyMs, everyMs)
  }
  return counted
}

describe('a plan without a quota', () => {
  it('counts every request, with few calls of the counter, however many there are', async () => {
    const { limits, seen } = isolate()
    const call: QuotaCall = { ...callOf('endless'), quota: null }
    expect(await useMany([limits], call, { count: 2_000, together: 10, everyMs: 20 })).toBe(2_000)
    expect(seen.calls).toBeLessThan(100)
    expect(limits.useQuota(call)).not.toBeInstanceOf(Promise)
    await clock.pass(10_000)
    expect(await counterOf('endless').standing(TODAY, TODAY, null)).toEqual({ days: [{ day: TODAY, used: 2_001, leased: 0 }], used: 2_001, leased: 0, remaining: null })
  })

  it('takes back what was counted of a request that was refused', async () => {
    const { limits } = isolate()
    const call: QuotaCall = { ...callOf('refused'), quota: null }
    for (let request = 0; request < 10; request += 1) limits.giveBackQuota(call, await running(limits.useQuota(call)))
    await clock.pass(10_000)
    expect(await counterOf('refused').standing(TODAY, TODAY, null)).toMatchObject({ used: 0, leased: 0 })
  })
})

describe('a leased quota', () => {
  it('lets exactly its number through, from eight clients, with the counter killed twenty times', async () => {
    const call = callOf('killed-leases', { limit: QUOTA_REQUESTS / 2 })
    const state = { sent: 0, counted: 0, kills: 0, calls: 0 }
    const client = async (): Promise<void> => {
      const { limits, seen } = isolate()
      while (state.sent < QUOTA_REQUESTS) {
        state.sent += 1
        if ((await limits.useQuota(call)).kind === 'counted') state.counted += 1
        if (state.sent % 20 === 0) await clock.pass(10)
        if (state.kills < 20 && state.sent >= ((state.kills + 1) * QUOTA_REQUESTS) / 21) {
          state.kills += 1
          await abortAllDurableObjects()
        }
      }
      state.calls += seen.calls
    }
    await running(Promise.all(Array.from({ length: 8 }, client)))
    expect([state.counted, state.kills]).toEqual([QUOTA_REQUESTS / 2, 20])
    expect(await counterOf('killed-leases').standing(TODAY, TODAY, call.quota)).toMatchObject({ used: QUOTA_REQUESTS / 2, leased: 0, remaining: 0 })
    expect(state.calls / state.sent).toBeLessThan(QUOTA_REQUESTS < 100_000 ? 0.5 : 0.02)
  }, 1_200_000)

  it('answers from what it holds: few calls for many requests, and no promise when a unit is there', async () => {
    const { limits, seen } = isolate()
    const call = callOf('few-calls', { limit: 100_000 })
    expect(await useMany([limits], call, { count: 2_000, together: 10, everyMs: 20 })).toBe(2_000)
    expect(seen.calls).toBeLessThan(100)
    expect(limits.useQuota(call)).not.toBeInstanceOf(Promise)
  })

  it('shows what is leased, and has all of it back when nobody uses it', async () => {
    const { limits, settled } = isolate()
    const call = callOf('shown')
    await useMany([limits], call, { count: 50, together: 5, everyMs: 50 })
    const during = await counterOf('shown').standing(TODAY, TODAY, call.quota)
    expect(during.leased).toBeGreaterThan(0)
    expect(during.used + during.leased + (during.remaining ?? 0)).toBe(1_000)
    expect(during.days).toEqual([{ day: TODAY, used: during.used, leased: during.leased }])
    await running(settled())
    expect(await counterOf('shown').standing(TODAY, TODAY, call.quota)).toMatchObject({ used: 50, leased: 0, remaining: 950 })
  })

  it('waits for what is lent elsewhere; then it says that nothing is left', async () => {
    const [one, other] = [isolate(), isolate()]
    const call = callOf('lent-elsewhere', { limit: 100 })
    const before = await useMany([one.limits], call, { count: 40, together: 4, everyMs: 20 })
    const { leased, remaining } = await counterOf('lent-elsewhere').standing(TODAY, TODAY, call.quota)
    expect([before, leased > 0]).toEqual([40, true])
    // The first isolate goes quiet: the other gets all that is left, also what the first one holds.
    expect(await useMany([other.limits], call, { count: 60 })).toBe(60)
    expect(remaining).toBeLessThan(60)
    expect(await running(other.limits.useQuota(call))).toEqual({ kind: 'used-up', allowance: 100, resetsInMs: expect.any(Number) })
  })

  it('refuses from memory for a second; then an operator may have extended it', async () => {
    const { limits, seen } = isolate()
    const call = callOf('extended', { limit: 1 })
    await useMany([limits], call, { count: 2 })
    const calls = seen.calls
    expect(limits.useQuota(call)).toMatchObject({ kind: 'used-up' })
    expect(seen.calls).toBe(calls)
    await counterOf('extended').setRemaining(call.quota, 5)
    await clock.pass(1_000)
    expect(await useMany([limits], call, { count: 8 })).toBe(5)
  })

  it('is cut by an operator: what is leased at that moment is all that may still be spent', async () => {
    const { limits, settled } = isolate()
    const call = callOf('cut')
    await useMany([limits], call, { count: 50, together: 5, everyMs: 50 })
    const cut = await counterOf('cut').setRemaining(call.quota, 0)
    expect([cut.leased > 0, cut.remaining]).toEqual([true, 0])
    expect(await useMany([limits], call, { count: 100, together: 10 })).toBeLessThanOrEqual(cut.leased)
    await running(settled())
    const after = await counterOf('cut').standing(TODAY, TODAY, call.quota)
    expect([after.leased, after.remaining]).toEqual([0, 0])
    expect(after.used).toBeLessThanOrEqual(cut.used + cut.leased)
  })

  it('begins anew with the day: nothing lent for one is spent in the next', async () => {
    vi.setSystemTime(Date.parse('2026-11-22T23:59:30Z'))
    const { limits } = isolate()
    const call = callOf('midnight', { limit: 300 })
    // Ten a second over a minute: three hundred in each day.
    expect(await useMany([limits], call, { count: 600, everyMs: 90 })).toBeGreaterThan(500)
    await running(isolate().limits.useQuota(call))
    await clock.pass(30_000, 100)
    const { days } = await counterOf('midnight').standing('2026-11-22', '2026-11-23', call.quota)
    expect(days.map(({ day }) => day)).toEqual(['2026-11-22', '2026-11-23'])
    for (const { used } of days) expect(used).toBeLessThanOrEqual(300)
  })

  it('has the unit of a throttled request again', async () => {
    const { limits, settled } = isolate()
    const call = callOf('throttled', { limit: 10 })
    for (let round = 0; round < 30; round += 1) limits.giveBackQuota(call, await running(limits.useQuota(call)))
    expect(await useMany([limits], call, { count: 12 })).toBe(10)
    await running(settled())
    expect((await counterOf('throttled').standing(TODAY, TODAY, call.quota)).used).toBe(10)
  })

  it('of an isolate that died counts as used: nobody knows whether it was spent', async () => {
    const dying = isolate()
    const call = callOf('died')
    await useMany([dying.limits], call, { count: 50, together: 5, everyMs: 50 })
    const { leased } = await counterOf('died').standing(TODAY, TODAY, call.quota)
    // Its clock stands still for it: no timer of its runs any more.
    vi.clearAllTimers()
    vi.setSystemTime(Date.now() + 21_000)
    const after = await counterOf('died').standing(TODAY, TODAY, call.quota)
    expect(after.leased).toBe(0)
    expect(after.used).toBeGreaterThanOrEqual(50)
    expect(after.used).toBeLessThanOrEqual(50 + leased)
  })

  it('serves when the counter can not be reached, and books that afterwards', async () => {
    let isDown = true
    const { limits, settled } = isolate({ isDown: () => isDown })
    const call = callOf('down')
    const outcomes: QuotaOutcome[] = []
    for (let request = 0; request < 5; request += 1) outcomes.push(await running(limits.useQuota(call)))
    expect(outcomes.map(({ kind }) => kind)).toEqual(Array.from({ length: 5 }, () => 'unreachable'))
    isDown = false
    await running(settled())
    expect(await counterOf('down').standing(TODAY, TODAY, call.quota)).toMatchObject({ used: 5, leased: 0, remaining: 995 })
  })

  it('waits for nobody as a shadow', async () => {
    const [one, other] = [isolate(), isolate()]
    const call = callOf('shadow', { limit: 30, enforce: 'shadow' })
    await useMany([one.limits], call, { count: 12, together: 4, everyMs: 20 })
    await useMany([other.limits], call, { count: 30 })
    const startedMs = Date.now()
    expect((await running(other.limits.useQuota(call))).kind).toBe('used-up')
    expect(Date.now() - startedMs).toBeLessThan(1_000)
  })
})

describe('a quota that becomes exact', () => {
  it('waits for what is still leased', async () => {
    const { limits, settled } = isolate()
    const leased = callOf('becomes-exact', { limit: 60 })
    await useMany([limits], leased, { count: 40, together: 4, everyMs: 20 })
    const exact = isolate()
    let counted = 0
    for (let request = 0; request < 25; request += 1) {
      const call = callOf('becomes-exact', { limit: 60, mode: 'exact' })
      if ((await running(exact.limits.useQuota(call))).kind === 'counted') counted += 1
    }
    expect(counted).toBe(20)
    await running(settled())
    expect(await counterOf('becomes-exact').standing(TODAY, TODAY, leased.quota)).toMatchObject({ used: 60, leased: 0, remaining: 0 })
  })
})
