import type { ApiId, DeploymentId, StageName } from '../../../kv-schemas/ids.ts'
import type { ControlRefusal } from '../../semantics/stages/control-refusal.ts'
import { notFound, notPossible } from '../../semantics/stages/control-refusal.ts'
import { UNKNOWN } from '../../semantics/stages/deploy.ts'
import { deploymentsOf, type StageRecord } from '../../semantics/stages/stage-record.ts'
import { audit, type By } from './audit.ts'
import { readRow, type Book } from './book.ts'
import { carryOut, type StageCommand } from './commands.ts'
import { deleteDeployment, isDeployment } from './deployments.ts'
import { readDraft } from './drafts.ts'
import { deleteStage, keepStage, listStages, readStage, saveStage } from './stages.ts'

/** What the Ledger answers: a value, or why not. Plain data, because it travels between objects. */
export type Reply<Value> = { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly refusal: ControlRefusal }

/** A control write to a stage. */
export interface StageWrite {
  readonly apiId: ApiId
  readonly stageName: StageName
  readonly by: By
  /** The revision that the caller saw, from `If-Match`; null when the caller does not mind. */
  readonly ifRevision: number | null
}

/** A stage after a write. */
export interface StageWritten {
  readonly record: StageRecord
  readonly isChanged: boolean
  readonly note: string | null
}

/** Changes a stage: all of it, with history, audit and publishing, or nothing. */
export function changeStage(book: Book, stageWrite: StageWrite, command: StageCommand): Reply<StageWritten> {
  return inOneGo(book, (refuse) => {
    const before = expectStage(book, stageWrite, refuse)
    const outcome = carryOut(book, before, command, stageWrite)
    switch (outcome.kind) {
      case 'refused':
        return refuse(outcome.refusal)
      case 'unchanged':
        keepStage(book, outcome.record)
        return { record: outcome.record, isChanged: false, note: outcome.note ?? null }
      case 'changed':
        saveStage(book, before, outcome.record, stageWrite.by, command.kind)
        return { record: outcome.record, isChanged: true, note: outcome.note ?? null }
      default:
        return outcome satisfies never
    }
  })
}

/** Deletes a stage. */
export function removeStage(book: Book, stageWrite: StageWrite): Reply<{ readonly revision: number }> {
  return inOneGo(book, (refuse) => {
    const before = expectStage(book, stageWrite, refuse)
    deleteStage(book, before, stageWrite.by)
    return { revision: before.revision + 1 }
  })
}

/** Deletes a deployment, unless a stage points at it (aws-rest 8.1). */
export function removeDeployment(book: Book, { apiId, deploymentId, by }: { readonly apiId: ApiId; readonly deploymentId: DeploymentId; readonly by: By }): Reply<null> {
  return inOneGo(book, (refuse) => {
    if (!isDeployment(book, deploymentId)) return refuse(UNKNOWN.deployment)
    const pointing = listStages(book).filter((record) => deploymentsOf(record).includes(deploymentId))
    if (pointing.length > 0) {
      const names = pointing.map((record) => record.stageName).join(', ')
      return refuse(notPossible('Active stages pointing to this deployment must be moved or deleted', `stages: ${names}`))
    }
    deleteDeployment(book, apiId, deploymentId)
    audit(book, by, { action: 'delete', target: `deployment ${deploymentId}`, detail: {} })
    return null
  })
}

/** Runs a write in one transaction; `refuse` ends it, and nothing of it stays. */
export function inOneGo<Value>(book: Book, work: (refuse: (refusal: ControlRefusal) => never) => Value): Reply<Value> {
  let reason: ControlRefusal | null = null
  const refuse = (refusal: ControlRefusal): never => {
    reason = refusal
    throw new Error('refused: the transaction is undone')
  }
  try {
    return { ok: true, value: book.atomically(() => work(refuse)) }
  } catch (error) {
    if (reason !== null) return { ok: false, refusal: reason }
    throw error
  }
}

function expectStage(book: Book, { apiId, stageName, ifRevision }: StageWrite, refuse: (refusal: ControlRefusal) => never): StageRecord {
  const record = readStage(book, stageName)
  if (record === null) {
    if (readDraft(book) === null) return refuse(notFound('Invalid API identifier specified', `no rules of the API ${apiId} were pushed`))
    return refuse({ ...UNKNOWN.stage, hint: `${apiId} has ${describeStages(book)}; a stage comes with its file in the rules` })
  }
  if (ifRevision !== null && ifRevision !== record.revision) {
    return refuse({
      kind: 'stale-revision',
      detail: `Stage ${stageName} is at revision ${record.revision}; the write was meant for revision ${ifRevision}.`,
      hint: 'look at the stage again and repeat the write with its present revision',
      currentRevision: record.revision,
    })
  }
  return record
}

function describeStages(book: Book): string {
  const names = listStages(book).map((record) => record.stageName)
  return names.length === 0 ? 'no stage' : `the stages ${names.join(', ')}`
}

/** Whether the book has anything of an API: a draft, or a stage. */
export function hasApi(book: Book): boolean {
  return readDraft(book) !== null || readRow(book, 'SELECT name FROM stage WHERE record IS NOT NULL LIMIT 1') !== null
}
