import { takeTokens, type Limit } from '../gcra.ts'
import { countEvent, noDemand, type Demand } from './demand.ts'
import type { LeaseLimits } from './lease-limits.ts'
import type { Ask, PartReport } from './protocol.ts'

/** An ask on its way. */
export interface Sent {
  readonly ask: Ask
  /** When it was sent first: the lease that it brings is counted from here. */
  readonly firstMs: number
  readonly lastMs: number
  /** How often it broke off, or had no answer in time. */
  readonly failures: number
}

/** A last ask to an object that the holder leaves: it brings back what is left. Nobody waits for its reply: should it get lost, the object forgets the holder. */
export interface Farewell {
  readonly place: number
  readonly ask: Ask
}

/**
 * What an isolate holds of one bucket, changed in place: a request in the hot path takes from up to five of these. It holds values only; who waits, and the call to the object,
 * belong to the host (the adapter, or the simulation).
 */
export interface Lease {
  readonly holder: string
  limit: Limit
  /** Tokens to spend, and until when. */
  tokens: number
  untilMs: number
  /** Tokens whose time is over; they go back with the next ask. */
  returning: number
  /** Requests that wait, and how many of them (the first) the ask on its way speaks for. */
  waiting: number
  asked: number
  /** How long the last ask took when it had to be repeated; else 0. */
  lateMs: number
  sent: Sent | null
  seq: number
  /** No ask before this time: the object's pace, and when those that were told to wait should ask again. */
  nextMs: number
  pollMs: number
  /** The object's word that the bucket is empty holds until then; an ask that leaves at `askAheadMs` brings what has come by the end of that time. */
  emptyUntilMs: number
  askAheadMs: number
  paceMs: number
  /** Whether nobody used what the holder has for a while: it returns that, and asks for nothing ahead until somebody needs a token. */
  isIdle: boolean
  readonly demand: Demand
  tripMs: number
  usedMs: number
  seenMs: number
  level: number
  levelAtMs: number
  /** The isolate's own bucket while the object is unreachable (GCRA). */
  ownTatMs: number
  /** The object that is asked: 0 for the bucket's own, else a part; into how many it is split by its last word, and until when that word holds. */
  place: number
  parts: number
  partsUntilMs: number
  /** What may be out by the books of that object. */
  owed: number
  /** The object before, while what is in store is still of it: until the new one answers. */
  leaving: number | null
  farewell: Farewell | null
  /** Of a part: what it tells of its isolates, what they hold, and when it has to ask though it needs nothing: they spend only while it is in touch with its bucket. */
  report: PartReport | null
  lentOn: number
  /** Of a part: the most that one of its isolates may ask for at once. */
  lump: number
  reportMs: number
}

/** A lease that holds nothing yet. */
export function openLease(holder: string, limit: Limit, nowMs: number, limits: LeaseLimits): Lease {
  const never = Number.NEGATIVE_INFINITY
  return {
    holder, limit, tokens: 0, untilMs: never, returning: 0, waiting: 0, asked: 0, lateMs: 0, sent: null, seq: 0,
    nextMs: never, pollMs: never, emptyUntilMs: never, askAheadMs: never, paceMs: 0, isIdle: false,
    demand: noDemand(), tripMs: limits.tripMsGuess, usedMs: nowMs, seenMs: nowMs, level: limit.burstLimit, levelAtMs: nowMs, ownTatMs: never,
    place: 0, parts: 0, partsUntilMs: never, owed: 0, leaving: null, farewell: null, report: null, lentOn: 0, lump: 0, reportMs: Infinity,
  }
}

/** Counts a request that needs the bucket, and brings the lease to its time. */
export function arrive(lease: Lease, limit: Limit, nowMs: number, limits: LeaseLimits): void {
  lease.limit = limit
  refresh(lease, nowMs)
  countEvent(lease.demand, nowMs, limits.demandMemoryMs)
}

/** Brings a lease to a reading of the isolate's clock; to be called before anything is read from it. A clock that was set back ends the lease: nobody knows how old it is. */
export function refresh(lease: Lease, nowMs: number): void {
  if (nowMs < lease.seenMs) restartClock(lease, nowMs)
  lease.seenMs = nowMs
  if (lease.tokens > 0 && nowMs >= lease.untilMs) putBack(lease)
}

function restartClock(lease: Lease, nowMs: number): void {
  putBack(lease)
  lease.untilMs = Number.NEGATIVE_INFINITY
  lease.demand.atMs = Math.min(lease.demand.atMs, nowMs)
  for (const time of ['nextMs', 'pollMs', 'emptyUntilMs', 'askAheadMs', 'usedMs', 'levelAtMs', 'ownTatMs', 'partsUntilMs'] as const) lease[time] = Math.min(lease[time], nowMs)
  if (lease.report !== null) lease.reportMs = nowMs
  // What the ask on its way brings would be counted from a time that has not come yet.
  if (lease.sent !== null) lease.sent = { ...lease.sent, firstMs: Number.NEGATIVE_INFINITY, lastMs: nowMs }
}

/** Puts what is in store on the way back. */
export function putBack(lease: Lease): void {
  lease.returning += lease.tokens
  lease.tokens = 0
}

/** What a lease says to a request. `short`: the object has to be asked. */
export type Standing = { readonly kind: 'ready' | 'short' } | { readonly kind: 'refused'; readonly retryAfterMs: number; readonly isOwnShare: boolean }

const READY: Standing = { kind: 'ready' }
const SHORT: Standing = { kind: 'short' }

/** How a refreshed lease stands for one more request. */
export function standingOf(lease: Lease, nowMs: number, limits: LeaseLimits): Standing {
  if (lease.tokens >= 1) return READY
  if (lease.limit.rateLimit <= 0) return { kind: 'refused', retryAfterMs: Infinity, isOwnShare: false }
  if (isUnreachable(lease, limits)) {
    const own = takeTokens(lease.ownTatMs, ownLimitOf(lease, limits), { count: 1, nowMs })
    return own.kind === 'taken' ? READY : { kind: 'refused', retryAfterMs: own.retryAfterMs, isOwnShare: true }
  }
  return nowMs < lease.emptyUntilMs ? { kind: 'refused', retryAfterMs: lease.emptyUntilMs - nowMs, isOwnShare: false } : SHORT
}

/** Takes one token from a lease that stands ready; true when it is of the isolate's own share. */
export function takeToken(lease: Lease, nowMs: number, limits: LeaseLimits): boolean {
  lease.usedMs = nowMs
  lease.isIdle = false
  if (lease.tokens >= 1) {
    lease.tokens -= 1
    return false
  }
  lease.ownTatMs = takeTokens(lease.ownTatMs, ownLimitOf(lease, limits), { count: 1, nowMs }).tatMs
  return true
}

/** Takes a request that waited too long out of the line. A token that comes for it goes to the next one. */
export function leaveLine(lease: Lease): void {
  lease.waiting -= 1
  lease.asked = Math.min(lease.asked, lease.waiting)
}

/** Whether the object left so many asks without an answer that the isolate goes by its own share. */
export const isUnreachable = (lease: Lease, limits: LeaseLimits): boolean => lease.sent !== null && lease.sent.failures >= limits.failuresMax

function ownLimitOf({ limit }: Lease, { ownShare }: LeaseLimits): Limit {
  return { rateLimit: limit.rateLimit * ownShare, burstLimit: Math.max(1, Math.floor(limit.burstLimit * ownShare)) }
}

/** Whole tokens that are left as far as the isolate knows; for the RateLimit field. */
export function remainingOf(lease: Lease, nowMs: number): number {
  const flowedIn = (Math.max(0, nowMs - lease.levelAtMs) * lease.limit.rateLimit) / 1000
  return Math.min(lease.limit.burstLimit, Math.floor(lease.level + flowedIn) + lease.tokens)
}
