import { describe, expect, it } from 'vitest'
import { nextQuotaAsk, onQuotaFailure, onQuotaReply, quotaWakeMs } from '../../../../../worker/semantics/throttling/quota-leases/quota-asks.ts'
import { QUOTA_LEASE_LIMITS } from '../../../../../worker/semantics/throttling/quota-leases/quota-lease-limits.ts'
import { giveUnitBack, isAbandoned, isBlank, openQuotaLease, stopWaiting, takeOver, takeUnit, type QuotaLease } from '../../../../../worker/semantics/throttling/quota-leases/quota-lease.ts'
import type { QuotaAsk, QuotaReply } from '../../../../../worker/semantics/throttling/quota-leases/quota-protocol.ts'
import type { Quota } from '../../../../../worker/semantics/throttling/quota.ts'

const LIMITS = QUOTA_LEASE_LIMITS
const DAY = '2026-11-24'
const QUOTA: Quota = { limit: 1_000, offset: 0, period: 'DAY' }

const take = (lease: QuotaLease, nowMs: number, quota = QUOTA) => takeUnit(lease, quota, nowMs, LIMITS)

/** Sends the ask that is due; fails when there is none. */
function ask(lease: QuotaLease, nowMs: number): QuotaAsk {
  const due = nextQuotaAsk(lease, nowMs, LIMITS)
  if (due === null) throw new Error('no ask is due')
  return due
}

const reply = (lease: QuotaLease, parts: Partial<QuotaReply>, nowMs: number) =>
  onQuotaReply(lease, { seq: lease.seq, day: DAY, served: 0, kept: 0, spendMs: 10_000, elsewhere: 0, allowance: 1_000, resetsInMs: 3_600_000, ...parts }, nowMs, LIMITS)

/** A lease with so many units, asked for at 0, there at 50. */
function leaseOf(units: number): QuotaLease {
  const lease = openQuotaLease('one', QUOTA, 0, LIMITS)
  take(lease, 0)
  lease.waiting = 1
  ask(lease, 0)
  reply(lease, { served: 1, kept: units }, 50)
  return lease
}

describe('a request', () => {
  it('asks when nothing is there, and takes from what is', () => {
    const lease = leaseOf(2)
    expect([take(lease, 60), take(lease, 60), take(lease, 60)]).toEqual([{ kind: 'taken', day: DAY }, { kind: 'taken', day: DAY }, { kind: 'short' }])
  })

  it('takes nothing once the lease is over: that goes back', () => {
    const lease = leaseOf(5)
    expect(take(lease, 9_999).kind).toBe('taken')
    expect(take(lease, 10_000).kind).toBe('short')
    expect(ask(lease, 10_000)).toMatchObject({ held: { units: 0 }, returned: [{ day: DAY, units: 4 }] })
  })

  it('takes nothing after the clock was set back', () => {
    const lease = leaseOf(5)
    take(lease, 1_000)
    expect(take(lease, 999).kind).toBe('short')
    expect(ask(lease, 999)).toMatchObject({ held: { units: 0 }, returned: [{ day: DAY, units: 4 }] })
  })

  it('of which the clock was set back while the ask was out keeps nothing of what comes', () => {
    const lease = openQuotaLease('one', QUOTA, 5_000, LIMITS)
    take(lease, 5_000)
    lease.waiting = 1
    ask(lease, 5_000)
    take(lease, 4_000)
    expect(reply(lease, { served: 1, kept: 5 }, 4_050)).toEqual({ admitted: 1, refused: 0 })
    expect(take(lease, 4_060).kind).toBe('short')
  })
})

describe('an ask', () => {
  it('is for single requests alone while few come, and ahead when many do', () => {
    const lease = openQuotaLease('one', QUOTA, 0, LIMITS)
    take(lease, 0)
    lease.waiting = 1
    expect(ask(lease, 0)).toMatchObject({ seq: 1, waiting: 1, want: 0 })
    reply(lease, { served: 1 }, 50)
    for (let nowMs = 100; nowMs < 1_100; nowMs += 100) take(lease, nowMs)
    expect(ask(lease, 1_100).want).toBeGreaterThan(10)
  })

  it('brings back what nobody used for two seconds, and does not borrow it again', () => {
    const lease = leaseOf(5)
    for (let nowMs = 100; nowMs < 130; nowMs += 10) take(lease, nowMs)
    lease.askAheadMs = 5_000
    expect(nextQuotaAsk(lease, 130, LIMITS)).toBeNull()
    expect(quotaWakeMs(lease, LIMITS)).toBe(2_120)
    expect(ask(lease, 2_120)).toMatchObject({ held: { units: 0 }, returned: [{ day: DAY, units: 2 }], want: 0 })
    reply(lease, {}, 2_170)
    expect([nextQuotaAsk(lease, 2_200, LIMITS), quotaWakeMs(lease, LIMITS), isBlank(lease)]).toEqual([null, null, true])
  })

  it('is sent again as it was: after a time, or at once when it broke off', () => {
    const lease = openQuotaLease('one', QUOTA, 0, LIMITS)
    take(lease, 0)
    lease.waiting = 1
    const first = ask(lease, 0)
    expect(nextQuotaAsk(lease, 399, LIMITS)).toBeNull()
    lease.waiting = 4
    expect(ask(lease, 400)).toBe(first)
    onQuotaFailure(lease, first.seq, 410, LIMITS)
    expect(ask(lease, 410)).toBe(first)
    expect(reply(lease, { served: 1 }, 450)).toEqual({ admitted: 1, refused: 0 })
    expect(ask(lease, 450)).toMatchObject({ seq: 2, waiting: 3 })
  })

  it('heeds no reply but its own', () => {
    const lease = leaseOf(0)
    expect(reply(lease, { kept: 50 }, 60)).toEqual({ admitted: 0, refused: 0 })
    expect(lease.units).toBe(0)
  })
})

/** Five wait; the counter has two, and others hold some. */
const shortOf = (elsewhere: number, quota: Quota = QUOTA) => {
  const lease = openQuotaLease('one', quota, 0, LIMITS)
  take(lease, 0, quota)
  lease.waiting = 5
  ask(lease, 0)
  return { lease, served: reply(lease, { served: 2, elsewhere }, 50) }
}

describe('where units are missing', () => {
  const rows = [
    { name: 'all that are left are refused when nothing is lent', elsewhere: 0, refused: 3 },
    { name: 'as many wait as are lent elsewhere', elsewhere: 1, refused: 2 },
    { name: 'all of them when more are lent', elsewhere: 40, refused: 0 },
    { name: 'none for a shadow', elsewhere: 40, refused: 3, enforce: 'shadow' as const },
  ]
  for (const { name, elsewhere, refused, enforce } of rows) {
    it(name, () => expect(shortOf(elsewhere, { ...QUOTA, enforce }).served).toEqual({ admitted: 2, refused }))
  }

  it('who comes later is refused for a second, unless there is hope', () => {
    expect(take(shortOf(0).lease, 1_049)).toEqual({ kind: 'used-up', allowance: 1_000, resetsInMs: 3_599_001 })
    expect(take(shortOf(0).lease, 1_050).kind).toBe('short')
    expect(take(shortOf(3).lease, 60).kind).toBe('used-up')
    expect(take(shortOf(4).lease, 60).kind).toBe('short')
  })

  it('those that wait ask again four times a second; who waited too long is refused', () => {
    const { lease } = shortOf(40)
    expect([nextQuotaAsk(lease, 299, LIMITS), quotaWakeMs(lease, LIMITS)]).toEqual([null, 300])
    expect(ask(lease, 300)).toMatchObject({ waiting: 3 })
    expect(stopWaiting(lease, 3_050, LIMITS)).toMatchObject({ kind: 'used-up', allowance: 1_000 })
    // The unit that comes for it after all is kept.
    expect([reply(lease, { served: 3 }, 3_100), lease.units]).toEqual([{ admitted: 2, refused: 0 }, 1])
  })
})

describe('a unit that goes back', () => {
  it('is there for the next request', () => {
    const lease = leaseOf(0)
    giveUnitBack(lease, DAY, 60)
    expect(take(lease, 70)).toEqual({ kind: 'taken', day: DAY })
  })

  it('goes to the counter when its day or its lease is over', () => {
    const lease = leaseOf(0)
    giveUnitBack(lease, '2026-11-23', 60)
    giveUnitBack(lease, DAY, 10_000)
    expect([lease.units, ask(lease, 10_000).returned]).toEqual([0, [{ day: '2026-11-23', units: 1 }, { day: DAY, units: 1 }]])
  })

  it('of a request that was served without one is not owed any more', () => {
    const lease = openQuotaLease('one', QUOTA, 0, LIMITS)
    lease.waiting = 1
    stopWaiting(lease, 0, LIMITS)
    giveUnitBack(lease, null, 10)
    expect([lease.owed, isBlank(lease)]).toEqual([0, true])
  })
})

/** Five asks broke off. */
const downAt = (nowMs: number): QuotaLease => {
  const lease = openQuotaLease('one', QUOTA, nowMs, LIMITS)
  take(lease, nowMs)
  lease.waiting = 1
  for (let failure = 0; failure < 5; failure += 1) {
    ask(lease, nowMs)
    onQuotaFailure(lease, lease.seq, nowMs, LIMITS)
  }
  return lease
}

describe('a counter that does not answer', () => {
  it('leaves requests without a unit; it is tried again each second, and hears of them', () => {
    const lease = downAt(0)
    expect(stopWaiting(lease, 0, LIMITS)).toEqual({ kind: 'unreachable' })
    expect([take(lease, 10).kind, nextQuotaAsk(lease, 999, LIMITS)]).toEqual(['unreachable', null])
    ask(lease, 1_000)
    // The ask spoke for one that was served meanwhile: its unit is kept, and two are owed.
    expect([reply(lease, { served: 1 }, 1_050), lease.units]).toEqual([{ admitted: 0, refused: 0 }, 1])
    expect(ask(lease, 1_050)).toMatchObject({ seq: 2, owed: 2, held: { units: 1 } })
  })

  it('is given up after five minutes: a new holder reports what is owed', () => {
    const lease = downAt(0)
    stopWaiting(lease, 0, LIMITS)
    giveUnitBack(lease, DAY, 10)
    expect([isAbandoned(lease, 299_999, LIMITS), isAbandoned(lease, 300_000, LIMITS)]).toEqual([false, true])
    const next = takeOver(lease, 'two', 300_000, LIMITS)
    expect(ask(next, 300_000)).toMatchObject({ holder: 'two', seq: 1, owed: 1, returned: [{ day: DAY, units: 1 }] })
  })
})
