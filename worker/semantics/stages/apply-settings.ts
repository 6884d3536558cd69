import type { DeploymentId } from '../../../kv-schemas/ids.ts'
import { toDeploymentId } from '../../../kv-schemas/ids.ts'
import type { CanaryRule, StageRule } from '../../../kv-schemas/rule-files/stage.ts'
import { setCanary, toCanaryRecord } from './canary.ts'
import { UNKNOWN } from './deploy.ts'
import { isSameJson } from './same-json.ts'
import { refused, revise, type StageOutcome } from './stage-change.ts'
import { toStageSettings, type CanaryRecord, type StageRecord } from './stage-record.ts'

/**
 * Applies a stage's rule file: settings take effect at once, as the next revision (aws-rest 8.1); nothing new makes no revision. The canary follows the file only
 * where the file changed since the last push, so that a push does not undo what an operator started, set or promoted by hand.
 */
export function applyStageRule(record: StageRecord, rule: StageRule, nowMs: number, isKnown: (id: DeploymentId) => boolean): StageOutcome {
  const settings = toStageSettings(rule)
  const pushedCanary = rule.canarySettings ?? null
  const canary = isSameJson(pushedCanary, record.pushedCanary) ? record.canary : followFile(record, pushedCanary, nowMs, isKnown)
  if (canary === 'unknown-deployment') return refused(UNKNOWN.deployment)
  const isSame = isSameJson(settings, record.settings) && isSameJson(canary, record.canary)
  if (!isSame) return revise(record, { settings, canary, pushedCanary: toPushed(record, pushedCanary) })
  return { kind: 'unchanged', record: { ...record, pushedCanary: toPushed(record, pushedCanary) } }
}

/** A stage without a deployment can't have a canary yet: the file's canary waits for the push after the first deployment. */
function toPushed(record: StageRecord, pushedCanary: CanaryRule | null): CanaryRule | null {
  return record.deploymentId === null ? null : pushedCanary
}

function followFile(record: StageRecord, rule: CanaryRule | null, nowMs: number, isKnown: (id: DeploymentId) => boolean): CanaryRecord | null | 'unknown-deployment' {
  if (rule === null || record.deploymentId === null) return null
  const named = rule.deploymentId === undefined ? (record.canary?.deploymentId ?? record.deploymentId) : toDeploymentId(rule.deploymentId)
  if (named === null || !isKnown(named)) return 'unknown-deployment'
  const fresh = toCanaryRecord(record, rule, named, nowMs)
  const { canary } = record
  if (canary === null || !isSameCrowd(canary, fresh)) return fresh
  // The same crowd keeps its salt: who is in stays in.
  const changed = setCanary(record, { ...rule, ...(rule.ramp === undefined ? {} : { percentTraffic: undefined }) }, nowMs)
  return changed.kind === 'refused' ? fresh : { ...(changed.record.canary ?? fresh), deploymentId: named }
}

function isSameCrowd(before: CanaryRecord, after: CanaryRecord): boolean {
  return before.stickiness?.type === after.stickiness?.type && before.stickiness?.name === after.stickiness?.name
}
