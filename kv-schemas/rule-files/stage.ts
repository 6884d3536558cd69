import * as z from 'zod'

/** Stage variables: names `\w{1,64}`, values of Amazon's character set, at most 100 (aws-rest 8.3). */
const stageVariablesSchema = z
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
  throttlingRateLimit: z.number().optional(),
  throttlingBurstLimit: z.int().optional(),
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

/** A share of the traffic that goes to another deployment (aws-rest 8.4). */
export const canarySettingsSchema = z.strictObject({
  percentTraffic: z.number().min(0).max(100),
  deploymentId: z.string().optional(),
  stageVariableOverrides: stageVariablesSchema.default({}),
  useStageCache: z.boolean().default(false),
})

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
  tags: z.record(z.string(), z.string()).default({}),
})
export type StageRule = z.infer<typeof stageRuleSchema>
