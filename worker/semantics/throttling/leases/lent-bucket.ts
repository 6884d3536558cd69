import type { Limit } from '../gcra.ts'
import { noDemand, type Demand } from './demand.ts'
import type { LeaseLimits } from './lease-limits.ts'
import type { PartReport, Reply } from './protocol.ts'

/** What an object knows of one holder: the most that it may still spend, and its last reply for the case that it got lost. */
export interface Holder {
  readonly outstanding: number
  /** How much of it a part got for requests that waited. */
  readonly givenAway: number
  readonly reply: Reply
  readonly demand: number
  /** Set when the holder is a part. */
  readonly part: PartReport | null
  readonly askedMs: number
  /** When the object forgets the holder, should it stay silent. */
  readonly untilMs: number
}

/** Tokens that an earlier life of the object had lent: nobody knows to whom. */
export interface Unknown {
  readonly tokens: number
  readonly untilMs: number
}

/** Requests of one holder that were told to wait. */
export interface Claim {
  readonly count: number
  readonly untilMs: number
}

/** What an object writes down so that a restart never lets more through: a state that the bucket has not sunk to yet. */
export interface SavedBucket {
  readonly limit: Limit
  readonly level: number
  readonly atMs: number
  readonly lent: number
  readonly unknown: readonly Unknown[]
  /** Into how many parts the bucket was split, and whether parts may have had some of what was lent. */
  readonly parts: number
  readonly isLentToParts: boolean
}

/** What a part knows of the tokens to come: its bucket said so. */
export interface Supply {
  /** In how long the next ones may be there. */
  readonly inMs: number
  readonly isEmpty: boolean
}

/**
 * A token bucket that lends, changed in place by each ask. `level` + what is outstanding never exceeds the burst: tokens that are out are not filled up again while somebody may
 * still spend them. So what is spent in any window is at most what was in the bucket and out at its begin, plus what flowed in: burst + rate x window.
 */
export interface LentBucket {
  limit: Limit
  level: number
  /** The object's clock as far as the bucket has seen it; it never goes back. */
  atMs: number
  /** When something flowed in last that did not fit. */
  fullMs: number
  /** How many tokens more one central bucket might have: those that did not fit beside tokens which were out, but may have been spent; those that flowed by while asks got lost. */
  missed: number
  /** The one that asked last is last. */
  readonly holders: Map<string, Holder>
  /** Outstanding at all holders. */
  lent: number
  unknown: readonly Unknown[]
  /** Who waits, in the order in which they came. */
  readonly claims: Map<string, Claim>
  /** Since the bucket was found empty, until it has recovered. */
  isEmpty: boolean
  readonly calls: Demand
  /** 0, or the number of the part whose store this is. */
  readonly place: number
  /** Into how many parts the bucket is split, when that was thought over last, and when there were enough isolates for it last. */
  parts: number
  judgedMs: number
  crowdedMs: number
  /** When a part asked last. */
  partAskedMs: number
  readonly strays: Demand
  /** Where tokens come from: null for a bucket that they flow into at its rate. */
  supply: Supply | null
  saved: SavedBucket | null
}

/** Opens a bucket: full when it never was used, else in the worst state in which it can have been. */
export function openBucket(saved: SavedBucket | null, limit: Limit, readingMs: number, limits: LeaseLimits): LentBucket {
  const fresh = {
    fullMs: readingMs, missed: 0, holders: new Map(), lent: 0, claims: new Map(), isEmpty: false, calls: noDemand(), strays: noDemand(),
    place: 0, parts: saved?.parts ?? 0, judgedMs: readingMs, crowdedMs: Math.max(saved?.atMs ?? 0, readingMs), supply: null, saved,
    partAskedMs: Number.NEGATIVE_INFINITY,
  }
  if (saved === null) return { ...fresh, limit, level: limit.burstLimit, atMs: readingMs, unknown: [] }
  const nowMs = Math.max(saved.atMs, readingMs)
  const unknown = saved.lent > 0 ? [...saved.unknown, { tokens: saved.lent, untilMs: nowMs + (saved.isLentToParts ? limits.forgetPartMs : limits.forgetMs) }] : saved.unknown
  const bucket: LentBucket = { ...fresh, limit: saved.limit, level: saved.level, atMs: saved.atMs, unknown }
  bucket.missed = outstandingOf(bucket) + (limits.saveAheadMs * bucket.limit.rateLimit) / 1000
  settle(bucket, nowMs)
  return bucket
}

/** All that may still be spent without asking. */
export function outstandingOf(bucket: LentBucket): number {
  return bucket.lent + bucket.unknown.reduce((sum, { tokens }) => sum + tokens, 0)
}

/** Brings the bucket to a reading of the object's clock: filled up, and without the holders whose time is over. */
export function settle(bucket: LentBucket, readingMs: number): void {
  const nowMs = Math.max(bucket.atMs, readingMs)
  let endedMs = Number.NEGATIVE_INFINITY
  for (const { untilMs } of bucket.unknown) if (untilMs <= nowMs) endedMs = Math.max(endedMs, untilMs)
  const ended: string[] = []
  for (const [id, { untilMs, part }] of bucket.holders) {
    // Parts are remembered longer: those behind one that is silent may be over.
    if (untilMs > nowMs && part !== null) continue
    if (untilMs > nowMs) break
    endedMs = Math.max(endedMs, untilMs)
    ended.push(id)
  }
  if (endedMs > bucket.atMs) fill(bucket, endedMs)
  for (const id of ended) forget(bucket, id)
  if (endedMs > Number.NEGATIVE_INFINITY) bucket.unknown = bucket.unknown.filter(({ untilMs }) => untilMs > nowMs)
  fill(bucket, nowMs)
  for (const [id, { untilMs }] of bucket.claims) if (untilMs <= nowMs) bucket.claims.delete(id)
}

function forget(bucket: LentBucket, id: string): void {
  bucket.lent -= bucket.holders.get(id)?.outstanding ?? 0
  bucket.holders.delete(id)
}

/** Lets flow in what has come since; what does not fit beside what is outstanding is lost. */
function fill(bucket: LentBucket, nowMs: number): void {
  const room = bucket.limit.burstLimit - outstandingOf(bucket)
  const level = bucket.level + ((nowMs - bucket.atMs) * bucket.limit.rateLimit) / 1000
  bucket.level = Math.min(room, level)
  bucket.atMs = nowMs
  if (level <= room) return
  bucket.fullMs = nowMs
  bucket.missed = Math.min(bucket.missed + level - room, bucket.limit.burstLimit - room)
}

/** Puts the bucket under another limit. What is in it stays in it, as far as it fits; a higher burst has to be filled first. */
export function adoptLimit(bucket: LentBucket, limit: Limit): void {
  if (isSameLimit(limit, bucket.limit)) return
  bucket.limit = limit
  bucket.level = Math.min(bucket.level, limit.burstLimit - outstandingOf(bucket))
}

/**
 * What must be written before a reply leaves; null while the bucket is not below what was written last. What is written runs ahead, so that a busy object does not write at
 * every ask; and one whose bucket is well filled, hardly ever.
 */
export function saveAhead(bucket: LentBucket, limits: LeaseLimits): SavedBucket | null {
  const { saved, limit, level, atMs, lent, unknown, parts } = bucket
  const isLentToParts = parts > 0 || atMs < bucket.partAskedMs + limits.forgetPartMs
  const knowsParts = saved !== null && saved.parts === parts && (saved.isLentToParts || !isLentToParts)
  if (knowsParts && isSameLimit(saved.limit, limit) && lent <= saved.lent && level >= levelAfter(saved, atMs)) return null
  const ahead = (limits.saveAheadMs * limit.rateLimit) / 1000
  // A well filled bucket can afford to take twice as much for lent after a restart: then it does not sink below that until much more is asked for.
  const lentAhead = level >= limit.burstLimit / 2 ? Math.max(ahead, lent) : ahead
  const lentMost = lent === 0 ? 0 : Math.max(lent, Math.min(limit.burstLimit * limits.lentShareMax, lent + lentAhead))
  const next: SavedBucket = { limit, level: level - ahead, atMs, lent: lentMost, unknown, parts, isLentToParts }
  bucket.saved = next
  return next
}

const isSameLimit = (one: Limit, other: Limit): boolean => one.rateLimit === other.rateLimit && one.burstLimit === other.burstLimit

/** The most that can be in a bucket that is opened now from what was written: what flowed in since, as far as it fits beside what is taken for lent. */
function levelAfter({ limit, level, atMs, lent }: SavedBucket, nowMs: number): number {
  return Math.min(limit.burstLimit - lent, level + ((nowMs - atMs) * limit.rateLimit) / 1000)
}
