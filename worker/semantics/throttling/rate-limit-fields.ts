import { fillMsOf, type Limit } from './gcra.ts'
import type { Bucket, BucketScope } from './buckets-of.ts'

const POLICY_NAMES: Readonly<Record<BucketScope, string>> = { address: 'address', 'plan-method': 'plan-method', plan: 'plan', method: 'method', account: 'account' }

/** What the RateLimit fields of a list of buckets say at every request, and of which buckets: those with a limit, but for the account's and shadows. */
export interface ReadyFields {
  readonly policy: string
  readonly shown: readonly { readonly name: string; readonly limit: Limit; readonly index: number }[]
}

/** Prepares the RateLimit fields of a list; null when there is no bucket to show. */
export function prepareFields(buckets: readonly Bucket[]): ReadyFields | null {
  const shown = buckets.flatMap(({ scope, limit, isShadow }, index) => (scope === 'account' || isShadow || limit.rateLimit <= 0 ? [] : [{ name: POLICY_NAMES[scope], limit, index }]))
  if (shown.length === 0) return null
  const policy = shown.map(({ name, limit }) => `"${name}";q=${limit.burstLimit};w=${Math.max(1, Math.ceil(fillMsOf(limit) / 1000))}`).join(', ')
  return { policy, shown }
}

/**
 * The RateLimit fields (draft-ietf-httpapi-ratelimit-headers) of a limited request: the policies that apply, with the burst as quota (`q`) and the time an empty bucket needs
 * to fill as window (`w`), and for the tightest of them what is left (`r`) and in how many seconds the bucket is full again (`t`). `remaining` is in the order of the buckets.
 */
export function toRateLimitFields({ policy, shown }: ReadyFields, remaining: readonly number[]): Readonly<Record<string, string>> {
  let tightest = shown[0]
  let least = Infinity
  for (const one of shown) {
    const left = remaining[one.index] ?? 0
    if (left >= least) continue
    least = left
    tightest = one
  }
  if (tightest === undefined) return {}
  const { name, limit } = tightest
  const fullInSeconds = Math.ceil(((limit.burstLimit - least) / limit.burstLimit) * (fillMsOf(limit) / 1000))
  return { 'RateLimit-Policy': policy, RateLimit: `"${name}";r=${Math.max(0, Math.floor(least))};t=${fullInSeconds}` }
}

/** Retry-After in whole seconds: the first at which the same request would find a token. Null when it never would. */
export function toRetryAfter(retryAfterMs: number): string | null {
  return Number.isFinite(retryAfterMs) ? String(Math.max(1, Math.ceil(retryAfterMs / 1000))) : null
}
