import { quotaCounterName } from '../../../kv-schemas/keys.ts'
import type { QuotaCounter } from '../../objects/quota-counter.ts'
import type { Limits, QuotaCall, QuotaOutcome } from '../../ports.ts'
import { takeAll, type BucketMemory, type TakeOptions } from './take.ts'

/** How often a broken call of a counter is repeated. */
const LIMITS = { quotaAttempts: 5 } as const

/** What an isolate remembers of its limits. */
export type LimitsMemory = BucketMemory

/** Makes an empty memory. */
export function createLimitsMemory(): LimitsMemory {
  return { tats: new Map(), emptyUntilMs: new Map(), held: new Map(), isolateId: null, opened: 0 }
}

/** What the limits are made of. */
export interface LimitsOptions extends TakeOptions {
  readonly quotas: DurableObjectNamespace<QuotaCounter>
}

/** Limits over Durable Objects: leased from them, or asked for one by one where a limit says `exact`; and over the isolate's own memory where it says `local`. */
export function createLimits(options: LimitsOptions): Limits {
  return {
    take: (buckets) => takeAll(buckets, options),
    useQuota: (call) => useQuota(call, options),
    giveBackQuota: (call) => options.defer(Promise.resolve(options.quotas.getByName(quotaCounterName(call.usagePlanId, call.apiKeyId)).giveBack(call.requestId))),
  }
}

/** A call that breaks off may have been counted: it is repeated under the same id, which counts once. */
async function useQuota({ usagePlanId, apiKeyId, requestId, quota }: QuotaCall, options: LimitsOptions): Promise<QuotaOutcome> {
  let cause = ''
  for (let attempt = 0; attempt < LIMITS.quotaAttempts; attempt += 1) {
    try {
      return await options.quotas.getByName(quotaCounterName(usagePlanId, apiKeyId)).use(requestId, quota)
    } catch (error) {
      cause = error instanceof Error ? error.message : String(error)
    }
  }
  return { kind: 'unreachable', cause }
}
