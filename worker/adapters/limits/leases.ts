import { bucketPartName } from '../../../kv-schemas/keys.ts'
import type { TokenBucket } from '../../objects/token-bucket.ts'
import type { Bucket } from '../../semantics/throttling/buckets-of.ts'
import { nextAsk, onFailure, onReply, takeFarewell, wakeMs } from '../../semantics/throttling/leases/lease-asks.ts'
import { LEASE_LIMITS } from '../../semantics/throttling/leases/lease-limits.ts'
import { isUnreachable, leaveLine, openLease, standingOf, takeToken, type Lease } from '../../semantics/throttling/leases/lease.ts'
import type { Ask, Reply } from '../../semantics/throttling/leases/protocol.ts'
import { sleep, within } from './pauses.ts'

/** What a request that waited got. */
export type Waited = { readonly kind: 'token'; readonly isOwnShare: boolean } | { readonly kind: 'refused'; readonly retryAfterMs: number; readonly isOwnShare: boolean }

interface Waiter {
  readonly sinceMs: number
  readonly settle: (waited: Waited) => void
}

/** A lease with those that wait for it. */
export interface HeldLease {
  readonly name: string
  readonly lease: Lease
  /** First come, first served. */
  readonly waiters: Waiter[]
  /** Until when somebody looks whether it is idle. */
  watchedUntilMs: number
  /** Why the object was not reached last, for the log. */
  cause: string
}

/** The leases of an isolate, and what names them: each lease is a holder of its own, so that one which is forgotten and opened anew is not taken for the old one. */
export interface LeaseMemory {
  readonly held: Map<string, HeldLease>
  isolateId: string | null
  opened: number
  /** How many leases were forgotten: who keeps one looks it up again when this has changed. */
  forgotten: number
}

/** What leases are made of. */
export interface LeaseOptions {
  readonly memory: LeaseMemory
  readonly buckets: DurableObjectNamespace<TokenBucket>
  readonly nowMs: () => number
  readonly defer: (work: Promise<unknown>) => void
}

/** Bounds: how many leases an isolate has, and how long somebody looks after one that may be idle; by then it has ended. */
const LIMITS = { leasesMax: 10_000, watchMs: 3_000 } as const

/** The lease of a bucket. */
export function holdLease(bucket: Bucket, memory: LeaseMemory, nowMs: number): HeldLease {
  return memory.held.get(bucket.name) ?? open(bucket, memory, nowMs)
}

function open({ name, limit }: Bucket, memory: LeaseMemory, nowMs: number): HeldLease {
  memory.isolateId ??= crypto.randomUUID()
  memory.opened += 1
  const held: HeldLease = { name, lease: openLease(`${memory.isolateId}.${memory.opened}`, limit, nowMs, LEASE_LIMITS), waiters: [], watchedUntilMs: 0, cause: 'no answer in time' }
  memory.held.set(name, held)
  if (memory.held.size > LIMITS.leasesMax) forgetOne(memory)
  return held
}

/** What the oldest lease holds comes back to its bucket when the object forgets it. */
function forgetOne(memory: LeaseMemory): void {
  for (const [name, { waiters, lease }] of memory.held) {
    if (waiters.length > 0 || lease.sent !== null) continue
    memory.held.delete(name)
    memory.forgotten += 1
    return
  }
}

/** Sends the ask that is due, and ends the waiting of those who can't be helped. To be called after everything that happens to a lease. */
export function pump(held: HeldLease, nowMs: number, options: LeaseOptions): void {
  const ask = nextAsk(held.lease, nowMs, LEASE_LIMITS)
  if (ask !== null) options.defer(send(held, ask, options))
  if (held.waiters.length > 0) endWaiting(held, nowMs)
}

function endWaiting({ lease, waiters }: HeldLease, nowMs: number): void {
  // An object that answers has said wait; one that does not is a fault of ours: then the isolate's own share decides.
  const isDown = isUnreachable(lease, LEASE_LIMITS)
  const ended = isDown ? waiters.length : waiters.findIndex(({ sinceMs }) => nowMs - sinceMs < LEASE_LIMITS.waitMsMax)
  for (const { settle } of waiters.splice(0, ended < 0 ? waiters.length : ended)) {
    leaveLine(lease)
    settle(isDown ? takeOwnShare(lease, nowMs) : { kind: 'refused', retryAfterMs: 1000 / lease.limit.rateLimit, isOwnShare: false })
  }
}

function takeOwnShare(lease: Lease, nowMs: number): Waited {
  const standing = standingOf(lease, nowMs, LEASE_LIMITS)
  if (standing.kind === 'ready') return { kind: 'token', isOwnShare: takeToken(lease, nowMs, LEASE_LIMITS) }
  return { kind: 'refused', retryAfterMs: standing.kind === 'refused' ? standing.retryAfterMs : 1000 / lease.limit.rateLimit, isOwnShare: true }
}

/** Calls the object of a bucket, or one of its parts. */
async function call(bucket: string, part: number, ask: Ask, { buckets }: LeaseOptions): Promise<Reply> {
  if (part === 0) return buckets.getByName(bucket).ask(ask)
  return buckets.getByName(bucketPartName(bucket, part)).askPart({ bucket, part }, ask)
}

async function send(held: HeldLease, ask: Ask, options: LeaseOptions): Promise<void> {
  const { lease, waiters } = held
  try {
    const reply = await call(held.name, lease.place, ask, options)
    const { admitted, refused } = onReply(lease, reply, options.nowMs(), LEASE_LIMITS)
    const farewell = takeFarewell(lease)
    // When it fails, what it brings back stays out until that object forgets the holder.
    if (farewell !== null) options.defer(call(held.name, farewell.place, farewell.ask, options).catch(() => null))
    for (const waiter of waiters.splice(0, admitted)) waiter.settle({ kind: 'token', isOwnShare: false })
    for (const waiter of waiters.splice(0, refused)) waiter.settle({ kind: 'refused', retryAfterMs: reply.emptyMs, isOwnShare: false })
  } catch (error) {
    held.cause = String(error)
    onFailure(lease, ask.seq, options.nowMs(), LEASE_LIMITS)
  }
  pump(held, options.nowMs(), options)
  await watch(held, options)
}

/** Brings back what nobody uses: one of the requests that asked looks after it, behind its answer. */
async function watch(held: HeldLease, options: LeaseOptions): Promise<void> {
  const startedMs = options.nowMs()
  if (startedMs < held.watchedUntilMs) return
  held.watchedUntilMs = startedMs + LIMITS.watchMs
  for (let nowMs = startedMs; nowMs >= startedMs && nowMs < startedMs + LIMITS.watchMs; nowMs = options.nowMs()) {
    const atMs = wakeMs(held.lease, LEASE_LIMITS)
    if (atMs === null || held.lease.sent !== null) break
    await sleep(Math.max(20, atMs - nowMs))
    pump(held, options.nowMs(), options)
  }
  held.watchedUntilMs = 0
}

/**
 * Waits for a token. The request makes its own promise and its own timer, and lends out only the function that settles the promise: when the request that asks is cut
 * off, this one asks again.
 */
export async function waitForToken(held: HeldLease, options: LeaseOptions): Promise<Waited> {
  const { promise, resolve } = Promise.withResolvers<Waited>()
  const sinceMs = options.nowMs()
  held.waiters.push({ sinceMs, settle: resolve })
  held.lease.waiting += 1
  pump(held, options.nowMs(), options)
  for (;;) {
    const leftMs = sinceMs + LEASE_LIMITS.waitMsMax - options.nowMs()
    const wakeInMs = (wakeMs(held.lease, LEASE_LIMITS) ?? Infinity) - options.nowMs()
    const waited = await within(promise, Math.max(5, Math.min(leftMs, wakeInMs)))
    if (waited !== null) return waited
    pump(held, options.nowMs(), options)
  }
}
