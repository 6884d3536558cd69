import { quotaCounterName } from '../../../kv-schemas/keys.ts'
import type { Awaitable } from '../../awaitable.ts'
import type { QuotaCounter } from '../../objects/quota-counter.ts'
import type { QuotaCall, QuotaOutcome } from '../../ports.ts'
import { nextQuotaAsk, onQuotaFailure, onQuotaReply, quotaWakeMs } from '../../semantics/throttling/quota-leases/quota-asks.ts'
import { QUOTA_LEASE_LIMITS } from '../../semantics/throttling/quota-leases/quota-lease-limits.ts'
import {
  giveUnitBack,
  isAbandoned,
  isBlank,
  isCounterDown,
  openQuotaLease,
  serveWaiting,
  stopWaiting,
  takeOver,
  takeUnit,
  usedUp,
  type QuotaLease,
  type QuotaTaking,
} from '../../semantics/throttling/quota-leases/quota-lease.ts'
import type { QuotaAsk } from '../../semantics/throttling/quota-leases/quota-protocol.ts'
import type { Quota } from '../../semantics/throttling/quota.ts'
import { sleep, within } from './pauses.ts'

interface QuotaWaiter {
  readonly sinceMs: number
  readonly settle: (outcome: QuotaOutcome) => void
}

/** A quota's lease with those that wait for it. */
interface HeldQuota {
  readonly name: string
  lease: QuotaLease
  /** First come, first served. */
  readonly waiters: QuotaWaiter[]
  /** Until when somebody looks after it. */
  watchedUntilMs: number
  /** Why the counter was not reached last, for the log. */
  cause: string
}

/** The quota leases of an isolate, by counter, and what names them. */
export interface QuotaMemory {
  readonly held: Map<string, HeldQuota>
  isolateId: string | null
  opened: number
}

/** What quota leases are made of. */
export interface QuotaLeaseOptions {
  readonly memory: QuotaMemory
  readonly quotas: DurableObjectNamespace<QuotaCounter>
  readonly nowMs: () => number
  readonly defer: (work: Promise<unknown>) => void
}

/**
 * How many leases an isolate has before it forgets those that hold nothing; for how long one request looks after a lease (the runtime allows 30 seconds after an answer), and how
 * much of that must be left: longer than it takes until what nobody uses is back.
 */
const LIMITS = { leasesMax: 10_000, watchMs: 20_000, watchMsMin: 10_000 } as const

/** A request that counts against a quota which is leased. */
export type LeasedQuotaCall = QuotaCall & { readonly quota: Quota }

/** Takes a unit of a quota for a request: at once from what the isolate holds, else after asking. */
export function useLeasedQuota(call: LeasedQuotaCall, options: QuotaLeaseOptions): Awaitable<QuotaOutcome> {
  const held = hold(call, options)
  const taking = takeUnit(held.lease, call.quota, options.nowMs(), QUOTA_LEASE_LIMITS)
  if (taking.kind === 'short') return waitForUnit(held, options)
  pump(held, options)
  return toOutcome(taking, held)
}

/** Puts back what a request took that was refused for another reason. */
export function giveBackLeased(call: LeasedQuotaCall, outcome: QuotaOutcome, options: QuotaLeaseOptions): void {
  if (outcome.kind === 'used-up') return
  const held = hold(call, options)
  giveUnitBack(held.lease, outcome.kind === 'counted' ? (outcome.day ?? null) : null, options.nowMs())
  pump(held, options)
}

function hold({ usagePlanId, apiKeyId, quota }: LeasedQuotaCall, { memory, nowMs }: QuotaLeaseOptions): HeldQuota {
  const name = quotaCounterName(usagePlanId, apiKeyId)
  const known = memory.held.get(name)
  if (known !== undefined) return known
  if (memory.held.size >= LIMITS.leasesMax) for (const [other, { lease }] of memory.held) if (isBlank(lease)) memory.held.delete(other)
  const held: HeldQuota = { name, lease: openQuotaLease(nextHolder(memory), quota, nowMs(), QUOTA_LEASE_LIMITS), waiters: [], watchedUntilMs: 0, cause: 'no answer in time' }
  memory.held.set(name, held)
  return held
}

/** Each lease is a holder of its own, so that one which is opened anew is not taken for the old one. */
function nextHolder(memory: QuotaMemory): string {
  memory.isolateId ??= crypto.randomUUID()
  memory.opened += 1
  return `${memory.isolateId}.${memory.opened}`
}

function toOutcome(taking: Exclude<QuotaTaking, { kind: 'short' }>, { cause }: HeldQuota): QuotaOutcome {
  if (taking.kind === 'taken') return { kind: 'counted', day: taking.day }
  return taking.kind === 'used-up' ? taking : { kind: 'unreachable', cause }
}

/** Serves those that wait from what is there, sends the ask that is due, and ends the waiting of those who can't be helped. To be called after everything that happens to a lease. */
function pump(held: HeldQuota, options: QuotaLeaseOptions): void {
  const nowMs = options.nowMs()
  if (isAbandoned(held.lease, nowMs, QUOTA_LEASE_LIMITS)) held.lease = takeOver(held.lease, nextHolder(options.memory), nowMs, QUOTA_LEASE_LIMITS)
  const { lease, waiters } = held
  if (waiters.length > 0) admit(held, serveWaiting(lease, nowMs))
  const ask = nextQuotaAsk(lease, nowMs, QUOTA_LEASE_LIMITS)
  if (ask !== null) options.defer(send(held, ask, options))
  if (waiters.length > 0) endWaiting(held, nowMs)
  if (held.watchedUntilMs - nowMs < LIMITS.watchMsMin && !isBlank(lease)) options.defer(watch(held, options))
}

function admit({ lease: { day }, waiters }: HeldQuota, count: number): void {
  for (const { settle } of waiters.splice(0, count)) settle({ kind: 'counted', day })
}

function endWaiting(held: HeldQuota, nowMs: number): void {
  const { lease, waiters } = held
  const isDown = isCounterDown(lease, QUOTA_LEASE_LIMITS)
  const patient = waiters.findIndex(({ sinceMs }) => nowMs - sinceMs < QUOTA_LEASE_LIMITS.waitMsMax)
  for (const { settle } of waiters.splice(0, isDown || patient < 0 ? waiters.length : patient)) settle(toOutcome(stopWaiting(lease, nowMs, QUOTA_LEASE_LIMITS), held))
}

async function send(held: HeldQuota, ask: QuotaAsk, options: QuotaLeaseOptions): Promise<void> {
  const { lease, waiters } = held
  try {
    const reply = await options.quotas.getByName(held.name).ask(ask)
    const nowMs = options.nowMs()
    const { admitted, refused } = onQuotaReply(lease, reply, nowMs, QUOTA_LEASE_LIMITS)
    admit(held, admitted)
    // Who came last is refused first.
    if (refused > 0) for (const { settle } of waiters.splice(-refused)) settle(usedUp(lease, nowMs))
  } catch (error) {
    held.cause = String(error)
    onQuotaFailure(lease, ask.seq, options.nowMs(), QUOTA_LEASE_LIMITS)
  }
  pump(held, options)
}

/** Looks after a lease behind an answer: brings back what nobody uses, asks again where an answer stays away. */
async function watch(held: HeldQuota, options: QuotaLeaseOptions): Promise<void> {
  const startedMs = options.nowMs()
  held.watchedUntilMs = startedMs + LIMITS.watchMs
  for (let nowMs = startedMs; nowMs >= startedMs && nowMs < startedMs + LIMITS.watchMs; nowMs = options.nowMs()) {
    const atMs = quotaWakeMs(held.lease, QUOTA_LEASE_LIMITS)
    if (atMs === null) {
      held.watchedUntilMs = 0
      return
    }
    await sleep(Math.max(20, atMs - nowMs))
    pump(held, options)
  }
}

/**
 * Waits for a unit. The request makes its own promise and its own timer, and lends out only the function that settles the promise: when the request that asks is cut off, this
 * one asks again.
 */
async function waitForUnit(held: HeldQuota, options: QuotaLeaseOptions): Promise<QuotaOutcome> {
  const { promise, resolve } = Promise.withResolvers<QuotaOutcome>()
  const sinceMs = options.nowMs()
  held.waiters.push({ sinceMs, settle: resolve })
  held.lease.waiting += 1
  pump(held, options)
  for (;;) {
    const nowMs = options.nowMs()
    const wakeInMs = (quotaWakeMs(held.lease, QUOTA_LEASE_LIMITS) ?? Infinity) - nowMs
    const outcome = await within(promise, Math.max(5, Math.min(sinceMs + QUOTA_LEASE_LIMITS.waitMsMax - nowMs, wakeInMs)))
    if (outcome !== null) return outcome
    pump(held, options)
  }
}
