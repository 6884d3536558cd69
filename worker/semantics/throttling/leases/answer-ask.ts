import { countEvent, demandAt } from './demand.ts'
import type { LeaseLimits } from './lease-limits.ts'
import { adoptLimit, outstandingOf, saveAhead, settle, type Holder, type LentBucket, type SavedBucket } from './lent-bucket.ts'
import { countStray, forgetAtMs, inherit, isElsewhere, isPaced, judgeParts, pacedCallsOf } from './parts.ts'
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
  const inherited = known === undefined ? inherit(bucket, ask) : 0
  notePart(bucket, ask, limits)
  if (ask.lateMs > 0) bucket.missed = Math.min(bucket.limit.burstLimit, bucket.missed + (Math.min(ask.lateMs, limits.waitMsMax) * Math.min(bucket.limit.rateLimit, ask.demand)) / 1000)
  const { givenAway, ...granted } = grant(bucket, ask, limits)
  const reply = { ...granted, inherited }
  const { part, demand } = ask
  const holder: Holder = { outstanding: ask.held + reply.kept + inherited, givenAway, reply, demand, part, askedMs: bucket.atMs, untilMs: forgetAtMs(bucket.atMs, part, limits) }
  bucket.holders.delete(ask.holder)
  bucket.holders.set(ask.holder, holder)
  return { reply, save: saveAhead(bucket, limits) }
}

/**
 * What the holder neither holds nor returns was spent. A holder that a new life of the object hears for the first time has its tokens from the life before; what it brings back counts
 * when it is sure to have been out.
 */
function takeReport(bucket: LentBucket, { held, returned, owed }: Ask, known: Holder | undefined): void {
  const before = known === undefined ? takeOverUnknown(bucket, Math.max(owed, held)) : known.outstanding
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

/** What an ask tells about the crowd. Only the bucket's own object thinks of parts. */
function notePart(bucket: LentBucket, ask: Ask, limits: LeaseLimits): void {
  if (bucket.place > 0) return
  if (ask.part !== null) bucket.partAskedMs = bucket.atMs
  countStray(bucket, ask, limits)
  judgeParts(bucket, limits)
}

function grant(bucket: LentBucket, ask: Ask, limits: LeaseLimits): Omit<Reply, 'inherited'> & Pick<Holder, 'givenAway'> {
  const { burstLimit } = bucket.limit
  if (bucket.supply !== null) bucket.isEmpty = bucket.supply.isEmpty
  else if (bucket.isEmpty && bucket.level >= burstLimit * limits.recoveredShare && !isOverrun(bucket, limits)) bucket.isEmpty = false
  const ahead = claimedAhead(bucket, ask.holder)
  const served = Math.max(0, Math.min(ask.waiting, Math.floor(bucket.level - ahead + EPSILON)))
  bucket.level -= served
  const missing = ask.waiting - served
  const rest = settleRest(bucket, ask.holder, missing, limits)
  const spare = missing > 0 || isElsewhere(bucket, ask) ? 0 : Math.min(ask.want, roomToKeep(bucket, ask, limits))
  bucket.level -= spare
  const kept = ask.part === null ? spare : spare + served
  bucket.lent += kept
  const paceMs = paceOf(bucket, ask, limits)
  return {
    seq: ask.seq,
    served: ask.part === null ? served : 0,
    givenAway: ask.part === null ? 0 : served,
    kept,
    rest,
    // A part comes for each token that it can have; an isolate when all that it needs are there.
    waitMs: rest === 'wait' ? tokensInMs(bucket, ahead + (ask.part === null ? missing : 1)) : 0,
    // Never 0 for an empty bucket: what it lends meanwhile is all there is.
    emptyMs: bucket.isEmpty ? Math.max(tokensInMs(bucket, 1), paceMs, 1) : 0,
    paceMs,
    parts: bucket.parts,
    level: Math.max(0, Math.floor(bucket.level + EPSILON)),
  }
}

/** Whether the parts of a bucket need more than flows in: what is not lent then is of use to nobody. */
function isOverrun({ parts, holders, limit, atMs }: LentBucket, { crowdMemoryMs }: LeaseLimits): boolean {
  if (parts === 0) return false
  let demand = 0
  for (const { part, demand: one, askedMs } of holders.values()) if (part !== null && askedMs > atMs - crowdMemoryMs) demand += one
  return demand > limit.rateLimit
}

/** Tokens for which others wait that came earlier; all of them for null. */
function claimedAhead(bucket: LentBucket, holder: string | null): number {
  let ahead = 0
  for (const [id, { count }] of bucket.claims) {
    if (id === holder) break
    ahead += count
  }
  return ahead
}

/**
 * Those that got no token keep their place in the queue, unless the queue is longer than what is there, what is lent, and what was missed meanwhile: then one central bucket
 * would be empty as well. A part goes by the word of its bucket.
 */
function settleRest(bucket: LentBucket, holder: string, missing: number, limits: LeaseLimits): Rest {
  if (missing === 0) {
    bucket.claims.delete(holder)
    return 'none'
  }
  bucket.claims.set(holder, { count: missing, untilMs: bucket.atMs + limits.claimMs })
  let queued = 0
  for (const { count } of bucket.claims.values()) queued += count
  if (!bucket.isEmpty && (bucket.supply !== null || queued <= bucket.level + mayComeBack(bucket) + bucket.missed + EPSILON)) return 'wait'
  bucket.isEmpty = true
  bucket.missed = 0
  bucket.claims.clear()
  return 'refused'
}

/** What is out and may not have been spent: all but what parts were given for requests that waited. */
function mayComeBack(bucket: LentBucket): number {
  let count = bucket.lent
  if (bucket.partAskedMs > Number.NEGATIVE_INFINITY) for (const { givenAway } of bucket.holders.values()) count -= givenAway
  return count
}

/** What may be lent: nothing while somebody waits, and when others hold too only a share of what is left: the holder's part of the demand, or the least share when that is more. */
function roomToKeep(bucket: LentBucket, { holder, demand }: Ask, limits: LeaseLimits): number {
  // More is on its way to a part: it only keeps what those who wait come for.
  const claimed = claimedAhead(bucket, null)
  if (claimed > 0 && bucket.supply === null) return 0
  const { burstLimit } = bucket.limit
  // After a restart others may seem to hold nearly all: a little is lent in any case.
  const mayBeLent = Math.max(burstLimit * (bucket.isEmpty && !isOverrun(bucket, limits) ? limits.lentShareEmpty : limits.lentShareMax) - outstandingOf(bucket), burstLimit * limits.lentShareMin - bucket.lent)
  const room = Math.min(bucket.level - claimed, mayBeLent) + EPSILON
  if (room < 1) return 0
  if (bucket.supply !== null && !bucket.isEmpty) return Math.floor(room)
  let others = 0
  for (const [id, other] of bucket.holders) if (id !== holder) others += other.demand
  const ownPart = others > 0 ? demand / (demand + others) : 1
  return Math.max(1, Math.floor(room * Math.max(ownPart, bucket.isEmpty ? limits.keepShareEmpty : limits.keepShare)))
}

/** In how long the bucket holds so many tokens. */
function tokensInMs({ level, limit, supply }: LentBucket, count: number): number {
  if (count <= level) return 0
  return supply?.inMs ?? ((count - level) * 1000) / limit.rateLimit
}

/**
 * How often a holder may ask while the object is busy, so that all asks together stay below the paced calls. Busy holders ask more often, by the root of their demand: that
 * keeps what all of them hold together smallest.
 */
function paceOf(bucket: LentBucket, ask: Ask, limits: LeaseLimits): number {
  const calls = demandAt(bucket.calls, bucket.atMs, limits.callsMemoryMs) * 1000
  if (isElsewhere(bucket, ask)) return ask.part === null ? 0 : limits.elsewherePaceMs
  if (calls <= limits.pacedFrom) return 0
  const own = Math.sqrt(Math.max(1, ask.demand))
  let roots = bucket.holders.has(ask.holder) ? 0 : own
  for (const holder of bucket.holders.values()) if (isPaced(bucket, holder, limits)) roots += Math.sqrt(Math.max(1, holder.demand))
  const fullPaceMs = (1000 * roots) / (own * pacedCallsOf(bucket, limits))
  return Math.min(limits.paceMsMax, fullPaceMs * Math.min(1, (calls - limits.pacedFrom) / limits.pacedFrom))
}
