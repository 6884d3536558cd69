import type { CachePurge } from '../../../kv-schemas/documents/stage.ts'
import type { ApiId, DeploymentId } from '../../../kv-schemas/ids.ts'
import type { CanaryRule, StageRule } from '../../../kv-schemas/rule-files/stage.ts'
import { applyStageRule } from '../../semantics/stages/apply-settings.ts'
import { cancelCanary, promoteCanary, setCanary, startCanary, type CanaryChanges } from '../../semantics/stages/canary.ts'
import { notFound, notPossible } from '../../semantics/stages/control-refusal.ts'
import { deployToStage, findPreviousDeployment, rollBackToDeployment, rollBackToRevision, UNKNOWN } from '../../semantics/stages/deploy.ts'
import { flushCache, purgeCache } from '../../semantics/stages/purge-cache.ts'
import { refused, type StageOutcome } from '../../semantics/stages/stage-change.ts'
import type { StageRecord } from '../../semantics/stages/stage-record.ts'
import type { By } from './audit.ts'
import { readRows, type Book } from './book.ts'
import { isDeployment, saveDeployment } from './deployments.ts'
import { readCompiledDraft, readDraft } from './drafts.ts'
import { readRevision } from './stages.ts'

/** What a control write asks of a stage. A deployment of null is the draft's. */
export type StageCommand =
  | { readonly kind: 'deploy'; readonly deploymentId: DeploymentId | null }
  | { readonly kind: 'rollback'; readonly to: { readonly deploymentId: DeploymentId } | { readonly revision: number } | null }
  | { readonly kind: 'settings'; readonly rule: StageRule }
  | { readonly kind: 'canary-start'; readonly rule: Omit<CanaryRule, 'deploymentId'>; readonly deploymentId: DeploymentId | null }
  | { readonly kind: 'canary-set'; readonly changes: CanaryChanges }
  | { readonly kind: 'canary-promote' }
  | { readonly kind: 'canary-cancel' }
  | { readonly kind: 'cache-flush' }
  | { readonly kind: 'cache-purge'; readonly purge: CachePurge }

/** Who asks, of which API. */
export interface CommandContext {
  readonly apiId: ApiId
  readonly by: By
}

/** Works out what a command makes of a stage; a draft that it deploys is kept as a deployment. The caller holds the transaction. */
export function carryOut(book: Book, record: StageRecord, command: StageCommand, context: CommandContext): StageOutcome {
  switch (command.kind) {
    case 'deploy':
      return withDeployment(book, command.deploymentId, context, (deploymentId) => deployToStage(record, deploymentId))
    case 'rollback':
      return rollBack(book, record, command.to)
    case 'settings':
      return applyStageRule(record, command.rule, book.nowMs(), (deploymentId) => isDeployment(book, deploymentId))
    case 'canary-start':
      return withDeployment(book, command.deploymentId, context, (deploymentId) => startCanary(record, command.rule, deploymentId, book.nowMs()))
    case 'canary-set':
      return setCanary(record, command.changes, book.nowMs())
    case 'canary-promote':
      return promoteCanary(record)
    case 'canary-cancel':
      return cancelCanary(record)
    case 'cache-flush':
      return flushCache(record)
    case 'cache-purge':
      return purgeCache(record, command.purge)
    default:
      return command satisfies never
  }
}

function withDeployment(book: Book, named: DeploymentId | null, { apiId, by }: CommandContext, then: (deploymentId: DeploymentId) => StageOutcome): StageOutcome {
  if (named !== null) return isDeployment(book, named) ? then(named) : refused(UNKNOWN.deployment)
  const draft = readDraft(book)
  const text = readCompiledDraft(book)
  if (draft === null || text === null) return refused(notFound('Invalid API identifier specified', 'push the rules of the API first'))
  saveDeployment(book, apiId, draft.deploymentId, text, by)
  return then(draft.deploymentId)
}

function rollBack(book: Book, record: StageRecord, to: (StageCommand & { kind: 'rollback' })['to']): StageOutcome {
  if (to !== null && 'revision' in to) return rollBackTo(book, record, to.revision)
  const deploymentId = to === null ? previousDeployment(book, record) : to.deploymentId
  if (deploymentId === null) return refused(notPossible(`Stage ${record.stageName} never ran another deployment`))
  return isDeployment(book, deploymentId) ? rollBackToDeployment(record, deploymentId) : refused(UNKNOWN.deployment)
}

function rollBackTo(book: Book, record: StageRecord, revision: number): StageOutcome {
  const past = readRevision(book, record.stageName, revision)?.record ?? null
  if (past === null) return refused(notFound(`Stage ${record.stageName} has no revision ${revision}`))
  const pointsAt = [past.deploymentId, past.canary?.deploymentId ?? null].filter((id) => id !== null)
  return pointsAt.every((id) => isDeployment(book, id)) ? rollBackToRevision(record, past) : refused(UNKNOWN.deployment)
}

/** The deployment that the stage ran last before the present one, of those that are still kept. */
function previousDeployment(book: Book, record: StageRecord): DeploymentId | null {
  const query = `SELECT json_extract(record, '$.deploymentId') AS deploymentId FROM stage_revision
    WHERE stage = ? AND record IS NOT NULL AND json_extract(record, '$.deploymentId') IN (SELECT id FROM deployment WHERE deleted_at_ms IS NULL) ORDER BY revision DESC`
  return findPreviousDeployment(record, readRows<Pick<StageRecord, 'deploymentId'>>(book, query, record.stageName))
}
