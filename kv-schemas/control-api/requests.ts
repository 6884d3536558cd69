import * as z from 'zod'
import { apiIdSchema, deploymentIdSchema, stageNameSchema } from '../id-schemas.ts'
import { canarySettingsSchema, stageVariablesSchema } from '../rule-files/stage.ts'

/** Query of every write: whom history and audit log name, and why. The name of the token stands there too. */
export const attributionSchema = z.object({
  author: z.string().min(1).max(256).optional(),
  message: z.string().max(2_000).optional(),
  commit: z.string().max(128).optional(),
})
export type Attribution = z.infer<typeof attributionSchema>

/** Header of writes to a stage: the revision that the caller saw. */
export const ifMatchSchema = z.object({
  'if-match': z
    .string()
    .regex(/^(?:\*|"\d+")$/u, 'If-Match is the ETag of the stage, its revision in quotes')
    .optional(),
})

/** Query of lists: a page, newest first. */
export const pageSchema = z.object({ limit: z.coerce.number().int().min(1).max(500).default(25), before: z.coerce.number().int().min(1).optional() })

/** Body of a deploy, Amazon's CreateDeployment: the draft, or a deployment there is already; with `canarySettings` it starts a canary. */
export const deployRequestSchema = z.strictObject({
  stageName: stageNameSchema,
  deploymentId: deploymentIdSchema.optional(),
  canarySettings: canarySettingsSchema.optional(),
})

/** Body of a rollback: to a deployment, to a revision of the stage, or, empty, to the deployment before. */
export const rollbackRequestSchema = z
  .strictObject({ deploymentId: deploymentIdSchema.optional(), revision: z.int().min(1).optional() })
  .refine((to) => to.deploymentId === undefined || to.revision === undefined, 'give deploymentId or revision, not both')

/** Body of a change to a canary. */
export const canaryChangeSchema = z
  .strictObject({
    percentTraffic: z.number().min(0, 'percentTraffic is between 0.0 and 100.0').max(100, 'percentTraffic is between 0.0 and 100.0').optional(),
    ramp: canarySettingsSchema.shape.ramp,
    stageVariableOverrides: stageVariablesSchema.optional(),
    useStageCache: z.boolean().optional(),
  })
  .refine((changes) => Object.values(changes).some((value) => value !== undefined), 'say what to change')
  .refine((changes) => changes.ramp === undefined || changes.percentTraffic === undefined, 'with a ramp, its steps set the percentage: leave percentTraffic out')

/** Body of a plan and of a push: the files of a rule folder as texts, and the values of the environment that they name. */
export const pushRequestSchema = z.strictObject({
  files: z.array(z.strictObject({ path: z.string().min(1).max(512), text: z.string() })).min(1, 'a push has at least one file').max(5_000),
  env: z.record(z.string(), z.string()).default({}),
  /** Stages to deploy to: `dev` in every API that has it, `shop/dev` in one. */
  deploy: z.array(z.string().regex(/^(?:[a-z0-9-]{1,64}\/)?[A-Za-z0-9_-]{1,128}$/u, 'STAGE or API/STAGE')).default([]),
  /** The revision of each API's draft that the caller saw; a push meant for another is refused. */
  ifDraftRevision: z.record(apiIdSchema, z.int().min(0)).default({}),
})
export type PushRequest = z.infer<typeof pushRequestSchema>
