import type { DeploymentId } from '../../../kv-schemas/ids.ts'
import { notFound, notPossible } from './control-refusal.ts'
import { refused, revise, type StageOutcome } from './stage-change.ts'
import type { StageRecord } from './stage-record.ts'

/**
 * Deploys to a stage. A stage that has a canary gets the new deployment in its canary alone, as on Amazon (aws-rest 8.4). The same deployment again is a new
 * revision too: somebody deployed, and history says who.
 */
export function deployToStage(record: StageRecord, deploymentId: DeploymentId): StageOutcome {
  if (record.canary === null) return revise(record, { deploymentId })
  const { record: next, kind } = revise(record, { canary: { ...record.canary, deploymentId } })
  return { kind, record: next, note: 'The stage has a canary: the deployment went to the canary, the rest of the traffic stays where it was.' }
}

/** Points a stage at an earlier deployment: Amazon's way to roll back, all settings stay (aws-rest 8.1). */
export function rollBackToDeployment(record: StageRecord, deploymentId: DeploymentId): StageOutcome {
  if (record.deploymentId === deploymentId) return { kind: 'unchanged', record, note: `The stage runs ${deploymentId} already.` }
  const { record: next, kind } = revise(record, { deploymentId })
  return record.canary === null
    ? { kind, record: next }
    : { kind, record: next, note: 'The canary goes on with its own deployment; cancel it to take all traffic back.' }
}

/** Gives a stage the deployment, settings and canary of an earlier revision. The cache stays flushed as it is; a ramp does not start again. */
export function rollBackToRevision(record: StageRecord, past: StageRecord): StageOutcome {
  if (past.deploymentId === null) return refused(notPossible(`Revision ${past.revision} had no deployment`))
  const canary = past.canary === null ? null : { ...past.canary, ramp: null }
  return revise(record, { deploymentId: past.deploymentId, settings: past.settings, canary })
}

/** The deployment that a stage ran before the present one; revisions are given newest first. */
export function findPreviousDeployment(record: StageRecord, revisions: Iterable<Pick<StageRecord, 'deploymentId'>>): DeploymentId | null {
  for (const { deploymentId } of revisions) if (deploymentId !== null && deploymentId !== record.deploymentId) return deploymentId
  return null
}

/** Amazon's texts for names that lead nowhere. */
export const UNKNOWN = {
  stage: notFound('Invalid stage identifier specified'),
  deployment: notFound('Deployment id does not exist', '"stagedoor deployments API" lists the deployments'),
} as const
