import { countEvent, demandAt } from './demand.ts'
import type { LeaseLimits } from './lease-limits.ts'
import { adoptLimit, outstandingOf, saveAhead, settle, type Holder, type LentBucket, type SavedBucket } from './lent-bucket.ts'
import type { Ask, Reply, Rest } from './protocol.ts'

/** The reply to an ask, and what must be written before it leaves (null: nothing). */
export interface Answered {
  readonly reply: Reply
  readonly save: SavedBucket | null
}

/** Rounding must not cost a token. */
const EPSILON = 1e-6

/**
 * The object's side of a lease: takes the holder's report, gives tokens to the requests that wait, and lends of what is left. It refuses only when more requests wait than
 * tokens can come from the bucket, from all that is lent, and soon.
 */
export function answerAsk(bucket: LentBucket, ask: Ask, readingMs: number, limits: LeaseLimits): Answered {
  settle(bucket, readingMs)
  countEvent(bucket.calls, bucket.atMs, limits.callsMemoryMs)
  const known = bucket.holders.get(ask.holder)
  if (known !== undefined && ask.seq <= known.reply.seq) return { reply: known.reply, save: null }
  adoptLimit(bucket, ask.limit)
  takeReport(bucket, ask, known)
  if (ask.lateMs > 0) bucket.missed = Math.min(bucket.limit.burstLimit, bucket.missed + (Math.min(ask.lateMs, limits.waitMsMax) * Math.min(bucket.limit.rateLimit, ask.demand)) / 1000)
  const reply = grant(bucket, ask, limits)
  const holder: Holder = { outstanding: ask.held + reply.kept, reply, demand: ask.demand, untilMs: bucket.atMs + limits.forgetMs }
  bucket.holders.delete(ask.holder)
  bucket.holders.set(ask.holder, holder)
  return { reply, save: saveAhead(bucket, limits) }
}

/** What the holder neither holds nor returns was spent. A holder that a new life of the object hears for the first time has its tokens from the life before. */
function takeReport(bucket: LentBucket, { held, returned }: Ask, known: Holder | undefined): void {
  const before = known === undefined ? takeOverUnknown(bucket, held + returned) : known.outstanding
  bucket.lent += held - before
  const back = Math.max(0, Math.min(returned, before - held))
  bucket.level = Math.min(bucket.level + back, bucket.limit.burstLimit - outstandingOf(bucket))
}

/** Finds tokens among those that were lent by an earlier life, the last one first; gives how many were there. */
function takeOverUnknown(bucket: LentBucket, count: number): number {
  let left = count
  bucket.unknown = bucket.unknown.toReversed().map((entry) => {
    const taken = Math.min(left, entry.tokens)
    left -= taken
    return { ...entry, tokens: entry.tokens - taken }
  }).toReversed()
  bucket.lent += count - left
  return count - left
}

function grant(bucket: LentBucket, ask: Ask, limits: LeaseLimits): Reply {
  const { burstLimit } = bucket.limit
  if (bucket.isEmpty && bucket.level >= burstLimit * limits.recoveredShare) bucket.isEmpty = false
  const ahead = claimedAhead(bucket, ask.holder)
  const served = Math.max(0, Math.min(ask.waiting, Math.floor(bucket.level - ahead + EPSILON)))
  bucket.level -= served
  const missing = ask.waiting - served
  const rest = settleRest(bucket, ask.holder, missing, limits)
  const kept = missing > 0 ? 0 : Math.min(ask.want, roomToKeep(bucket, ask, limits))
  bucket.level -= kept
  bucket.lent += kept
  const paceMs = paceOf(bucket, ask, limits)
  return {
    seq: ask.seq,
    served,
    kept,
    rest,
    waitMs: rest === 'wait' ? tokensInMs(bucket, ahead + missing) : 0,
    // Never 0 for an empty bucket: what it lends meanwhile is all there is.
    emptyMs: bucket.isEmpty ? Math.max(tokensInMs(bucket, 1), paceMs, 1) : 0,
    paceMs,
    level: Math.max(0, Math.floor(bucket.level + EPSILON)),
  }
}

/** Tokens for which others wait that came earlier. */
function claimedAhead(bucket: LentBucket, holder: string): number {
  let ahead = 0
  for (const [id, { count }] of bucket.claims) {
    if (id === holder) break
    ahead += count
  }
  return ahead
}

/**
 * Those that got no token keep their place in the queue, unless the queue is longer than what is there, what is lent, and what was missed meanwhile: then one central bucket
 * would be empty as well.
 */
function settleRest(bucket: LentBucket, holder: string, missing: number, limits: LeaseLimits): Rest {
  if (missing === 0) {
    bucket.claims.delete(holder)
    return 'none'
  }
  bucket.claims.set(holder, { count: missing, untilMs: bucket.atMs + limits.claimMs })
  let queued = 0
  for (const { count } of bucket.claims.values()) queued += count
  if (!bucket.isEmpty && queued <= bucket.level + bucket.lent + bucket.missed + EPSILON) return 'wait'
  bucket.isEmpty = true
  bucket.missed = 0
  bucket.claims.clear()
  return 'refused'
}

/** What may be lent: nothing while somebody waits, and when others hold too only a share of what is left: the holder's part of the demand, or the least share when that is more. */
function roomToKeep(bucket: LentBucket, { holder, demand }: Ask, limits: LeaseLimits): number {
  if (bucket.claims.size > 0) return 0
  const { burstLimit } = bucket.limit
  // After a restart others may seem to hold nearly all: a little is lent in any case.
  const mayBeLent = Math.max(burstLimit * (bucket.isEmpty ? limits.lentShareEmpty : limits.lentShareMax) - outstandingOf(bucket), burstLimit * limits.lentShareMin - bucket.lent)
  const room = Math.min(bucket.level, mayBeLent) + EPSILON
  if (room < 1) return 0
  let others = 0
  for (const [id, other] of bucket.holders) if (id !== holder) others += other.demand
  const ownPart = others > 0 ? demand / (demand + others) : 1
  return Math.max(1, Math.floor(room * Math.max(ownPart, bucket.isEmpty ? limits.keepShareEmpty : limits.keepShare)))
}

/** In how long the bucket holds so many tokens. */
const tokensInMs = (bucket: LentBucket, count: number): number => Math.max(0, ((count - bucket.level) * 1000) / bucket.limit.rateLimit)

/**
 * How often a holder may ask while the object is busy, so that all asks together stay below the paced calls. Busy holders ask more often, by the root of their demand: that
 * keeps what all of them hold together smallest.
 */
function paceOf(bucket: LentBucket, ask: Ask, limits: LeaseLimits): number {
  const calls = demandAt(bucket.calls, bucket.atMs, limits.callsMemoryMs) * 1000
  if (calls <= limits.pacedFrom) return 0
  const own = Math.sqrt(Math.max(1, ask.demand))
  let roots = bucket.holders.has(ask.holder) ? 0 : own
  for (const { demand } of bucket.holders.values()) roots += Math.sqrt(Math.max(1, demand))
  const fullPaceMs = (1000 * roots) / (own * limits.pacedCalls)
  return Math.min(limits.paceMsMax, fullPaceMs * Math.min(1, (calls - limits.pacedFrom) / limits.pacedFrom))
}
