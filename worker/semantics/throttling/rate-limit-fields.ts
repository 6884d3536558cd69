import { fillMsOf } from './gcra.ts'
import type { Bucket, BucketScope } from './buckets-of.ts'

/** How a bucket stands after a request took from it, or was refused. */
export interface BucketStanding {
  readonly bucket: Bucket
  /** Whole tokens left. */
  readonly remaining: number
}

const POLICY_NAMES: Readonly<Record<BucketScope, string>> = { address: 'address', 'plan-method': 'plan-method', plan: 'plan', method: 'method', account: 'account' }

/**
 * The RateLimit fields (draft-ietf-httpapi-ratelimit-headers) of a limited request: the policies that apply, with the burst as quota (`q`) and the time an empty bucket needs
 * to fill as window (`w`), and for the tightest of them what is left (`r`) and in how many seconds the bucket is full again (`t`). Null when no limit but the account's applies.
 */
export function toRateLimitFields(standings: readonly BucketStanding[]): Readonly<Record<string, string>> | null {
  const shown = standings.filter(({ bucket }) => bucket.scope !== 'account' && !bucket.isShadow && bucket.limit.rateLimit > 0)
  let tightest = shown[0]
  if (tightest === undefined) return null
  for (const standing of shown) if (standing.remaining < tightest.remaining) tightest = standing
  const { bucket, remaining } = tightest
  const fullInSeconds = Math.ceil(((bucket.limit.burstLimit - remaining) / bucket.limit.burstLimit) * (fillMsOf(bucket.limit) / 1000))
  return {
    'RateLimit-Policy': shown.map(({ bucket: { scope, limit } }) => `"${POLICY_NAMES[scope]}";q=${limit.burstLimit};w=${Math.max(1, Math.ceil(fillMsOf(limit) / 1000))}`).join(', '),
    RateLimit: `"${POLICY_NAMES[bucket.scope]}";r=${Math.max(0, Math.floor(remaining))};t=${fullInSeconds}`,
  }
}

/** Retry-After in whole seconds: the first at which the same request would find a token. Null when it never would. */
export function toRetryAfter(retryAfterMs: number): string | null {
  return Number.isFinite(retryAfterMs) ? String(Math.max(1, Math.ceil(retryAfterMs / 1000))) : null
}
