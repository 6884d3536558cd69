import * as z from 'zod'
import { burstLimitSchema, rateLimitSchema, throttleEnforceSchema, throttleModeSchema } from './throttle.ts'

/** Stage variables: names `\w{1,64}`, values of Amazon's character set, at most 100 (aws-rest 8.3). */
export const stageVariablesSchema = z
  .record(
    z.string().regex(/^[A-Za-z0-9_]{1,64}$/u, 'a stage variable name is 1 to 64 letters, digits and _'),
    z.string().max(512).regex(/^[A-Za-z0-9\-._~:/?#&=,]*$/u, 'a stage variable value is made of letters, digits and -._~:/?#&=,'),
  )
  .refine((variables) => Object.keys(variables).length <= 100, 'a stage has at most 100 variables')

/** Settings of one method, or of all (the key is a resource path without its first slash, and a method; or * / *) (aws-rest 8.2). */
export const methodSettingSchema = z.strictObject({
  metricsEnabled: z.boolean().default(false),
  loggingLevel: z.enum(['OFF', 'ERROR', 'INFO']).default('OFF'),
  dataTraceEnabled: z.boolean().default(false),
  throttlingRateLimit: rateLimitSchema.optional(),
  throttlingBurstLimit: burstLimitSchema.optional(),
  /** Beyond Amazon: how the limit is held, and whether it refuses (docs/throttling.md). */
  throttlingMode: throttleModeSchema.default('lease'),
  throttlingEnforce: throttleEnforceSchema.default('refuse'),
  /** Beyond Amazon: whether answers say how much of the limits is left (RateLimit, RateLimit-Policy). */
  rateLimitHeaders: z.boolean().default(true),
  cachingEnabled: z.boolean().default(false),
  cacheTtlInSeconds: z.int().min(0).max(3600).default(300),
  cacheDataEncrypted: z.boolean().default(false),
  requireAuthorizationForCacheControl: z.boolean().default(true),
  unauthorizedCacheControlHeaderStrategy: z
    .enum(['FAIL_WITH_403', 'SUCCEED_WITH_RESPONSE_HEADER', 'SUCCEED_WITHOUT_RESPONSE_HEADER'])
    .default('SUCCEED_WITH_RESPONSE_HEADER'),
  /** Beyond Amazon: callers of an authorized method share its cached answers. Without it each caller has their own. */
  shared: z.boolean().default(false),
})
export type MethodSetting = z.infer<typeof methodSettingSchema>

/** What a canary remembers a caller by, so that who is in stays in while the percentage grows. Amazon draws anew at every request. */
export const stickinessSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('API_KEY') }),
  z.strictObject({ type: z.literal('SOURCE_IP') }),
  z.strictObject({ type: z.literal('HEADER'), name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/u, 'a header name has no blanks or separators') }),
  z.strictObject({ type: z.literal('COOKIE'), name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/u, 'a cookie name has no blanks or separators') }),
])
export type Stickiness = z.infer<typeof stickinessSchema>

const percentTrafficSchema = z.number().min(0, 'percentTraffic is between 0.0 and 100.0').max(100, 'percentTraffic is between 0.0 and 100.0')

/** A canary that grows by itself: each step's share for its time, then the next; after the last it is promoted, or stays where it is. */
export const rampSchema = z.strictObject({
  steps: z
    .array(z.strictObject({ percentTraffic: percentTrafficSchema, dwellSeconds: z.int().min(1).max(2_592_000) }))
    .min(1)
    .max(50)
    .refine((steps) => steps.every((step, index) => index === 0 || step.percentTraffic > (steps[index - 1]?.percentTraffic ?? 0)), 'each step of a ramp has a larger percentTraffic than the one before'),
  promote: z.boolean().default(false),
})
export type RampRule = z.infer<typeof rampSchema>

/** A share of the traffic that goes to another deployment (aws-rest 8.4); `stickiness` and `ramp` are beyond Amazon. */
export const canarySettingsSchema = z
  .strictObject({
    percentTraffic: percentTrafficSchema.default(0),
    deploymentId: z.string().optional(),
    stageVariableOverrides: stageVariablesSchema.default({}),
    useStageCache: z.boolean().default(false),
    stickiness: stickinessSchema.optional(),
    ramp: rampSchema.optional(),
  })
  .refine((canary) => canary.ramp === undefined || canary.percentTraffic === 0, 'with a ramp, its steps set the percentage: leave percentTraffic out')
export type CanaryRule = z.infer<typeof canarySettingsSchema>

const ipBlockSchema = z.string().regex(/^[0-9A-Fa-f:.]+(\/[0-9]{1,3})?$/u, 'an address or a block of addresses looks like 192.0.2.0/24 or 2001:db8::/32')

/**
 * What a stage filters before anything else is looked at, as a web ACL does: WAF_FILTERED. With `allow`, only its addresses pass; `rate` is
 * a token bucket of each source address: `limit` requests at once, which come back evenly over the window, held as `mode` says (docs/throttling.md; `lease` unless said).
 */
export const webAclSchema = z.strictObject({
  ipSet: z.strictObject({ allow: z.array(ipBlockSchema).max(10_000).optional(), block: z.array(ipBlockSchema).max(10_000).optional() }).optional(),
  blockedCountries: z.array(z.string().regex(/^[A-Z]{2}$/u, 'a country is two capital letters (ISO 3166)')).optional(),
  rate: z.strictObject({ limit: z.int().min(1), windowSeconds: z.int().min(1).max(600), mode: throttleModeSchema.optional() }).optional(),
})
export type WebAcl = z.infer<typeof webAclSchema>

/** `apis/<apiId>/stages/<stage>.json`: a stage, in the words of `aws apigateway get-stage`. */
export const stageRuleSchema = z.strictObject({
  $schema: z.string().optional(),
  description: z.string().default(''),
  variables: stageVariablesSchema.default({}),
  methodSettings: z.record(z.string(), methodSettingSchema).default({}),
  canarySettings: canarySettingsSchema.optional(),
  cacheClusterEnabled: z.boolean().default(false),
  cacheClusterSize: z.enum(['0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237']).optional(),
  /** Beyond Amazon: what may be stored and for how long. `amazon`: successes for the TTL; `rfc9111`: what the backend's headers say. */
  cachePolicy: z.enum(['amazon', 'rfc9111']).default('amazon'),
  /** Beyond Amazon: who waits while one request fills an entry: nobody, the requests of the same isolate, or those of all isolates. */
  coalescing: z.enum(['off', 'isolate', 'stage']).default('isolate'),
  /** Beyond Amazon: whether answers of cached methods tell in Cache-Status what the cache did (RFC 9211). */
  cacheStatus: z.boolean().default(true),
  accessLogSettings: z.strictObject({ format: z.string(), destinationArn: z.string().optional() }).optional(),
  tracingEnabled: z.boolean().default(false),
  webAcl: webAclSchema.optional(),
  tags: z.record(z.string(), z.string()).default({}),
})
export type StageRule = z.infer<typeof stageRuleSchema>
