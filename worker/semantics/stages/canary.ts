import type { DeploymentId } from '../../../kv-schemas/ids.ts'
import type { CanaryRule, RampRule, Stickiness } from '../../../kv-schemas/rule-files/stage.ts'
import { notPossible } from './control-refusal.ts'
import { refused, revise, type StageOutcome } from './stage-change.ts'
import type { CanaryRecord, RampProgress, StageRecord } from './stage-record.ts'

/** Starts a canary: a share of the traffic goes to another deployment (aws-rest 8.4). */
export function startCanary(record: StageRecord, rule: Omit<CanaryRule, 'deploymentId'>, deploymentId: DeploymentId, nowMs: number): StageOutcome {
  if (record.deploymentId === null) {
    // Amazon's text, its missing blank included.
    return refused(notPossible(`Invalid deployment content specified.Stage ${record.stageName} must already be created before making a canary release deployment`))
  }
  if (record.canary !== null) return refused(notPossible(`Stage ${record.stageName} has a canary already`, 'set, promote or cancel it first'))
  return revise(record, { canary: toCanaryRecord(record, rule, deploymentId, nowMs) })
}

/** What may be changed of a canary that runs. A percentage or a ramp takes the place of the ramp before. */
export interface CanaryChanges {
  readonly percentTraffic?: number | undefined
  readonly ramp?: RampRule | undefined
  readonly stageVariableOverrides?: Readonly<Record<string, string>> | undefined
  readonly useStageCache?: boolean | undefined
}

/** Changes a canary that runs; its callers keep their place, because the salt stays. */
export function setCanary(record: StageRecord, changes: CanaryChanges, nowMs: number): StageOutcome {
  if (record.canary === null) return refused(noCanary('Update'))
  const { canary } = record
  const ramp = changes.ramp === undefined ? (changes.percentTraffic === undefined ? canary.ramp : null) : beginRamp(changes.ramp, nowMs)
  const percentTraffic = changes.ramp === undefined ? (changes.percentTraffic ?? canary.percentTraffic) : percentOf(ramp, 0)
  return revise(record, {
    canary: {
      ...canary,
      percentTraffic,
      ramp,
      stageVariableOverrides: changes.stageVariableOverrides === undefined ? canary.stageVariableOverrides : { ...changes.stageVariableOverrides },
      useStageCache: changes.useStageCache ?? canary.useStageCache,
    },
  })
}

/**
 * Makes the canary the stage: its deployment and its variables, merged over the stage's own.
 * Differs from Amazon: there it takes three patch operations and the canary stays, at 0 %; here the canary ends.
 */
export function promoteCanary(record: StageRecord): StageOutcome {
  if (record.canary === null) return refused(noCanary('Promotion'))
  const { deploymentId, stageVariableOverrides } = record.canary
  const variables = { ...record.settings.variables, ...stageVariableOverrides }
  return revise(record, { deploymentId, settings: { ...record.settings, variables }, canary: null })
}

/** Ends a canary: all traffic goes to the stage's own deployment again. */
export function cancelCanary(record: StageRecord): StageOutcome {
  if (record.canary === null) return refused(noCanary('Cancellation'))
  return revise(record, { canary: null })
}

/** Amazon's text for a promotion; the others follow its form. */
function noCanary(what: 'Promotion' | 'Cancellation' | 'Update') {
  return notPossible(`${what} not available. Canary does not exist.`)
}

/** A canary as it starts. The salt is the stage and the revision it starts with: each canary meets other callers first, and one canary always the same. */
export function toCanaryRecord(record: StageRecord, rule: Omit<CanaryRule, 'deploymentId'>, deploymentId: DeploymentId, nowMs: number): CanaryRecord {
  const ramp = rule.ramp === undefined ? null : beginRamp(rule.ramp, nowMs)
  return {
    deploymentId,
    percentTraffic: ramp === null ? rule.percentTraffic : percentOf(ramp, 0),
    stageVariableOverrides: rule.stageVariableOverrides,
    useStageCache: rule.useStageCache,
    stickiness: rule.stickiness === undefined ? null : toSalted(rule.stickiness, `${record.apiId}/${record.stageName}/${record.revision + 1}`),
    ramp,
  }
}

function toSalted(stickiness: Stickiness, salt: string): CanaryRecord['stickiness'] {
  return { type: stickiness.type, name: 'name' in stickiness ? stickiness.name : null, salt }
}

function beginRamp(rule: RampRule, nowMs: number): RampProgress {
  return { ...rule, stepIndex: 0, stepEndsAtMs: nowMs + (rule.steps[0]?.dwellSeconds ?? 0) * 1000 }
}

function percentOf(ramp: RampProgress | null, stepIndex: number): number {
  return ramp?.steps[stepIndex]?.percentTraffic ?? 0
}
