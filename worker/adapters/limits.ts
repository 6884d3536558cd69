import { quotaCounterName } from '../../kv-schemas/keys.ts'
import type { QuotaCounter } from '../objects/quota-counter.ts'
import type { TokenBucket } from '../objects/token-bucket.ts'
import type { Limits, QuotaCall, QuotaOutcome, TokenOutcome } from '../ports.ts'
import type { Bucket } from '../semantics/throttling/buckets-of.ts'
import { takeTokens, tokensAt, type Limit } from '../semantics/throttling/gcra.ts'

/** Bounds: how many buckets an isolate remembers, its part of a limit while the object can't be reached, and how often a broken call is repeated. */
const LIMITS = { bucketsMax: 10_000, ownShare: 0.1, quotaAttempts: 5 } as const

/** What an isolate remembers of its limits. Values only. */
export interface LimitsMemory {
  /** GCRA timestamps of the isolate's own buckets. */
  readonly tats: Map<string, number>
  /** Until when a bucket's object said that it is empty: until then nobody has to be asked. */
  readonly emptyUntilMs: Map<string, number>
}

/** Makes an empty memory. */
export function createLimitsMemory(): LimitsMemory {
  return { tats: new Map(), emptyUntilMs: new Map() }
}

/** What the limits are made of. */
export interface LimitsOptions {
  readonly memory: LimitsMemory
  readonly buckets: DurableObjectNamespace<TokenBucket>
  readonly quotas: DurableObjectNamespace<QuotaCounter>
  readonly nowMs: () => number
  readonly defer: (work: Promise<unknown>) => void
}

/** Limits over Durable Objects, and over the isolate's own memory where a limit says `local`. */
export function createLimits(options: LimitsOptions): Limits {
  return {
    take: (bucket) => (bucket.mode === 'local' ? Promise.resolve(takeOwn(bucket, bucket.limit, { options, isOwnShare: false })) : takeExact(bucket, options)),
    giveBack(bucket) {
      const tatMs = options.memory.tats.get(bucket.name)
      if (bucket.mode === 'exact') options.defer(Promise.resolve(options.buckets.getByName(bucket.name).giveBack(bucket.limit)))
      else if (tatMs !== undefined) options.memory.tats.set(bucket.name, tatMs - 1000 / bucket.limit.rateLimit)
    },
    useQuota: (call) => useQuota(call, options),
    giveBackQuota: (call) => options.defer(Promise.resolve(options.quotas.getByName(quotaCounterName(call.usagePlanId, call.apiKeyId)).giveBack(call.requestId))),
  }
}

async function takeExact(bucket: Bucket, options: LimitsOptions): Promise<TokenOutcome> {
  const { emptyUntilMs } = options.memory
  const waitMs = (emptyUntilMs.get(bucket.name) ?? 0) - options.nowMs()
  if (waitMs > 0) return { kind: 'refused', retryAfterMs: waitMs, isOwnShare: false }
  try {
    const answer = await options.buckets.getByName(bucket.name).take(bucket.limit)
    if (answer.kind === 'taken') return { ...answer, isOwnShare: false }
    remember(emptyUntilMs, bucket.name, options.nowMs() + Math.min(answer.retryAfterMs, 1_000))
    return { ...answer, isOwnShare: false }
  } catch {
    // The object is down or moving: the isolate goes by its own part of the limit, and the log says so. Nobody is refused for our fault alone.
    return takeOwn(bucket, { rateLimit: bucket.limit.rateLimit * LIMITS.ownShare, burstLimit: Math.max(1, Math.floor(bucket.limit.burstLimit * LIMITS.ownShare)) }, { options, isOwnShare: true })
  }
}

function takeOwn(bucket: Bucket, limit: Limit, { options, isOwnShare }: { readonly options: LimitsOptions; readonly isOwnShare: boolean }): TokenOutcome {
  const { tats } = options.memory
  const nowMs = options.nowMs()
  const taking = takeTokens(tats.get(bucket.name) ?? 0, limit, { count: 1, nowMs })
  remember(tats, bucket.name, taking.tatMs)
  return taking.kind === 'taken' ? { kind: 'taken', remaining: tokensAt(taking.tatMs, limit, nowMs), isOwnShare } : { kind: 'refused', retryAfterMs: taking.retryAfterMs, isOwnShare }
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

/** The oldest entry goes when there are too many: its bucket starts full again, in this isolate alone. */
function remember(entries: Map<string, number>, name: string, value: number): void {
  entries.set(name, value)
  const [oldest] = entries.keys()
  if (entries.size > LIMITS.bucketsMax && oldest !== undefined) entries.delete(oldest)
}
