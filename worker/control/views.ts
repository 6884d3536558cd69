import type { ApiView, AuditView, CanaryView, DeploymentView, RevisionView, StageView, StageWrittenView } from '../../kv-schemas/control-api/answers.ts'
import type { ApiId } from '../../kv-schemas/ids.ts'
import type { ApiOverview, StageWrittenAndSent } from '../objects/ledger.ts'
import type { AuditEntry } from '../objects/ledger/audit.ts'
import type { DeploymentEntry } from '../objects/ledger/deployments.ts'
import type { Draft } from '../objects/ledger/drafts.ts'
import type { RevisionEntry } from '../objects/ledger/stages.ts'
import { deploymentsOf, type CanaryRecord, type StageRecord } from '../semantics/stages/stage-record.ts'

/** Shows a stage. `draft` is the draft of its API. */
export function toStageView({ settings, canary, pushedCanary: _pushedCanary, cachePurges, ...record }: StageRecord, draft: Pick<Draft, 'deploymentId'> | null): StageView {
  return {
    ...record,
    ...settings,
    cachePurges: [...cachePurges],
    canarySettings: canary === null ? null : toCanaryView(canary),
    runsDraft: draft === null ? null : record.deploymentId === draft.deploymentId,
  }
}

/** Shows an API with its stages. */
export function toApiView(apiId: ApiId, { draft, stages }: ApiOverview): ApiView {
  return { apiId, draft: draft === null ? null : toDraftView(draft), stages: stages.map((stage) => toStageView(stage, draft)) }
}

/** Shows what a write made of a stage. */
export function toWrittenView({ record, isChanged, isPublished, note }: StageWrittenAndSent, draft: Pick<Draft, 'deploymentId'> | null): StageWrittenView {
  return { stage: toStageView(record, draft), isChanged, isPublished, note }
}

/** Shows a deployment, with the stages that run it. */
export function toDeploymentView({ createdAtMs, changes, ...entry }: DeploymentEntry, stages: readonly StageRecord[]): DeploymentView {
  const running = stages.filter((stage) => deploymentsOf(stage).includes(entry.deploymentId)).map((stage) => stage.stageName)
  return { ...entry, createdAt: toIso(createdAtMs), changes: [...changes], stages: running }
}

/** Shows a revision of a stage. */
export function toRevisionView({ atMs, record, changes, ...entry }: RevisionEntry): RevisionView {
  return { ...entry, at: toIso(atMs), deploymentId: record?.deploymentId ?? null, changes: [...changes] }
}

/** Shows an entry of the audit log. */
export function toAuditView({ atMs, ...entry }: AuditEntry): AuditView {
  return { ...entry, at: toIso(atMs) }
}

function toDraftView({ pushedAtMs, ...draft }: Draft): NonNullable<ApiView['draft']> {
  return { ...draft, pushedAt: toIso(pushedAtMs) }
}

function toCanaryView({ stickiness, ramp, ...canary }: CanaryRecord): CanaryView {
  return {
    ...canary,
    stickiness: stickiness === null ? null : { type: stickiness.type, name: stickiness.name },
    ramp: ramp === null ? null : { steps: ramp.steps, promote: ramp.promote, stepIndex: ramp.stepIndex, stepEndsAt: toIso(ramp.stepEndsAtMs) },
  }
}

const toIso = (ms: number): string => new Date(ms).toISOString()
