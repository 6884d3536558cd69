import type { QuotaOutcome, Ports, TokenOutcome } from '../ports.ts'
import { bucketsOf, type Bucket } from '../semantics/throttling/buckets-of.ts'
import type { Quota } from '../semantics/throttling/quota.ts'
import { toRateLimitFields, toRetryAfter, type BucketStanding } from '../semantics/throttling/rate-limit-fields.ts'
import type { Keyed, Throttled } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/**
 * Step 7. The quota of the caller's plan, then a token of every bucket that applies: all of them or none (aws-rest 10.1). Where only the account's own limit applies, nothing is
 * waited for.
 */
export async function throttle(keyed: Keyed, ports: Ports): Promise<Throttled> {
  const { apiKey, method, settings, account, stage } = keyed
  const plan = apiKey === null ? null : await ports.access.usagePlan(apiKey.usagePlanId)
  const quota = apiKey === null ? null : await useQuota(keyed, { quota: plan?.quota ?? null, apiKey }, ports)
  const buckets = bucketsOf({
    apiId: stage.document.apiId,
    stage: stage.document.stageName,
    resourcePath: method.resourcePath,
    httpMethod: method.httpMethod,
    settings,
    account,
    plan: plan === null || apiKey === null ? null : { document: plan, apiKeyId: apiKey.apiKeyId },
  })
  const taking = ports.limits.take(buckets)
  const outcomes = taking instanceof Promise ? await taking : taking
  const standings = standingsOf(keyed, { buckets, outcomes }, ports)
  const last = outcomes.at(-1)
  if (last?.kind === 'refused' && standings.at(-1)?.bucket.isShadow === false) {
    quota?.giveBack()
    throw refuseThrottled(standings, last.retryAfterMs, settings.rateLimitHeaders)
  }
  return { ...keyed, rateLimitFields: settings.rateLimitHeaders ? toRateLimitFields(standings) : null }
}

function standingsOf(keyed: Keyed, { buckets, outcomes }: { readonly buckets: readonly Bucket[]; readonly outcomes: readonly TokenOutcome[] }, ports: Ports): readonly BucketStanding[] {
  return outcomes.flatMap((outcome, index) => {
    const bucket = buckets[index]
    if (bucket === undefined) return []
    noteOutcome(keyed, bucket, outcome, ports)
    return [{ bucket, remaining: outcome.kind === 'taken' ? outcome.remaining : 0 }]
  })
}

function refuseThrottled(standings: readonly BucketStanding[], retryAfterMs: number, hasFields: boolean): GatewayRefusal {
  const refusing = standings.at(-1)?.bucket
  const retryAfter = toRetryAfter(retryAfterMs)
  return new GatewayRefusal('THROTTLED', {
    headers: { ...(hasFields ? toRateLimitFields(standings) : null), ...(retryAfter === null || !hasFields ? {} : { 'Retry-After': retryAfter }) },
    note: `${refusing?.name ?? 'a bucket'} is empty: rate ${refusing?.limit.rateLimit}, burst ${refusing?.limit.burstLimit}`,
  })
}

/** What a shadow limit would have refused, and what was decided without the bucket's object, is said in the log. */
function noteOutcome(keyed: Keyed, bucket: Bucket, outcome: TokenOutcome, ports: Ports): void {
  const line = { requestId: keyed.requestId, apiId: keyed.stage.document.apiId, bucket: bucket.name }
  if (outcome.kind === 'refused' && bucket.isShadow) ports.log.write({ level: 'info', message: 'a shadow limit would have refused', metric: 'limits.shadowRefused', ...line })
  if (outcome.isOwnShare) ports.log.write({ level: 'warn', message: 'a bucket could not be reached: the isolate goes by its own share', metric: 'limits.ownShare', cause: outcome.cause, ...line })
}

interface QuotaUse {
  readonly quota: Quota | null
  readonly apiKey: NonNullable<Keyed['apiKey']>
}

/** Counts the request against the quota; without one it is counted for `stagedoor usage` alone, behind the answer. */
async function useQuota(keyed: Keyed, { quota, apiKey }: QuotaUse, ports: Ports): Promise<{ giveBack(): void }> {
  const call = { usagePlanId: apiKey.usagePlanId, apiKeyId: apiKey.apiKeyId, requestId: ports.chance.uuid(), quota }
  if (quota === null) {
    ports.defer(Promise.resolve(ports.limits.useQuota(call)))
    return { giveBack: () => undefined }
  }
  const counting = ports.limits.useQuota(call)
  const outcome = counting instanceof Promise ? await counting : counting
  if (outcome.kind === 'used-up' && quota.enforce !== 'shadow') throw refuseQuota(outcome, keyed)
  if (outcome.kind === 'used-up') ports.log.write({ level: 'info', message: 'a shadow quota would have refused', metric: 'limits.shadowRefused', requestId: keyed.requestId, usagePlanId: apiKey.usagePlanId, apiKeyId: apiKey.apiKeyId })
  // A plan service that fails serves the request (aws-rest 10.1).
  if (outcome.kind === 'unreachable') ports.log.write({ level: 'warn', message: 'Usage Plan check failed due to an internal error', metric: 'limits.quotaUnreachable', requestId: keyed.requestId, cause: outcome.cause })
  return { giveBack: () => ports.limits.giveBackQuota(call, outcome) }
}

function refuseQuota(outcome: QuotaOutcome & { kind: 'used-up' }, { settings }: Keyed): GatewayRefusal {
  const retryAfter = toRetryAfter(outcome.resetsInMs)
  return new GatewayRefusal('QUOTA_EXCEEDED', {
    headers: settings.rateLimitHeaders && retryAfter !== null ? { 'Retry-After': retryAfter } : {},
    note: `the key has used its quota of ${outcome.allowance} requests`,
  })
}
