import type { TokenOutcome } from '../../ports.ts'
import type { Bucket } from '../../semantics/throttling/buckets-of.ts'
import { takeTokens, tokensAt, type Limit, type Taking } from '../../semantics/throttling/gcra.ts'
import { LEASE_LIMITS } from '../../semantics/throttling/leases/lease-limits.ts'
import { remainingOf, type Lease } from '../../semantics/throttling/leases/lease.ts'
import { takeTogether, type Wanted } from '../../semantics/throttling/leases/take-together.ts'
import { arriveAt, pump, waitForToken, type HeldLease, type LeaseMemory, type LeaseOptions } from './leases.ts'

/** What an isolate remembers of its buckets. Values only. */
export interface BucketMemory extends LeaseMemory {
  /** GCRA timestamps of the isolate's own buckets. */
  readonly tats: Map<string, number>
  /** Until when the object of an exact bucket said that it is empty: until then nobody has to be asked. */
  readonly emptyUntilMs: Map<string, number>
}

/** What taking needs. */
export interface TakeOptions extends LeaseOptions {
  readonly memory: BucketMemory
}

/** How many buckets an isolate remembers, and for how long it believes that one is empty. */
const LIMITS = { bucketsMax: 10_000, emptyMsMax: 1_000 } as const

/** A request on its way through its buckets: what it has of each so far. */
interface Round {
  readonly buckets: readonly Bucket[]
  readonly outcomes: (TokenOutcome | null)[]
  /** The leases it needs a token of, by bucket. */
  readonly held: readonly (HeldLease | null)[]
  readonly backs: (() => void)[]
}

/** Takes a token of each bucket, or of none; see the port. */
export function takeAll(buckets: readonly Bucket[], options: TakeOptions): readonly TokenOutcome[] | Promise<readonly TokenOutcome[]> {
  const round: Round = { buckets, outcomes: buckets.map(() => null), held: buckets.map((bucket) => (bucket.mode === 'lease' ? arriveAt(bucket, options) : null)), backs: [] }
  const refused = findKnownRefusal(round, options)
  if (refused !== null) return refused
  if (buckets.some(({ mode }, index) => mode === 'exact' && round.outcomes[index] === null)) return takeExactFirst(round, options)
  return takeHere(round, options)
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
    const taking = peekOwn(name, own, options)
    keepOwn(name, taking, options)
    return { ...toOutcome(taking, own, options.nowMs()), isOwnShare: true, cause: String(error) }
  }
}

/** Takes of the isolate's own buckets and of its leases: at once when all have a token, else after asking for those that are short. */
function takeHere(round: Round, options: TakeOptions): readonly TokenOutcome[] | Promise<readonly TokenOutcome[]> {
  const nowMs = options.nowMs()
  const local = new Map<number, Taking>()
  for (const [index, { mode, name, limit, isShadow }] of round.buckets.entries()) {
    if (mode !== 'local') continue
    const taking = peekOwn(name, limit, options)
    local.set(index, taking)
    round.outcomes[index] = toOutcome(taking, limit, nowMs)
    if (taking.kind === 'refused' && !isShadow) return refusedAt(round, index)
  }
  const wanted = wantedOf(round)
  const together = takeTogether(wanted, nowMs, LEASE_LIMITS)
  if (together.kind === 'short') return waitFor(together.leases, round, options)
  if (together.kind === 'refused') {
    const index = round.held.findIndex((held) => held?.lease === together.lease)
    round.outcomes[index] = { kind: 'refused', retryAfterMs: together.retryAfterMs, isOwnShare: together.isOwnShare }
    pumpAll(round, options)
    return refusedAt(round, index)
  }
  for (const [index, taking] of local) keepOwn(round.buckets[index]?.name ?? '', taking, options)
  for (const [index, held] of round.held.entries()) {
    if (held !== null) round.outcomes[index] ??= outcomeOf(held, together, nowMs)
  }
  pumpAll(round, options)
  return round.outcomes.flatMap((outcome) => outcome ?? [])
}

/** The leases of which the request has no token yet. */
function wantedOf({ buckets, held, outcomes }: Round): Wanted[] {
  const wanted: Wanted[] = []
  for (const [index, one] of held.entries()) if (one !== null && outcomes[index] === null) wanted.push({ lease: one.lease, isShadow: buckets[index]?.isShadow === true })
  return wanted
}

function outcomeOf({ lease, cause }: HeldLease, { empty, ownShare }: { readonly empty: ReadonlySet<Lease>; readonly ownShare: ReadonlySet<Lease> }, nowMs: number): TokenOutcome {
  if (empty.has(lease)) return { kind: 'refused', retryAfterMs: 0, isOwnShare: false }
  const remaining = remainingOf(lease, nowMs)
  return ownShare.has(lease) ? { kind: 'taken', remaining, isOwnShare: true, cause } : { kind: 'taken', remaining, isOwnShare: false }
}

/** Waits for all leases that are short, and begins again with those that are left. What was granted to a request that another bucket refuses is lost: it counts as spent. */
async function waitFor(leases: readonly Lease[], round: Round, options: TakeOptions): Promise<readonly TokenOutcome[]> {
  const waits = round.held.map(async (held, index) => {
    if (held === null || !leases.includes(held.lease)) return
    const { isOwnShare, ...waited } = await waitForToken(held, options)
    const decided = isOwnShare ? { isOwnShare, cause: held.cause } : { isOwnShare }
    round.outcomes[index] = waited.kind === 'token' ? { kind: 'taken', remaining: remainingOf(held.lease, options.nowMs()), ...decided } : { ...waited, ...decided }
  })
  await Promise.all(waits)
  const index = round.outcomes.findIndex((outcome, at) => outcome?.kind === 'refused' && round.buckets[at]?.isShadow === false)
  return index >= 0 ? refusedAt(round, index) : takeHere(round, options)
}

function pumpAll({ held }: Round, options: TakeOptions): void {
  for (const one of held) if (one !== null) pump(one, options)
}

/** The outcomes up to a refusal; what other objects gave goes back. */
function refusedAt({ buckets, outcomes, backs }: Round, index: number): readonly TokenOutcome[] {
  for (const back of backs) back()
  return outcomes.slice(0, index + 1).map((outcome, at) => outcome ?? { kind: 'taken', remaining: buckets[at]?.limit.burstLimit ?? 0, isOwnShare: false })
}

const peekOwn = (name: string, limit: Limit, { memory, nowMs }: TakeOptions): Taking => takeTokens(memory.tats.get(name) ?? 0, limit, { count: 1, nowMs: nowMs() })

const keepOwn = (name: string, { tatMs }: Taking, { memory }: TakeOptions): void => remember(memory.tats, name, tatMs)

function toOutcome(taking: Taking, limit: Limit, nowMs: number): TokenOutcome {
  if (taking.kind === 'refused') return { kind: 'refused', retryAfterMs: taking.retryAfterMs, isOwnShare: false }
  return { kind: 'taken', remaining: tokensAt(taking.tatMs, limit, nowMs), isOwnShare: false }
}

/** The oldest entry goes when there are too many: its bucket starts full again, in this isolate alone. */
function remember(entries: Map<string, number>, name: string, value: number): void {
  entries.set(name, value)
  if (entries.size <= LIMITS.bucketsMax) return
  const [oldest] = entries.keys()
  if (oldest !== undefined) entries.delete(oldest)
}
