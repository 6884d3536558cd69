import * as z from 'zod'
import { apiIdSchema, deploymentIdSchema, stageNameSchema } from '../id-schemas.ts'
import { rampSchema, stageRuleSchema, stageVariablesSchema } from '../rule-files/stage.ts'

/** One difference, in words for a reviewer; `before` and `after` are JSON, cut where they are long. */
export const changeSchema = z.object({
  kind: z.enum(['added', 'removed', 'changed']),
  subject: z.string(),
  member: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  warning: z.string().nullable(),
})
export type ChangeView = z.infer<typeof changeSchema>

/** A canary as the control API shows it. `stepEndsAt` tells when a ramp takes its next step. */
export const canaryViewSchema = z.object({
  percentTraffic: z.number(),
  deploymentId: deploymentIdSchema,
  stageVariableOverrides: stageVariablesSchema,
  useStageCache: z.boolean(),
  stickiness: z.object({ type: z.enum(['API_KEY', 'SOURCE_IP', 'HEADER', 'COOKIE']), name: z.string().nullable() }).nullable(),
  ramp: rampSchema.extend({ stepIndex: z.int(), stepEndsAt: z.iso.datetime() }).nullable(),
})
export type CanaryView = z.infer<typeof canaryViewSchema>

/** A stage as the control API shows it: Amazon's members, and where it stands. Its other settings stand beside these, as in its rule file. */
export const stageViewSchema = z.looseObject({
  apiId: apiIdSchema,
  stageName: stageNameSchema,
  revision: z.int(),
  /** Null before the first deployment. */
  deploymentId: deploymentIdSchema.nullable(),
  /** Whether the stage runs the draft; null when nothing is known of one. */
  runsDraft: z.boolean().nullable(),
  canarySettings: canaryViewSchema.nullable(),
  cacheEpoch: z.int(),
  variables: stageRuleSchema.shape.variables.unwrap(),
  description: z.string(),
})
export type StageView = z.infer<typeof stageViewSchema>

/** The answer to a write to a stage. */
export const stageWrittenSchema = z.object({
  stage: stageViewSchema,
  isChanged: z.boolean(),
  /** Whether KV has the change already; if not, it gets it within a second or two. */
  isPublished: z.boolean(),
  note: z.string().nullable(),
})
export type StageWrittenView = z.infer<typeof stageWrittenSchema>

/** A deployment in the history of its API. */
export const deploymentViewSchema = z.object({
  deploymentId: deploymentIdSchema,
  number: z.int(),
  createdAt: z.iso.datetime(),
  author: z.string(),
  message: z.string(),
  sourceCommit: z.string().nullable(),
  /** How it differs from the deployment before it. */
  changes: z.array(changeSchema),
  /** The stages that run it, as base or as canary. */
  stages: z.array(z.string()),
})
export type DeploymentView = z.infer<typeof deploymentViewSchema>

/** A revision in the history of a stage. */
export const revisionViewSchema = z.object({
  revision: z.int(),
  action: z.string(),
  at: z.iso.datetime(),
  actor: z.string(),
  author: z.string(),
  message: z.string(),
  sourceCommit: z.string().nullable(),
  deploymentId: deploymentIdSchema.nullable(),
  changes: z.array(changeSchema),
})
export type RevisionView = z.infer<typeof revisionViewSchema>

/** The draft of an API: what was pushed last. */
const draftViewSchema = z.object({
  revision: z.int(),
  deploymentId: deploymentIdSchema,
  pushedAt: z.iso.datetime(),
  author: z.string(),
  message: z.string(),
  sourceCommit: z.string().nullable(),
})

/** An API with its stages. */
export const apiViewSchema = z.object({ apiId: apiIdSchema, draft: draftViewSchema.nullable(), stages: z.array(stageViewSchema) })
export type ApiView = z.infer<typeof apiViewSchema>

/** One entry of the audit log. */
export const auditViewSchema = z.object({
  number: z.int(),
  at: z.iso.datetime(),
  actor: z.string(),
  author: z.string(),
  action: z.string(),
  target: z.string(),
  message: z.string(),
  sourceCommit: z.string().nullable(),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
})
export type AuditView = z.infer<typeof auditViewSchema>

/** Something wrong with a rule file, or to look at. */
const ruleProblemSchema = z.object({
  severity: z.enum(['error', 'warning']),
  file: z.string(),
  line: z.int(),
  column: z.int(),
  path: z.string(),
  message: z.string(),
})

/** What a push did, or would do, to a stage. */
export const pushedStageSchema = z.object({
  stageName: stageNameSchema,
  revision: z.int(),
  deploymentId: deploymentIdSchema.nullable(),
  isChanged: z.boolean(),
  isDeployed: z.boolean(),
  runsDraft: z.boolean(),
  note: z.string().nullable(),
  changes: z.array(changeSchema),
  isInFolder: z.boolean(),
})
export type PushedStageView = z.infer<typeof pushedStageSchema>

/** What a push did, or would do. */
export const pushAnswerSchema = z.object({
  isDryRun: z.boolean(),
  /** False when a part of the push could not be delivered yet: the gateway goes on trying. */
  isComplete: z.boolean(),
  apis: z.array(
    z.object({ apiId: apiIdSchema, deploymentId: deploymentIdSchema, isDraftChanged: z.boolean(), draftRevision: z.int(), stages: z.array(pushedStageSchema) }),
  ),
  documentChanges: z.array(changeSchema),
  warnings: z.array(ruleProblemSchema),
})
export type PushAnswer = z.infer<typeof pushAnswerSchema>
