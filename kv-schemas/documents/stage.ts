import * as z from 'zod'
import { apiIdSchema, deploymentIdSchema, stageNameSchema } from '../ids.ts'
import { methodSettingSchema, stageRuleSchema } from '../rule-files/stage.ts'

/** A canary as the data plane runs it: its deployment is known. */
export const canaryDocumentSchema = stageRuleSchema.shape.canarySettings
  .unwrap()
  .extend({ deploymentId: deploymentIdSchema })

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
  cacheClusterSize: z.string().nullable(),
  accessLogSettings: stageRuleSchema.shape.accessLogSettings.unwrap().nullable(),
  tracingEnabled: z.boolean(),
  description: z.string(),
  tags: z.record(z.string(), z.string()),
})
export type StageDocument = z.infer<typeof stageSchema>
