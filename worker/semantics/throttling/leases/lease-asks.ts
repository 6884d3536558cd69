import { demandAt } from './demand.ts'
import { isUnreachable, putBack, refresh, type Farewell, type Lease } from './lease.ts'
import type { LeaseLimits } from './lease-limits.ts'
import { placeOf } from './parts.ts'
import type { Ask, Reply } from './protocol.ts'

/**
 * The ask to send now, or null. The host calls this after each request, after each reply, and when `wakeMs` says so; it sends what it gets and reports with `onReply` or
 * `onFailure`. One ask at a time is on its way, to the object that `place` names; an ask without an answer is sent again as it was. After a reply from
 * another object than before, `takeFarewell` has a message for that one.
 */
export function nextAsk(lease: Lease, nowMs: number, limits: LeaseLimits): Ask | null {
  refresh(lease, nowMs)
  if (lease.sent !== null && !mustGiveUp(lease, nowMs, limits)) return repeatAsk(lease, nowMs, limits)
  if (lease.waiting > 0) lease.isIdle = false
  else if (lease.tokens + lease.returning > 0 && nowMs - lease.usedMs >= limits.idleMs) {
    putBack(lease)
    lease.isIdle = true
  }
  if (!isDue(lease, nowMs, needOf(lease, nowMs, limits).isLow)) return null
  if (lease.report === null && !lease.isIdle) goToPlace(lease, nowMs)
  const ask = toAsk(lease, nowMs, limits)
  lease.sent = { ask, firstMs: nowMs, lastMs: nowMs, failures: 0 }
  lease.asked = ask.waiting
  if (lease.leaving === null) lease.returning = 0
  return ask
}

function toAsk(lease: Lease, nowMs: number, limits: LeaseLimits): Ask {
  lease.seq += 1
  const { holder, report, seq, limit, tokens, lentOn, returning, waiting, lateMs, isIdle, leaving } = lease
  const demand = demandAt(lease.demand, nowMs, limits.demandMemoryMs) * 1000
  const { want } = needOf(lease, nowMs, limits)
  // What is in store is of another object.
  if (leaving !== null) return { holder, part: report, seq, limit, held: 0, returned: 0, owed: 0, waiting, lateMs, want: want + tokens, demand }
  const owed = nowMs < lease.untilMs + limits.owedMs ? lease.owed : 0
  return { holder, part: report, seq, limit, held: tokens + lentOn, returned: returning, owed, waiting, lateMs, want: isIdle ? 0 : want, demand }
}

/** A part that can't be reached is left when nobody knows any more that it is there: the bucket itself is asked. */
function mustGiveUp(lease: Lease, nowMs: number, limits: LeaseLimits): boolean {
  if (lease.place === 0 || nowMs < lease.partsUntilMs || !isUnreachable(lease, limits)) return false
  lease.sent = null
  lease.asked = 0
  if (lease.leaving !== null) {
    // What it had of the object before that one has ended long ago.
    lease.leaving = null
    lease.tokens = 0
    lease.returning = 0
    lease.owed = 0
  }
  return true
}

/** Changes to the object that the bucket's last word names. What is in store is spent until that one answers. */
function goToPlace(lease: Lease, nowMs: number): void {
  const place = placeOf(lease.holder, nowMs < lease.partsUntilMs ? lease.parts : 0)
  if (place === lease.place) return
  if (lease.leaving === null) lease.leaving = lease.place
  lease.place = place
}

/** Leaves what is left in store to the object that it is of. */
function takeLeave(lease: Lease): void {
  if (lease.leaving === null) return
  putBack(lease)
  if (lease.owed > 0) {
    lease.seq += 1
    const { holder, seq, limit, returning, owed } = lease
    lease.farewell = { place: lease.leaving, ask: { holder, part: null, seq, limit, held: 0, returned: returning, owed, waiting: 0, lateMs: 0, want: 0, demand: 0 } }
  }
  lease.leaving = null
  lease.returning = 0
}

/** The message for the object that was left, once. */
export function takeFarewell(lease: Lease): Farewell | null {
  const { farewell } = lease
  lease.farewell = null
  return farewell
}

function isDue(lease: Lease, nowMs: number, isLow: boolean): boolean {
  if (nowMs < lease.nextMs) return false
  if (nowMs >= lease.reportMs) return true
  if (lease.waiting > 0) return nowMs >= lease.pollMs
  if (lease.isIdle) return lease.returning > 0
  return isLow && (nowMs >= lease.emptyUntilMs || nowMs >= lease.askAheadMs)
}

function repeatAsk(lease: Lease, nowMs: number, limits: LeaseLimits): Ask | null {
  if (lease.sent === null || nowMs - lease.sent.lastMs < timeoutOf(lease, limits)) return null
  lease.sent = { ...lease.sent, lastMs: nowMs, failures: Number.isFinite(lease.sent.lastMs) ? lease.sent.failures + 1 : lease.sent.failures }
  return { ...lease.sent.ask, owed: 0 }
}

function timeoutOf(lease: Lease, limits: LeaseLimits): number {
  return isUnreachable(lease, limits) ? limits.probeMs : Math.min(limits.timeoutMsMax, Math.max(limits.timeoutMsMin, 3 * lease.tripMs))
}

/** What the demand of the isolate needs: tokens for the time until a reply can be there, and for a while beyond. Single requests are not asked for ahead. */
function needOf(lease: Lease, nowMs: number, limits: LeaseLimits): { readonly want: number; readonly isLow: boolean } {
  const perMs = demandAt(lease.demand, nowMs, limits.demandMemoryMs)
  const forTrip = perMs * 1.5 * lease.tripMs
  const forBatch = perMs * Math.max(limits.batchMs, lease.paceMs) + lease.lump
  if (forTrip + forBatch < 2) return { want: 0, isLow: false }
  const low = withRoom(forTrip)
  return { want: Math.max(0, Math.ceil(low + forBatch) - lease.tokens), isLow: lease.tokens <= low }
}

/** A number of arrivals that is seldom exceeded when `mean` are expected: two standard deviations more. */
const withRoom = (mean: number): number => mean + 2 * Math.sqrt(mean)

/** When the host should call `nextAsk` again though nothing happens: for requests that wait, for an ask without an answer, for tokens that nobody uses; null for never. */
export function wakeMs(lease: Lease, limits: LeaseLimits): number | null {
  if (lease.sent !== null) return lease.sent.lastMs + timeoutOf(lease, limits)
  if (lease.waiting > 0) return Math.max(lease.nextMs, lease.pollMs)
  return lease.tokens + lease.returning > 0 ? Math.max(lease.nextMs, lease.usedMs + limits.idleMs) : null
}

/** What a reply means for those that wait, the first in line first: so many have their token, so many are refused, the others go on waiting. */
export interface Served {
  readonly admitted: number
  readonly refused: number
}

/** Takes a reply. One that is not to the ask on its way changes nothing. */
export function onReply(lease: Lease, reply: Reply, nowMs: number, limits: LeaseLimits): Served {
  refresh(lease, nowMs)
  const { sent } = lease
  if (sent === null || reply.seq !== sent.ask.seq) return { admitted: 0, refused: 0 }
  if (sent.failures === 0 && Number.isFinite(sent.firstMs)) measureTrip(lease, nowMs - sent.firstMs)
  lease.sent = null
  lease.lateMs = sent.failures > 0 && Number.isFinite(sent.firstMs) ? nowMs - sent.firstMs : 0
  lease.untilMs = sent.firstMs + limits.leaseMs
  takeLeave(lease)
  lease.tokens += reply.kept
  lease.owed = sent.ask.held + reply.kept + reply.inherited
  lease.parts = reply.parts
  lease.partsUntilMs = nowMs + limits.partsMs
  if (nowMs >= lease.untilMs) putBack(lease)
  lease.level = reply.level
  lease.levelAtMs = nowMs
  heedReply(lease, reply, nowMs, limits)
  return serve(lease, reply, nowMs)
}

function measureTrip(lease: Lease, elapsedMs: number): void {
  lease.tripMs = lease.seq === 1 ? elapsedMs : lease.tripMs + (elapsedMs - lease.tripMs) / 4
}

/** An ask that leaves now is at the object one round trip after the reply left it. */
function heedReply(lease: Lease, { rest, waitMs, emptyMs, paceMs }: Reply, nowMs: number, limits: LeaseLimits): void {
  lease.paceMs = paceMs
  lease.nextMs = nowMs + Math.max(0, paceMs - lease.tripMs)
  lease.pollMs = rest === 'wait' ? nowMs + Math.max(5, waitMs - lease.tripMs) : nowMs
  lease.askAheadMs = nowMs + Math.max(0, emptyMs - lease.tripMs)
  // A busy isolate asks ahead, and goes on refusing until that ask has its answer.
  const isBusy = emptyMs > 0 && needOf(lease, nowMs, limits).want > 0
  lease.emptyUntilMs = emptyMs > 0 ? lease.askAheadMs + (isBusy ? 2 * lease.tripMs : 0) : nowMs
}

function serve(lease: Lease, { served, rest }: Reply, nowMs: number): Served {
  const direct = Math.min(served, lease.waiting)
  const fromStore = Math.min(lease.tokens, lease.waiting - direct)
  lease.tokens -= fromStore
  const admitted = direct + fromStore
  if (admitted > 0) lease.usedMs = nowMs
  const refused = rest === 'refused' ? lease.waiting - admitted : 0
  lease.waiting -= admitted + refused
  lease.asked = 0
  return { admitted, refused }
}

/** Notes that an ask broke off: it is sent again at once, or after a while when that was too often. */
export function onFailure(lease: Lease, seq: number, nowMs: number, limits: LeaseLimits): void {
  if (lease.sent === null || lease.sent.ask.seq !== seq) return
  const failures = lease.sent.failures + 1
  lease.sent = { ...lease.sent, failures, lastMs: failures < limits.failuresMax ? Number.NEGATIVE_INFINITY : nowMs }
}
