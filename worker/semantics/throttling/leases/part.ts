import { answerAsk } from './answer-ask.ts'
import { refresh, openLease, remainingOf, type Lease } from './lease.ts'
import { nextAsk, onReply, wakeMs } from './lease-asks.ts'
import { LEASE_LIMITS, PART_LIMITS } from './lease-limits.ts'
import { openBucket, outstandingOf, settle, type LentBucket } from './lent-bucket.ts'
import { crowdOf } from './parts.ts'
import type { Limit } from '../gcra.ts'
import type { Ask, Reply } from './protocol.ts'

/**
 * A part of a hot bucket, changed in place: to its isolates it is the bucket's object, to the bucket it is a holder. It hands on what it holds and no more; what it holds and what
 * its isolates hold is one sum in the bucket's books, which counts as out as long as anybody may spend of it. It writes nothing down: the bucket knows what a life before had.
 */
export interface Part {
  readonly index: number
  /** What it has in store, and lent: nothing flows in but by the lease. */
  readonly bucket: LentBucket
  readonly lease: Lease
  /** Requests that piled up at isolates while their asks were on the way, since the part last said so. */
  lateTokens: number
  /** Until when the bucket's word that it is empty holds. */
  emptyUntilMs: number
}

/** Opens a part: it has nothing. `holder` names this life of it. */
export function openPart(index: number, holder: string, limit: Limit, readingMs: number): Part {
  const bucket = { ...openBucket(null, storeOf(limit), readingMs, LEASE_LIMITS), level: 0, place: index }
  const lease = { ...openLease(holder, limit, readingMs, PART_LIMITS), report: { index, crowd: 0 }, reportMs: Number.NEGATIVE_INFINITY }
  return { index, bucket, lease, lateTokens: 0, emptyUntilMs: Number.NEGATIVE_INFINITY }
}

/** A bucket that nothing flows into by itself. */
const storeOf = ({ burstLimit }: Limit): Limit => ({ rateLimit: 0, burstLimit })

/** Whether the part may answer: its bucket was heard lately. While it was not, asks have to wait for it. */
export function isInTouch({ lease }: Part, readingMs: number): boolean {
  return readingMs >= lease.seenMs && readingMs < lease.untilMs
}

/** The part's answer to an isolate; only while it is in touch. */
export function answerPartAsk(part: Part, ask: Ask, readingMs: number): Reply {
  const { bucket, lease } = part
  bringToTime(part, readingMs)
  lease.limit = ask.limit
  bucket.parts = lease.parts
  bucket.supply = { inMs: supplyInMs(lease, readingMs), isEmpty: readingMs < part.emptyUntilMs }
  const { reply } = answerAsk(bucket, { ...ask, limit: storeOf(ask.limit) }, readingMs, LEASE_LIMITS)
  if (ask.waiting + ask.want > 0) {
    lease.usedMs = readingMs
    lease.isIdle = false
  }
  part.lateTokens += (Math.min(ask.lateMs, LEASE_LIMITS.waitMsMax) * ask.demand) / 1000
  lease.tokens = bucket.level
  return { ...reply, level: remainingOf(lease, readingMs) }
}

/** In how long the reply to the ask that is on its way, or to the next one, may be here. */
function supplyInMs({ sent, nextMs, pollMs, tripMs }: Lease, nowMs: number): number {
  const sentMs = sent === null ? Math.max(nowMs, nextMs, pollMs) : sent.lastMs
  return Math.max(5, sentMs + tripMs - nowMs)
}

/** The ask to send to the bucket now, or null: as for an isolate (`nextAsk`). */
export function nextPartAsk(part: Part, readingMs: number): Ask | null {
  const { bucket, lease, index } = part
  const askedBefore = lease.seq
  bringToTime(part, readingMs)
  let claimed = 0
  for (const { count } of bucket.claims.values()) claimed += count
  // What is there for those who wait is as good as gone.
  const reserved = Math.min(bucket.level, claimed)
  lease.tokens = bucket.level - reserved
  lease.lentOn = outstandingOf(bucket) + reserved
  lease.waiting = Math.ceil(claimed - reserved)
  lease.report = { index, crowd: crowdOf(bucket, LEASE_LIMITS) }
  const demand = demandOf(bucket)
  lease.demand.perMs = demand.sum / 1000
  lease.lump = demand.most * LUMP_SECONDS
  lease.demand.atMs = readingMs
  const ownLateMs = lease.lateMs
  if (part.lateTokens > 0) lease.lateMs += part.lateTokens / Math.max(lease.demand.perMs, 0.001)
  const ask = nextAsk(lease, readingMs, PART_LIMITS)
  lease.lateMs = ownLateMs
  if (ask !== null && ask.seq > askedBefore) part.lateTokens = 0
  if (ask !== null) lease.reportMs = readingMs + PART_LIMITS.leaseMs / 2
  bucket.level = lease.tokens + reserved
  return ask
}

/** How much longer than it said a bucket counts as empty: a busy part asks again meanwhile, and who is told to wait in between waits in vain. */
const EMPTY_MS = 150

/** What an isolate asks for at once, in its own demand: a batch and what its round trip takes. */
const LUMP_SECONDS = 0.3

/** Requests a second of the isolates that asked lately, and of the busiest of them. */
function demandOf({ holders, atMs }: LentBucket): { readonly sum: number; readonly most: number } {
  let [sum, most] = [0, 0]
  for (const { demand, askedMs } of holders.values()) {
    if (askedMs <= atMs - LEASE_LIMITS.crowdMemoryMs) continue
    sum += demand
    most = Math.max(most, demand)
  }
  return { sum, most }
}

/** Takes the bucket's reply: its tokens go in store; who waits fetches them. */
export function onPartReply(part: Part, reply: Reply, readingMs: number): void {
  const { bucket, lease } = part
  const isCurrent = lease.sent?.ask.seq === reply.seq
  bringToTime(part, readingMs)
  lease.waiting = 0
  onReply(lease, reply, readingMs, PART_LIMITS)
  bucket.level = lease.tokens
  if (!isCurrent) return
  part.emptyUntilMs = reply.emptyMs > 0 ? readingMs + reply.emptyMs + 2 * lease.tripMs + EMPTY_MS : readingMs
  if (reply.inherited > 0) bucket.unknown = [...bucket.unknown, { tokens: reply.inherited, untilMs: bucket.atMs + LEASE_LIMITS.forgetMs }]
  if (reply.rest === 'refused') bucket.claims.clear()
}

/** When `nextPartAsk` should be called again though nothing happens; null for never. */
export const partWakeMs = ({ lease }: Part): number | null => wakeMs(lease, PART_LIMITS)

/** Brings both sides of a part to a reading of its clock: what may not be spent any longer leaves the store. */
function bringToTime({ bucket, lease }: Part, readingMs: number): void {
  settle(bucket, readingMs)
  lease.tokens = bucket.level
  refresh(lease, readingMs)
  bucket.level = lease.tokens
}
