import { quotaCounterName } from '../../../kv-schemas/keys.ts'
import type { QuotaCounter } from '../../objects/quota-counter.ts'
import type { Limits, QuotaCall, QuotaOutcome } from '../../ports.ts'
import { QUOTA_LEASE_LIMITS } from '../../semantics/throttling/quota-leases/quota-lease-limits.ts'
import type { UsedOne } from '../../semantics/throttling/quota-leases/use-one.ts'
import { UNLIMITED_QUOTA, type Quota } from '../../semantics/throttling/quota.ts'
import { sleep } from './pauses.ts'
import { giveBackLeased, useLeasedQuota, type LeasedQuotaCall, type QuotaLeaseOptions, type QuotaMemory } from './quota-leases.ts'
import { createBucketMemory, takeAll, type BucketMemory, type TakeOptions } from './take.ts'

/** How often a broken call of a counter is repeated. */
const LIMITS = { quotaAttempts: 5 } as const

/** What an isolate remembers of its limits. */
export interface LimitsMemory extends BucketMemory {
  readonly quotas: QuotaMemory
}

/** Makes an empty memory. */
export function createLimitsMemory(): LimitsMemory {
  return { ...createBucketMemory(), quotas: { held: new Map(), isolateId: null, opened: 0 } }
}

/** What the limits are made of. */
export interface LimitsOptions extends TakeOptions {
  readonly memory: LimitsMemory
  readonly quotas: DurableObjectNamespace<QuotaCounter>
}

/** Limits over Durable Objects: leased from them, or asked for one by one where a limit says `exact`; and over the isolate's own memory where it says `local`. */
export function createLimits(options: LimitsOptions): Limits {
  const leases: QuotaLeaseOptions = { ...options, memory: options.memory.quotas }
  return {
    take: (buckets) => takeAll(buckets, options),
    useQuota: (call) => (isExact(call) ? useQuota(call, options) : useLeasedQuota(toLeased(call), leases)),
    giveBackQuota(call, outcome) {
      if (isExact(call)) options.defer(Promise.resolve(options.quotas.getByName(nameOf(call)).giveBack(call.requestId)))
      else giveBackLeased(toLeased(call), outcome, leases)
    },
  }
}

const nameOf = ({ usagePlanId, apiKeyId }: QuotaCall): string => quotaCounterName(usagePlanId, apiKeyId)

/** A request whose quota asks the counter at each one. */
type ExactQuotaCall = QuotaCall & { readonly quota: Quota }

const isExact = (call: QuotaCall): call is ExactQuotaCall => call.quota?.mode === 'exact'

const toLeased = (call: QuotaCall): LeasedQuotaCall => ({ ...call, quota: call.quota ?? UNLIMITED_QUOTA })

/** Counts one request. Where all that is left is with isolates (the plan was leased until now), it waits for that to come back. */
async function useQuota(call: ExactQuotaCall, options: LimitsOptions): Promise<QuotaOutcome> {
  const { waitMsMax, pollMs } = QUOTA_LEASE_LIMITS
  for (let waitedMs = 0; ; waitedMs += pollMs) {
    const answer = await callCounter(call, options)
    if (answer.kind !== 'used-up' || answer.leased === 0 || waitedMs >= waitMsMax || call.quota.enforce === 'shadow') return answer
    await sleep(pollMs)
  }
}

/** A call that breaks off may have been counted: it is repeated under the same id, which counts once. */
async function callCounter(call: ExactQuotaCall, options: LimitsOptions): Promise<UsedOne | (QuotaOutcome & { readonly kind: 'unreachable' })> {
  let cause = ''
  for (let attempt = 0; attempt < LIMITS.quotaAttempts; attempt += 1) {
    try {
      return await options.quotas.getByName(nameOf(call)).use(call.requestId, call.quota)
    } catch (error) {
      cause = error instanceof Error ? error.message : String(error)
    }
  }
  return { kind: 'unreachable', cause }
}
