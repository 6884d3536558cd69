import type { AccountDocument } from './documents/account.ts'
import { DOCUMENT_SCHEMA } from './keys.ts'
import type { MethodSetting, StageRule } from './rule-files/stage.ts'

/*
 * What holds where a rule file says nothing: the defaults of its schema, written out, so that an isolate answers its first request without loading zod.
 * test/unit/kv-schemas/defaults.test.ts holds them against the schemas.
 */

/** The account when none was published. */
export const DEFAULT_ACCOUNT: AccountDocument = {
  schema: DOCUMENT_SCHEMA,
  accountId: '123456789012',
  region: 'us-east-1',
  throttle: { rateLimit: 10_000, burstLimit: 5_000 },
  functions: {},
  stateMachines: {},
  links: {},
}

/** The settings of a method that a stage does not name. */
export const DEFAULT_METHOD_SETTING: MethodSetting = {
  metricsEnabled: false,
  loggingLevel: 'OFF',
  dataTraceEnabled: false,
  throttlingMode: 'lease',
  throttlingEnforce: 'refuse',
  rateLimitHeaders: true,
  cachingEnabled: false,
  cacheTtlInSeconds: 300,
  cacheDataEncrypted: false,
  requireAuthorizationForCacheControl: true,
  unauthorizedCacheControlHeaderStrategy: 'SUCCEED_WITH_RESPONSE_HEADER',
  shared: false,
}

/** A stage whose rule file says nothing. */
export const DEFAULT_STAGE_RULE: StageRule = {
  description: '',
  variables: {},
  methodSettings: {},
  cacheClusterEnabled: false,
  cachePolicy: 'amazon',
  coalescing: 'isolate',
  cacheStatus: true,
  tracingEnabled: false,
  tags: {},
}
