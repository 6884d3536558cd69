import type { UsagePlanDocument } from '../../../kv-schemas/documents/access.ts'
import type { AccountDocument } from '../../../kv-schemas/documents/account.ts'
import type { MethodSetting } from '../../../kv-schemas/rule-files/stage.ts'
import type { Throttle, ThrottleMode } from '../../../kv-schemas/rule-files/throttle.ts'
import type { Limit } from './gcra.ts'

/** Whose limit a bucket holds, in Amazon's order of evaluation (aws-rest 10.1): that of a web ACL for one address comes before all others. */
export type BucketScope = 'address' | 'plan-method' | 'plan' | 'method' | 'account'

/** A token bucket that a request takes from. */
export interface Bucket {
  readonly scope: BucketScope
  /** Names the bucket among all of the account: what shares a name shares the tokens. */
  readonly name: string
  readonly limit: Limit
  readonly mode: ThrottleMode
  /** A bucket that counts and refuses nobody. */
  readonly isShadow: boolean
}

/** What decides which buckets a request takes from. */
export interface ThrottledCall {
  readonly apiId: string
  readonly stage: string
  readonly resourcePath: string
  /** As the method is declared: `ANY` where the definition says so. */
  readonly httpMethod: string
  readonly settings: MethodSetting
  readonly account: AccountDocument
  /** The plan and the key of the caller; null when the method needs no key. */
  readonly plan: { readonly document: UsagePlanDocument; readonly apiKeyId: string } | null
}

/** What Amazon fills in where only one of the two numbers of a method is set (aws-rest 8.2). */
const METHOD_DEFAULTS: Limit = { rateLimit: 10_000, burstLimit: 5_000 }

/** The buckets of a request, the narrowest first: that of the caller's plan for the method, of the plan, of the stage's method, of the account (aws-rest 10.1). */
export function bucketsOf(call: ThrottledCall): readonly Bucket[] {
  const buckets: Bucket[] = []
  if (call.plan !== null) addPlanBuckets(buckets, call, call.plan)
  const { throttlingRateLimit, throttlingBurstLimit, throttlingMode, throttlingEnforce } = call.settings
  if (throttlingRateLimit !== undefined || throttlingBurstLimit !== undefined) {
    buckets.push({
      scope: 'method',
      name: `method/${call.apiId}/${call.stage}/${call.httpMethod}${call.resourcePath}`,
      limit: { rateLimit: throttlingRateLimit ?? METHOD_DEFAULTS.rateLimit, burstLimit: throttlingBurstLimit ?? METHOD_DEFAULTS.burstLimit },
      mode: throttlingMode,
      isShadow: throttlingEnforce === 'shadow',
    })
  }
  buckets.push(toBucket('account', `account/${call.account.region}`, call.account.throttle, 'local'))
  return buckets
}

/** A plan's limits are each key's own, and each stage's (aws-rest 10.1). */
function addPlanBuckets(buckets: Bucket[], call: ThrottledCall, { document, apiKeyId }: { readonly document: UsagePlanDocument; readonly apiKeyId: string }): void {
  const held = document.apiStages.find(({ apiId, stage }) => apiId === call.apiId && stage === call.stage)
  const name = `plan/${document.id}/${apiKeyId}/${call.apiId}/${call.stage}`
  const key = held === undefined ? null : findMethodKey(held.throttle, call)
  const methodThrottle = key === null ? undefined : held?.throttle[key]
  if (key !== null && methodThrottle !== undefined) buckets.push(toBucket('plan-method', `${name}/${key}`, methodThrottle, 'lease'))
  if (document.throttle !== undefined) buckets.push(toBucket('plan', name, document.throttle, 'lease'))
}

/** The entry for a method, such as `/pets/{petId}/GET`: with or without the first slash, and under ANY when the method has no entry of its own. */
function findMethodKey(throttle: Readonly<Record<string, Throttle>>, { resourcePath, httpMethod }: ThrottledCall): string | null {
  for (const method of [httpMethod, 'ANY', '*']) {
    for (const key of [`${resourcePath}/${method}`, `${resourcePath.slice(1)}/${method}`]) if (Object.hasOwn(throttle, key)) return key
  }
  return null
}

function toBucket(scope: BucketScope, name: string, throttle: Throttle, mode: ThrottleMode): Bucket {
  const { rateLimit, burstLimit } = throttle
  return { scope, name, limit: { rateLimit, burstLimit }, mode: throttle.mode ?? mode, isShadow: throttle.enforce === 'shadow' }
}
