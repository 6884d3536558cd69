import * as z from 'zod'
import { apiIdSchema, deploymentIdSchema, stageNameSchema } from '../id-schemas.ts'
import { CACHE_PURGES_MAX } from '../limits.ts'
import { methodSettingSchema, webAclSchema, stageRuleSchema, stageVariablesSchema } from '../rule-files/stage.ts'

/** A canary as the data plane runs it: its deployment is known, and a sticky one has the salt that decides which callers come first. */
export const canaryDocumentSchema = z.strictObject({
  percentTraffic: z.number().min(0).max(100),
  deploymentId: deploymentIdSchema,
  stageVariableOverrides: stageVariablesSchema,
  useStageCache: z.boolean(),
  stickiness: z.strictObject({ type: z.enum(['API_KEY', 'SOURCE_IP', 'HEADER', 'COOKIE']), name: z.string().nullable(), salt: z.string() }).nullable(),
})
export type CanaryDocument = z.infer<typeof canaryDocumentSchema>

/** A method or a tag whose cached answers of before a time are no longer served. */
export const cachePurgeSchema = z.strictObject({
  kind: z.enum(['method', 'tag']),
  /** The method as in `methodSettings` (`pets/{petId}/GET`), or the tag. */
  value: z.string().min(1).max(1_024),
  atMs: z.int().min(0),
})
export type CachePurge = z.infer<typeof cachePurgeSchema>

/**
 * A stage: the pointer to its deployment, and the settings that apply at once (aws-rest 8.1).
 * `revision` only grows; `cacheEpoch` grows at every flush.
 */
export const stageSchema = z.strictObject({
  schema: z.literal(1),
  apiId: apiIdSchema,
  stageName: stageNameSchema,
  revision: z.int().min(1),
  deploymentId: deploymentIdSchema,
  cacheEpoch: z.int().min(0),
  variables: z.record(z.string(), z.string()),
  methodSettings: z.record(z.string(), methodSettingSchema),
  canarySettings: canaryDocumentSchema.nullable(),
  cacheClusterEnabled: z.boolean(),
  cacheClusterSize: stageRuleSchema.shape.cacheClusterSize.unwrap().nullable(),
  cachePolicy: stageRuleSchema.shape.cachePolicy,
  coalescing: stageRuleSchema.shape.coalescing,
  cacheStatus: stageRuleSchema.shape.cacheStatus,
  cachePurges: z.array(cachePurgeSchema).max(CACHE_PURGES_MAX).default([]),
  accessLogSettings: stageRuleSchema.shape.accessLogSettings.unwrap().nullable(),
  tracingEnabled: z.boolean(),
  webAcl: webAclSchema.nullable(),
  description: z.string(),
  tags: z.record(z.string(), z.string()),
})
export type StageDocument = z.infer<typeof stageSchema>
