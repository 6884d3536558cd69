import type { TokenOutcome } from '../../ports.ts'
import type { Bucket } from '../../semantics/throttling/buckets-of.ts'
import { takeTokens, tokensAt, type Limit, type Taking } from '../../semantics/throttling/gcra.ts'
import { LEASE_LIMITS } from '../../semantics/throttling/leases/lease-limits.ts'
import { arrive, remainingOf, takeToken, type Lease } from '../../semantics/throttling/leases/lease.ts'
import { takeTogether, type Wanted } from '../../semantics/throttling/leases/take-together.ts'
import { holdLease, pump, waitForToken, type HeldLease, type LeaseMemory, type LeaseOptions } from './leases.ts'

/** What an isolate remembers of its buckets. Values only. */
export interface BucketMemory extends LeaseMemory {
  /** The isolate's own buckets. */
  readonly own: Map<string, OwnBucket>
  /** Until when the object of an exact bucket said that it is empty: until then nobody has to be asked. */
  readonly emptyUntilMs: Map<string, number>
  /** What was looked up for a list of buckets. */
  readonly looked: WeakMap<readonly Bucket[], Looked>
}

/** Makes an empty memory. */
export function createBucketMemory(): BucketMemory {
  return { own: new Map(), emptyUntilMs: new Map(), looked: new WeakMap(), held: new Map(), isolateId: null, opened: 0, forgotten: 0 }
}

/** What taking needs. */
export interface TakeOptions extends LeaseOptions {
  readonly memory: BucketMemory
}

/** How many buckets an isolate remembers, and for how long it believes that one is empty. */
const LIMITS = { bucketsMax: 10_000, emptyMsMax: 1_000 } as const

/** A bucket of the isolate alone. */
interface OwnBucket {
  /** Its GCRA timestamp, and what that becomes when the request takes its token. */
  tatMs: number
  nextTatMs: number
}

/** A bucket with what the isolate has of it: a lease, a bucket of its own, or nothing where each request asks. */
interface Place {
  readonly bucket: Bucket
  readonly held: HeldLease | null
  readonly own: OwnBucket | null
}

/** What the isolate has of a list of buckets; good until something of that kind is forgotten. */
interface Looked {
  readonly places: readonly Place[]
  readonly forgotten: number
}

/** A request on its way through its buckets: what it has of each so far. */
interface Round {
  readonly buckets: readonly Bucket[]
  readonly places: readonly Place[]
  readonly outcomes: (TokenOutcome | null)[]
  readonly backs: (() => void)[]
}

/** Takes a token of each bucket, or of none; see the port. What it finds out about the list is kept with it: a list that is used again costs less than one that is made anew. */
export function takeAll(buckets: readonly Bucket[], options: TakeOptions): readonly TokenOutcome[] | Promise<readonly TokenOutcome[]> {
  const nowMs = options.nowMs()
  const places = placesOf(buckets, options.memory, nowMs)
  for (const { held, bucket } of places) if (held !== null) arrive(held.lease, bucket.limit, nowMs, LEASE_LIMITS)
  if (hasAllInHand(places, nowMs)) return takeInHand(places, nowMs, options)
  const round: Round = { buckets, places, outcomes: buckets.map(() => null), backs: [] }
  const refused = findKnownRefusal(round, options)
  if (refused !== null) return refused
  if (buckets.some(({ mode }, index) => mode === 'exact' && round.outcomes[index] === null)) return takeExactFirst(round, options)
  return takeHere(round, options)
}

function placesOf(buckets: readonly Bucket[], memory: BucketMemory, nowMs: number): readonly Place[] {
  const looked = memory.looked.get(buckets)
  if (looked !== undefined && looked.forgotten === memory.forgotten) return looked.places
  // Opening a lease may push out one of this very list: then the next request looks again.
  const { forgotten } = memory
  const places = buckets.map((bucket): Place => ({ bucket, held: bucket.mode === 'lease' ? holdLease(bucket, memory, nowMs) : null, own: bucket.mode === 'local' ? ownOf(bucket.name, memory) : null }))
  memory.looked.set(buckets, { places, forgotten })
  return places
}

/** Whether the request needs nobody but the isolate. Nearly all requests come this way. */
function hasAllInHand(places: readonly Place[], nowMs: number): boolean {
  for (const { bucket, held, own } of places) {
    if (held === null && own === null) return false
    if (held !== null && held.lease.tokens < 1) return false
    if (own !== null && peekOwn(own, bucket.limit, nowMs).kind === 'refused') return false
  }
  return true
}

function takeInHand(places: readonly Place[], nowMs: number, options: TakeOptions): readonly TokenOutcome[] {
  const outcomes: TokenOutcome[] = []
  for (const { bucket, held, own } of places) {
    if (held !== null) {
      takeToken(held.lease, nowMs, LEASE_LIMITS)
      pump(held, nowMs, options)
      outcomes.push({ kind: 'taken', remaining: remainingOf(held.lease, nowMs), isOwnShare: false })
    } else if (own !== null) {
      own.tatMs = own.nextTatMs
      outcomes.push({ kind: 'taken', remaining: tokensAt(own.tatMs, bucket.limit, nowMs), isOwnShare: false })
    }
  }
  return outcomes
}

/** An exact bucket that is known to be empty refuses without a call; a shadow of one is passed by. */
function findKnownRefusal(round: Round, { memory, nowMs }: TakeOptions): readonly TokenOutcome[] | null {
  for (const [index, { name, mode, isShadow }] of round.buckets.entries()) {
    const waitMs = mode === 'exact' ? (memory.emptyUntilMs.get(name) ?? 0) - nowMs() : 0
    if (waitMs <= 0) continue
    round.outcomes[index] = { kind: 'refused', retryAfterMs: waitMs, isOwnShare: false }
    if (!isShadow) return refusedAt(round, index)
  }
  return null
}

async function takeExactFirst(round: Round, options: TakeOptions): Promise<readonly TokenOutcome[]> {
  for (const [index, bucket] of round.buckets.entries()) {
    if (bucket.mode !== 'exact' || round.outcomes[index] !== null) continue
    const outcome = await takeExact(bucket, round, options)
    round.outcomes[index] = outcome
    if (outcome.kind === 'refused' && !bucket.isShadow) return refusedAt(round, index)
  }
  return takeHere(round, options)
}

async function takeExact(bucket: Bucket, round: Round, options: TakeOptions): Promise<TokenOutcome> {
  const { name, limit } = bucket
  try {
    const answer = await options.buckets.getByName(name).take(limit)
    if (answer.kind === 'taken') {
      round.backs.push(() => options.defer(Promise.resolve(options.buckets.getByName(name).giveBack(limit, answer.atMs))))
      return { kind: 'taken', remaining: answer.remaining, isOwnShare: false }
    }
    remember(options.memory.emptyUntilMs, name, options.nowMs() + Math.min(answer.retryAfterMs, LIMITS.emptyMsMax))
    return { ...answer, isOwnShare: false }
  } catch (error) {
    // The object is down or moving: the isolate goes by its own part of the limit, and the log says so. Nobody is refused for our fault alone.
    const { ownShare } = LEASE_LIMITS
    const own = { rateLimit: limit.rateLimit * ownShare, burstLimit: Math.max(1, Math.floor(limit.burstLimit * ownShare)) }
    const share = ownOf(name, options.memory)
    const taking = peekOwn(share, own, options.nowMs())
    share.tatMs = share.nextTatMs
    return { ...toOutcome(taking, own, options.nowMs()), isOwnShare: true, cause: String(error) }
  }
}

/** Takes of the isolate's own buckets and of its leases: at once when all have a token, else after asking for those that are short. */
function takeHere(round: Round, options: TakeOptions): readonly TokenOutcome[] | Promise<readonly TokenOutcome[]> {
  const nowMs = options.nowMs()
  for (const [index, { bucket, own }] of round.places.entries()) {
    if (own === null) continue
    const taking = peekOwn(own, bucket.limit, nowMs)
    round.outcomes[index] = toOutcome(taking, bucket.limit, nowMs)
    if (taking.kind === 'refused' && !bucket.isShadow) return refusedAt(round, index)
  }
  const wanted = wantedOf(round)
  const together = takeTogether(wanted, nowMs, LEASE_LIMITS)
  if (together.kind === 'short') return waitFor(together.leases, round, options)
  if (together.kind === 'refused') {
    const index = round.places.findIndex(({ held }) => held?.lease === together.lease)
    round.outcomes[index] = { kind: 'refused', retryAfterMs: together.retryAfterMs, isOwnShare: together.isOwnShare }
    pumpAll(round, options)
    return refusedAt(round, index)
  }
  for (const [index, { held, own }] of round.places.entries()) {
    if (own !== null) own.tatMs = own.nextTatMs
    if (held !== null) round.outcomes[index] ??= outcomeOf(held, together, nowMs)
  }
  pumpAll(round, options)
  return round.outcomes.flatMap((outcome) => outcome ?? [])
}

/** The leases of which the request has no token yet. */
function wantedOf({ places, outcomes }: Round): Wanted[] {
  const wanted: Wanted[] = []
  for (const [index, { bucket, held }] of places.entries()) if (held !== null && outcomes[index] === null) wanted.push({ lease: held.lease, isShadow: bucket.isShadow })
  return wanted
}

function outcomeOf({ lease, cause }: HeldLease, { empty, ownShare }: { readonly empty: ReadonlySet<Lease>; readonly ownShare: ReadonlySet<Lease> }, nowMs: number): TokenOutcome {
  if (empty.has(lease)) return { kind: 'refused', retryAfterMs: 0, isOwnShare: false }
  const remaining = remainingOf(lease, nowMs)
  return ownShare.has(lease) ? { kind: 'taken', remaining, isOwnShare: true, cause } : { kind: 'taken', remaining, isOwnShare: false }
}

/** Waits for all leases that are short, and begins again with those that are left. What was granted to a request that another bucket refuses is lost: it counts as spent. */
async function waitFor(leases: readonly Lease[], round: Round, options: TakeOptions): Promise<readonly TokenOutcome[]> {
  const waits = round.places.map(async ({ held }, index) => {
    if (held === null || !leases.includes(held.lease)) return
    const { isOwnShare, ...waited } = await waitForToken(held, options)
    const decided = isOwnShare ? { isOwnShare, cause: held.cause } : { isOwnShare }
    round.outcomes[index] = waited.kind === 'token' ? { kind: 'taken', remaining: remainingOf(held.lease, options.nowMs()), ...decided } : { ...waited, ...decided }
  })
  await Promise.all(waits)
  const index = round.outcomes.findIndex((outcome, at) => outcome?.kind === 'refused' && round.buckets[at]?.isShadow === false)
  return index >= 0 ? refusedAt(round, index) : takeHere(round, options)
}

function pumpAll({ places }: Round, options: TakeOptions): void {
  const nowMs = options.nowMs()
  for (const { held } of places) if (held !== null) pump(held, nowMs, options)
}

/** The outcomes up to a refusal; what other objects gave goes back. */
function refusedAt({ buckets, outcomes, backs }: Round, index: number): readonly TokenOutcome[] {
  for (const back of backs) back()
  return outcomes.slice(0, index + 1).map((outcome, at) => outcome ?? { kind: 'taken', remaining: buckets[at]?.limit.burstLimit ?? 0, isOwnShare: false })
}

function ownOf(name: string, memory: BucketMemory): OwnBucket {
  const known = memory.own.get(name)
  if (known !== undefined) return known
  const own = { tatMs: 0, nextTatMs: 0 }
  if (remember(memory.own, name, own)) memory.forgotten += 1
  return own
}

/** What taking a token would come to; `nextTatMs` is the timestamp then. */
function peekOwn(own: OwnBucket, limit: Limit, nowMs: number): Taking {
  const taking = takeTokens(own.tatMs, limit, { count: 1, nowMs })
  own.nextTatMs = taking.tatMs
  return taking
}

function toOutcome(taking: Taking, limit: Limit, nowMs: number): TokenOutcome {
  if (taking.kind === 'refused') return { kind: 'refused', retryAfterMs: taking.retryAfterMs, isOwnShare: false }
  return { kind: 'taken', remaining: tokensAt(taking.tatMs, limit, nowMs), isOwnShare: false }
}

/** Whether the oldest entry had to go because there were too many: its bucket starts full again, in this isolate alone. */
function remember<Value>(entries: Map<string, Value>, name: string, value: Value): boolean {
  entries.set(name, value)
  if (entries.size <= LIMITS.bucketsMax) return false
  const [oldest] = entries.keys()
  return oldest !== undefined && entries.delete(oldest)
}
