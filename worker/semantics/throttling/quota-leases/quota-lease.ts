import { countEvent, noDemand, type Demand } from '../leases/demand.ts'
import type { Quota } from '../quota.ts'
import type { QuotaLeaseLimits } from './quota-lease-limits.ts'
import type { QuotaAsk } from './quota-protocol.ts'

/** An ask on its way. */
export interface SentQuotaAsk {
  readonly ask: QuotaAsk
  /** When it was sent first: the lease that it brings is counted from here; never, when the clock was set back since. */
  readonly firstMs: number
  readonly lastMs: number
  /** How often it broke off, or had no answer in time. */
  readonly failures: number
  /** From when on it is out, whatever the clock did. */
  readonly outSinceMs: number
}

/**
 * What an isolate holds of one quota, changed in place. It holds values only; who waits, and the call to the counter, belong to the host (the adapter, or the simulation).
 */
export interface QuotaLease {
  readonly holder: string
  quota: Quota
  /** Units to spend, of which day, and until when. */
  units: number
  day: string
  untilMs: number
  /** Units that go back with the next ask, by day. */
  readonly returning: Map<string, number>
  /** Requests that were served without a unit, since the last ask. */
  owed: number
  /** Requests that wait. */
  waiting: number
  sent: SentQuotaAsk | null
  seq: number
  /** No asking again for requests that wait, and none ahead, before these times. */
  pollMs: number
  askAheadMs: number
  /** The counter's word that nothing is left holds until then; so many may wait nevertheless for what is lent elsewhere. */
  usedUpUntilMs: number
  hopeful: number
  /** Whether the last reply left requests without a unit. */
  isShort: boolean
  allowance: number
  resetsAtMs: number
  readonly demand: Demand
  tripMs: number
  /** When a request came last. */
  askedMs: number
  seenMs: number
}

/** A lease that holds nothing yet. */
export function openQuotaLease(holder: string, quota: Quota, nowMs: number, limits: QuotaLeaseLimits): QuotaLease {
  const never = Number.NEGATIVE_INFINITY
  return {
    holder, quota, units: 0, day: '', untilMs: never, returning: new Map(), owed: 0, waiting: 0, sent: null, seq: 0, pollMs: never, askAheadMs: never,
    usedUpUntilMs: never, hopeful: 0, isShort: false, allowance: 0, resetsAtMs: never, demand: noDemand(), tripMs: limits.tripMsGuess, askedMs: nowMs, seenMs: nowMs,
  }
}

/** Brings a lease to a reading of the isolate's clock; to be called before anything is read from it. A clock that was set back ends the lease: nobody knows how old it is. */
export function refreshQuota(lease: QuotaLease, nowMs: number): void {
  if (nowMs < lease.seenMs) restartClock(lease, nowMs)
  lease.seenMs = nowMs
  if (lease.units > 0 && nowMs >= lease.untilMs) putUnitsBack(lease)
}

function restartClock(lease: QuotaLease, nowMs: number): void {
  putUnitsBack(lease)
  lease.untilMs = Number.NEGATIVE_INFINITY
  lease.demand.atMs = Math.min(lease.demand.atMs, nowMs)
  for (const time of ['pollMs', 'askAheadMs', 'usedUpUntilMs', 'askedMs'] as const) lease[time] = Math.min(lease[time], nowMs)
  // What the ask on its way brings would be counted from a time that has not come yet.
  if (lease.sent !== null) lease.sent = { ...lease.sent, firstMs: Number.NEGATIVE_INFINITY, lastMs: nowMs, outSinceMs: Math.min(lease.sent.outSinceMs, nowMs) }
}

/** Puts what is in store on the way back. */
export function putUnitsBack(lease: QuotaLease): void {
  returnUnits(lease, lease.day, lease.units)
  lease.units = 0
}

function returnUnits({ returning }: QuotaLease, day: string, units: number): void {
  if (units > 0) returning.set(day, (returning.get(day) ?? 0) + units)
}

/** What came of a request that needs a unit. `short`: the counter has to be asked. `unreachable`: it is served without one. */
export type QuotaTaking = { readonly kind: 'taken'; readonly day: string } | { readonly kind: 'short' | 'unreachable' } | UsedUp

/** Nothing is left of the period. */
export interface UsedUp {
  readonly kind: 'used-up'
  readonly allowance: number
  readonly resetsInMs: number
}

/** Takes a unit for a request, when that can be decided here. */
export function takeUnit(lease: QuotaLease, quota: Quota, nowMs: number, limits: QuotaLeaseLimits): QuotaTaking {
  lease.quota = quota
  refreshQuota(lease, nowMs)
  countEvent(lease.demand, nowMs, limits.demandMemoryMs)
  lease.askedMs = nowMs
  if (lease.units > 0) {
    lease.units -= 1
    return { kind: 'taken', day: lease.day }
  }
  if (isCounterDown(lease, limits)) return goWithout(lease)
  return nowMs < lease.usedUpUntilMs && lease.waiting >= lease.hopeful ? usedUp(lease, nowMs) : { kind: 'short' }
}

/** Serves a request without a unit: the counter will hear of it. */
function goWithout(lease: QuotaLease): QuotaTaking {
  lease.owed += 1
  return { kind: 'unreachable' }
}

/** Ends the waiting of the first in line: it is refused when the counter said that nothing is left, and served when it did not say anything. */
export function stopWaiting(lease: QuotaLease, nowMs: number, limits: QuotaLeaseLimits): QuotaTaking {
  lease.waiting -= 1
  return lease.isShort && !isCounterDown(lease, limits) ? usedUp(lease, nowMs) : goWithout(lease)
}

/** The refusal of a request for which nothing is left. */
export function usedUp({ allowance, resetsAtMs }: QuotaLease, nowMs: number): UsedUp {
  return { kind: 'used-up', allowance, resetsInMs: Math.max(0, resetsAtMs - nowMs) }
}

/** Gives requests that wait what is in store, the first in line first; says how many got a unit. */
export function serveWaiting(lease: QuotaLease, nowMs: number): number {
  refreshQuota(lease, nowMs)
  const count = Math.min(lease.units, lease.waiting)
  lease.units -= count
  lease.waiting -= count
  return count
}

/** Puts the unit of a request back (null: it was served without one) that was refused for another reason; of a day that is over, it goes back to the counter. */
export function giveUnitBack(lease: QuotaLease, day: string | null, nowMs: number): void {
  refreshQuota(lease, nowMs)
  if (day === null) lease.owed -= 1
  else if (day === lease.day && nowMs < lease.untilMs) lease.units += 1
  else returnUnits(lease, day, 1)
}

/** Whether the counter left so many asks without an answer that requests are served without it. */
export const isCounterDown = (lease: QuotaLease, limits: QuotaLeaseLimits): boolean => lease.sent !== null && lease.sent.failures >= limits.failuresMax

/** Whether an ask is out for so long that the counter may forget it. Then it is not repeated any more: a new holder takes over. */
export const isAbandoned = ({ sent }: QuotaLease, nowMs: number, limits: QuotaLeaseLimits): boolean => sent !== null && nowMs - sent.outSinceMs >= limits.abandonMs

/** A lease in place of an abandoned one. What that had is booked as used by now: unspent units go back under the new name. */
export function takeOver(old: QuotaLease, holder: string, nowMs: number, limits: QuotaLeaseLimits): QuotaLease {
  putUnitsBack(old)
  return { ...openQuotaLease(holder, old.quota, nowMs, limits), returning: old.returning, owed: old.owed, waiting: old.waiting }
}

/** Whether nothing is lost when the lease is forgotten. */
export const isBlank = ({ units, returning, owed, waiting, sent }: QuotaLease): boolean => units === 0 && returning.size === 0 && owed === 0 && waiting === 0 && sent === null
