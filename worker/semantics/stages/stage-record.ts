import { DEFAULT_STAGE_RULE } from '../../../kv-schemas/defaults.ts'
import type { CachePurge, CanaryDocument, StageDocument } from '../../../kv-schemas/documents/stage.ts'
import type { ApiId, DeploymentId, StageName } from '../../../kv-schemas/ids.ts'
import { DOCUMENT_SCHEMA } from '../../../kv-schemas/keys.ts'
import type { CanaryRule, RampRule, StageRule } from '../../../kv-schemas/rule-files/stage.ts'

/** The settings of a stage that apply at once, without a deployment (aws-rest 8.1). */
export type StageSettings = Omit<StageDocument, 'schema' | 'apiId' | 'stageName' | 'revision' | 'deploymentId' | 'cacheEpoch' | 'cachePurges' | 'canarySettings'>

/** Where a ramp stands. */
export interface RampProgress extends RampRule {
  readonly stepIndex: number
  readonly stepEndsAtMs: number
}

/** A canary as the Ledger keeps it: what the data plane runs, and its ramp. */
export interface CanaryRecord extends CanaryDocument {
  readonly ramp: RampProgress | null
}

/**
 * A stage as the Ledger keeps it: one revision. Every change makes the next one; `revision` only grows, also when a stage is deleted and made again, because the
 * data plane never goes back to an earlier one.
 */
export interface StageRecord {
  readonly apiId: ApiId
  readonly stageName: StageName
  readonly revision: number
  /** Null until the first deployment; until then the data plane does not see the stage. */
  readonly deploymentId: DeploymentId | null
  readonly cacheEpoch: number
  /** Purges of single methods and tags since the last flush. */
  readonly cachePurges: readonly CachePurge[]
  readonly settings: StageSettings
  readonly canary: CanaryRecord | null
  /** The canary settings that the rule file had at the last push: a push changes a canary only where the file changed. */
  readonly pushedCanary: CanaryRule | null
}

/** A stage of which nothing is known yet, after `lastRevision` (0 for a new one). */
export function emptyStage(apiId: ApiId, stageName: StageName, lastRevision: number): StageRecord {
  return {
    apiId,
    stageName,
    revision: lastRevision,
    deploymentId: null,
    cacheEpoch: 0,
    cachePurges: [],
    settings: toStageSettings(DEFAULT_STAGE_RULE),
    canary: null,
    pushedCanary: null,
  }
}

/** The settings that a rule file gives, Amazon's defaults filled in. */
export function toStageSettings(rule: StageRule): StageSettings {
  return {
    variables: rule.variables,
    methodSettings: rule.methodSettings,
    cacheClusterEnabled: rule.cacheClusterEnabled,
    cacheClusterSize: rule.cacheClusterSize ?? null,
    cachePolicy: rule.cachePolicy,
    coalescing: rule.coalescing,
    cacheStatus: rule.cacheStatus,
    accessLogSettings: rule.accessLogSettings ?? null,
    tracingEnabled: rule.tracingEnabled,
    webAcl: rule.webAcl ?? null,
    description: rule.description,
    tags: rule.tags,
  }
}

/** What the data plane reads of a stage; null before its first deployment. */
export function toStageDocument(record: StageRecord): StageDocument | null {
  if (record.deploymentId === null) return null
  return {
    schema: DOCUMENT_SCHEMA,
    apiId: record.apiId,
    stageName: record.stageName,
    revision: record.revision,
    deploymentId: record.deploymentId,
    cacheEpoch: record.cacheEpoch,
    cachePurges: [...record.cachePurges],
    ...record.settings,
    canarySettings: record.canary === null ? null : toCanaryDocument(record.canary),
  }
}

function toCanaryDocument(canary: CanaryRecord): CanaryDocument {
  const { percentTraffic, deploymentId, stageVariableOverrides, useStageCache, stickiness } = canary
  return { percentTraffic, deploymentId, stageVariableOverrides, useStageCache, stickiness }
}

/** The deployments that a stage points at: what may not be deleted. */
export function deploymentsOf(record: StageRecord): readonly DeploymentId[] {
  return [record.deploymentId, record.canary?.deploymentId ?? null].filter((id) => id !== null)
}
