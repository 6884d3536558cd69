import { whenThere, type Awaitable } from '../awaitable.ts'
import type { Ports, QuotaCall, QuotaOutcome, TokenOutcome } from '../ports.ts'
import type { ReadyMethod } from '../semantics/compile/ready-method.ts'
import type { LimitedCall, ReadyBuckets } from '../semantics/throttling/bucket-lists.ts'
import type { Bucket } from '../semantics/throttling/buckets-of.ts'
import type { Quota } from '../semantics/throttling/quota.ts'
import { prepareFields, toRateLimitFields, toRetryAfter } from '../semantics/throttling/rate-limit-fields.ts'
import type { Keyed, Throttled, UsedApiKey } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/**
 * Step 7. The quota of the caller's plan, then a token of every bucket that applies: all of them or none (aws-rest 10.1). Where only the account's own limit applies, nothing is
 * waited for.
 */
export function throttle(keyed: Keyed, ports: Ports): Awaitable<Throttled> {
  const { apiKey } = keyed
  return apiKey === null ? takeTokens(keyed, { plan: null, quota: null }, ports) : throttleKey(keyed, apiKey, ports)
}

async function throttleKey(keyed: Keyed, apiKey: UsedApiKey, ports: Ports): Promise<Throttled> {
  const planning = ports.access.usagePlan(apiKey.usagePlanId)
  const document = planning instanceof Promise ? await planning : planning
  const quota = await useQuota(keyed, { quota: document?.quota ?? null, apiKey }, ports)
  return takeTokens(keyed, { plan: document === null ? null : { document, apiKeyId: apiKey.apiKeyId }, quota }, ports)
}

/** What a request with a key is under. */
interface Planned {
  readonly plan: LimitedCall<ReadyMethod>['plan']
  readonly quota: { giveBack(): void } | null
}

function takeTokens(keyed: Keyed, { plan, quota }: Planned, ports: Ports): Awaitable<Throttled> {
  const { stage, method, settings, account } = keyed
  const ready = stage.buckets.of({ method, settings, account, plan })
  return whenThere(ports.limits.take(ready.buckets), (outcomes) => {
    const refused = noteOutcomes(keyed, { ready, outcomes }, ports)
    if (refused !== null) {
      quota?.giveBack()
      throw refuseThrottled(refused, ready.buckets.slice(0, outcomes.length), { outcomes, hasFields: settings.rateLimitHeaders })
    }
    return { ...keyed, rateLimitFields: ready.fields === null ? null : toRateLimitFields(ready.fields, outcomes.map(remainingOf)) }
  })
}

const remainingOf = (outcome: TokenOutcome): number => (outcome.kind === 'taken' ? outcome.remaining : 0)

/** Says in the log what is to be said; gives the refusal when there is one that counts. */
function noteOutcomes(keyed: Keyed, { ready, outcomes }: { readonly ready: ReadyBuckets; readonly outcomes: readonly TokenOutcome[] }, ports: Ports): Refused | null {
  let refused: Refused | null = null
  for (const [index, bucket] of ready.buckets.entries()) {
    const outcome = outcomes[index]
    if (outcome === undefined) break
    if (outcome.kind === 'refused' || outcome.isOwnShare) noteOutcome(keyed, bucket, outcome, ports)
    if (outcome.kind === 'refused' && !bucket.isShadow) refused = { bucket, retryAfterMs: outcome.retryAfterMs }
  }
  return refused
}

interface Refused {
  readonly bucket: Bucket
  readonly retryAfterMs: number
}

/** The refusal; its fields tell of the buckets that were asked. */
function refuseThrottled({ bucket, retryAfterMs }: Refused, asked: readonly Bucket[], { outcomes, hasFields }: { readonly outcomes: readonly TokenOutcome[]; readonly hasFields: boolean }): GatewayRefusal {
  const fields = hasFields ? prepareFields(asked) : null
  const retryAfter = hasFields ? toRetryAfter(retryAfterMs) : null
  return new GatewayRefusal('THROTTLED', {
    headers: { ...(fields === null ? {} : toRateLimitFields(fields, outcomes.map(remainingOf))), ...(retryAfter === null ? {} : { 'Retry-After': retryAfter }) },
    note: `${bucket.name} is empty: rate ${bucket.limit.rateLimit}, burst ${bucket.limit.burstLimit}`,
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
  const counting = ports.limits.useQuota(call)
  if (quota === null) return countBehind(call, counting, ports)
  const outcome = counting instanceof Promise ? await counting : counting
  if (outcome.kind === 'used-up' && quota.enforce !== 'shadow') throw refuseQuota(outcome, keyed)
  if (outcome.kind === 'used-up') ports.log.write({ level: 'info', message: 'a shadow quota would have refused', metric: 'limits.shadowRefused', requestId: keyed.requestId, usagePlanId: apiKey.usagePlanId, apiKeyId: apiKey.apiKeyId })
  // A plan service that fails serves the request (aws-rest 10.1).
  if (outcome.kind === 'unreachable') ports.log.write({ level: 'warn', message: 'Usage Plan check failed due to an internal error', metric: 'limits.quotaUnreachable', requestId: keyed.requestId, cause: outcome.cause })
  return { giveBack: () => ports.limits.giveBackQuota(call, outcome) }
}

function countBehind(call: QuotaCall, counting: Awaitable<QuotaOutcome>, ports: Ports): { giveBack(): void } {
  if (counting instanceof Promise) ports.defer(counting)
  return { giveBack: () => void whenThere(counting, (outcome) => ports.limits.giveBackQuota(call, outcome)) }
}

function refuseQuota(outcome: QuotaOutcome & { kind: 'used-up' }, { settings }: Keyed): GatewayRefusal {
  const retryAfter = toRetryAfter(outcome.resetsInMs)
  return new GatewayRefusal('QUOTA_EXCEEDED', {
    headers: settings.rateLimitHeaders && retryAfter !== null ? { 'Retry-After': retryAfter } : {},
    note: `the key has used its quota of ${outcome.allowance} requests`,
  })
}
