import { demandAt } from '../leases/demand.ts'
import type { QuotaLeaseLimits } from './quota-lease-limits.ts'
import { isCounterDown, putUnitsBack, refreshQuota, serveWaiting, type QuotaLease } from './quota-lease.ts'
import type { QuotaAsk, QuotaReply } from './quota-protocol.ts'

/**
 * The ask to send now, or null. The host calls this after each request, after each reply, and when `quotaWakeMs` says so; it sends what it gets and reports with `onQuotaReply`
 * or `onQuotaFailure`. One ask at a time is on its way; an ask without an answer is sent again as it was.
 */
export function nextQuotaAsk(lease: QuotaLease, nowMs: number, limits: QuotaLeaseLimits): QuotaAsk | null {
  refreshQuota(lease, nowMs)
  if (lease.sent !== null) return repeatAsk(lease, nowMs, limits)
  const isIdle = nowMs - lease.askedMs >= limits.idleMs
  if (isIdle) putUnitsBack(lease)
  const { want, isLow } = needOf(lease, nowMs, limits)
  const isAhead = isLow && !isIdle && nowMs >= lease.askAheadMs
  if (!(lease.waiting > 0 ? nowMs >= lease.pollMs : lease.returning.size > 0 || lease.owed !== 0 || isAhead)) return null
  lease.seq += 1
  const { holder, seq, quota, day, units, owed, waiting } = lease
  const returned = Array.from(lease.returning, ([of, count]) => ({ day: of, units: count }))
  const ask: QuotaAsk = { holder, seq, quota, held: { day, units }, returned, owed, waiting, want: waiting > 0 || isAhead ? want : 0 }
  lease.sent = { ask, firstMs: nowMs, lastMs: nowMs, failures: 0, outSinceMs: nowMs }
  lease.returning.clear()
  lease.owed = 0
  return ask
}

function repeatAsk(lease: QuotaLease, nowMs: number, limits: QuotaLeaseLimits): QuotaAsk | null {
  if (lease.sent === null || nowMs - lease.sent.lastMs < timeoutOf(lease, limits)) return null
  const { failures, lastMs } = lease.sent
  // One that broke off was counted then.
  lease.sent = { ...lease.sent, lastMs: nowMs, failures: Number.isFinite(lastMs) ? failures + 1 : failures }
  return lease.sent.ask
}

function timeoutOf(lease: QuotaLease, limits: QuotaLeaseLimits): number {
  return isCounterDown(lease, limits) ? limits.probeMs : Math.min(limits.timeoutMsMax, Math.max(limits.timeoutMsMin, 3 * lease.tripMs))
}

/** What the demand of the isolate needs: units for the time until a reply can be there, and for a while beyond. Single requests are not asked for ahead. */
function needOf(lease: QuotaLease, nowMs: number, limits: QuotaLeaseLimits): { readonly want: number; readonly isLow: boolean } {
  const perMs = demandAt(lease.demand, nowMs, limits.demandMemoryMs)
  // So many came during the last trip; the estimate may lag behind.
  const forTrip = Math.max(perMs * 1.5 * lease.tripMs, lease.waiting)
  const forBatch = Math.min(perMs * limits.batchMs, limits.batchUnitsMax)
  if (forTrip + forBatch < limits.batchUnitsMin) return { want: 0, isLow: false }
  // Two standard deviations more than is expected: seldom exceeded.
  const low = forTrip + 2 * Math.sqrt(forTrip)
  const want = Math.min(limits.unitsMax, Math.ceil(low + forBatch)) - lease.units
  return { want: Math.max(0, want), isLow: want > 0 && lease.units <= low }
}

/** When the host should call `nextQuotaAsk` again though nothing happens: for requests that wait, for an ask without an answer, for units that nobody uses; null for never. */
export function quotaWakeMs(lease: QuotaLease, limits: QuotaLeaseLimits): number | null {
  if (lease.sent !== null) return lease.sent.lastMs + timeoutOf(lease, limits)
  if (lease.waiting > 0) return lease.pollMs
  if (lease.returning.size > 0 || lease.owed !== 0) return lease.seenMs
  return lease.units > 0 ? Math.min(lease.untilMs, lease.askedMs + limits.idleMs) : null
}

/** What a reply means for those that wait, the first in line first: so many have their unit, so many are refused, the others go on waiting. */
export interface QuotaServed {
  readonly admitted: number
  readonly refused: number
}

/** Takes a reply. One that is not to the ask on its way changes nothing. */
export function onQuotaReply(lease: QuotaLease, reply: QuotaReply, nowMs: number, limits: QuotaLeaseLimits): QuotaServed {
  refreshQuota(lease, nowMs)
  const { sent } = lease
  if (sent === null || reply.seq !== sent.ask.seq) return { admitted: 0, refused: 0 }
  if (sent.failures === 0 && Number.isFinite(sent.firstMs)) lease.tripMs = lease.seq === 1 ? nowMs - sent.firstMs : lease.tripMs + (nowMs - sent.firstMs - lease.tripMs) / 4
  lease.sent = null
  if (reply.day !== lease.day) putUnitsBack(lease)
  lease.day = reply.day
  lease.untilMs = sent.firstMs + reply.spendMs
  // Those that waited have theirs; what they no longer wait for is in store like the rest.
  const direct = Math.min(reply.served, lease.waiting)
  lease.waiting -= direct
  lease.units += reply.served - direct + reply.kept
  lease.allowance = reply.allowance
  lease.resetsAtMs = nowMs + reply.resetsInMs
  const admitted = direct + serveWaiting(lease, nowMs)
  return { admitted, refused: heedShortage(lease, sent.ask, reply, nowMs, limits) }
}

/** Where units are missing, as many may wait as are lent elsewhere; the others are refused, the last in line first. */
function heedShortage(lease: QuotaLease, ask: QuotaAsk, reply: QuotaReply, nowMs: number, limits: QuotaLeaseLimits): number {
  const isShort = reply.served < ask.waiting
  lease.isShort = isShort
  lease.askAheadMs = isShort || (ask.want > 0 && reply.kept === 0) ? nowMs + limits.usedUpMs : nowMs
  lease.pollMs = isShort ? nowMs + limits.pollMs : nowMs
  lease.usedUpUntilMs = isShort ? nowMs + Math.min(limits.usedUpMs, reply.resetsInMs) : nowMs
  lease.hopeful = lease.quota.enforce === 'shadow' ? 0 : reply.elsewhere
  if (!isShort) return 0
  const refused = Math.max(0, lease.waiting - lease.hopeful)
  lease.waiting -= refused
  return refused
}

/** Notes that an ask broke off: it is sent again at once, or after a while when that was too often. */
export function onQuotaFailure(lease: QuotaLease, seq: number, nowMs: number, limits: QuotaLeaseLimits): void {
  if (lease.sent === null || lease.sent.ask.seq !== seq) return
  const failures = lease.sent.failures + 1
  lease.sent = { ...lease.sent, failures, lastMs: failures < limits.failuresMax ? Number.NEGATIVE_INFINITY : nowMs }
}
