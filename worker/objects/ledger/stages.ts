import type { ApiId, StageName } from '../../../kv-schemas/ids.ts'
import { stageKey } from '../../../kv-schemas/keys.ts'
import type { Change } from '../../semantics/compare/change.ts'
import { compareDeployments } from '../../semantics/compare/compare-deployments.ts'
import { compareStages } from '../../semantics/compare/compare-stages.ts'
import { emptyStage, toStageDocument, type StageRecord } from '../../semantics/stages/stage-record.ts'
import { audit, type By, type Page } from './audit.ts'
import { readRow, readRows, write, type Book } from './book.ts'
import { LIMITS, parseDeployment, readDeployment } from './deployments.ts'
import { post, RANK } from './outbox.ts'

/** One revision in the history of a stage; its record is null where the stage was deleted. */
export interface RevisionEntry extends By {
  readonly revision: number
  readonly action: string
  readonly atMs: number
  readonly record: StageRecord | null
  readonly changes: readonly Change[]
}

interface RevisionRow extends Omit<By, 'sourceCommit'> {
  readonly revision: number
  readonly action: string
  readonly at_ms: number
  readonly record: string | null
  readonly source_commit: string | null
  readonly changes: string
}

const COLUMNS = 'revision, action, actor, author, message, source_commit, at_ms, record, changes'

/** Reads a stage; null when there is none, or it was deleted. */
export function readStage(book: Book, name: StageName): StageRecord | null {
  const row = readRow<{ record: string | null }>(book, 'SELECT record FROM stage WHERE name = ?', name)
  return row === null || row.record === null ? null : parseRecord(row.record)
}

/** Reads a stage, or what a new one starts from: revisions go on where a deleted one of the name ended. */
export function readOrNewStage(book: Book, apiId: ApiId, name: StageName): StageRecord {
  const row = readRow<{ revision: number; record: string | null }>(book, 'SELECT revision, record FROM stage WHERE name = ?', name)
  return row === null || row.record === null ? emptyStage(apiId, name, row?.revision ?? 0) : parseRecord(row.record)
}

/** Lists the stages by name. */
export function listStages(book: Book): readonly StageRecord[] {
  return readRows<{ record: string }>(book, 'SELECT record FROM stage WHERE record IS NOT NULL ORDER BY name').map(({ record }) => parseRecord(record))
}

/** Keeps a stage whose settings did not change: what only the control plane remembers of it may have. */
export function keepStage(book: Book, record: StageRecord): void {
  write(
    book,
    'INSERT INTO stage (name, revision, record) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET revision = excluded.revision, record = excluded.record',
    record.stageName,
    record.revision,
    JSON.stringify(record),
  )
}

/** Saves a new revision of a stage: the stage, its history, the audit log and the letter to KV, which the caller holds in one transaction. */
export function saveStage(book: Book, before: StageRecord | null, after: StageRecord, by: By, action: string): void {
  keepStage(book, after)
  const changes = describeChanges(book, before, after)
  noteRevision(book, { ...by, revision: after.revision, action, record: after, changes }, after.stageName)
  audit(book, by, { action, target: `stage ${after.stageName}`, detail: { revision: after.revision, deploymentId: after.deploymentId, before: before?.deploymentId ?? null } })
  const document = toStageDocument(after)
  if (document !== null) post(book, { key: stageKey(after.apiId, after.stageName), rank: RANK.pointer, content: { value: JSON.stringify(document) } })
}

/** Deletes a stage. Its history stays, and its revisions go on if it is made again. */
export function deleteStage(book: Book, record: StageRecord, by: By): void {
  const revision = record.revision + 1
  write(book, 'UPDATE stage SET revision = ?, record = NULL WHERE name = ?', revision, record.stageName)
  noteRevision(book, { ...by, revision, action: 'delete', record: null, changes: [] }, record.stageName)
  audit(book, by, { action: 'delete', target: `stage ${record.stageName}`, detail: { revision, deploymentId: null, before: record.deploymentId } })
  if (record.deploymentId !== null) post(book, { key: stageKey(record.apiId, record.stageName), rank: RANK.pointer, content: null })
}

/** Lists the revisions of a stage, newest first. */
export function listRevisions(book: Book, name: StageName, { limit, before }: Page): readonly RevisionEntry[] {
  const query = `SELECT ${COLUMNS} FROM stage_revision WHERE stage = ? AND revision < ? ORDER BY revision DESC LIMIT ?`
  return readRows<RevisionRow>(book, query, name, before ?? Number.MAX_SAFE_INTEGER, limit).map(toEntry)
}

/** Reads one revision of a stage. */
export function readRevision(book: Book, name: StageName, revision: number): RevisionEntry | null {
  const row = readRow<RevisionRow>(book, `SELECT ${COLUMNS} FROM stage_revision WHERE stage = ? AND revision = ?`, name, revision)
  return row === null ? null : toEntry(row)
}

/** What a revision changes: its settings, and the routes of the deployment where the pointer moved. */
function describeChanges(book: Book, before: StageRecord | null, after: StageRecord): readonly Change[] {
  const settings = compareStages(before, after)
  const [from, to] = [before?.deploymentId ?? null, after.deploymentId]
  if (from === null || to === null || from === to) return settings.slice(0, LIMITS.changesMax)
  const [one, other] = [readDeployment(book, from), readDeployment(book, to)]
  const routes = one === null || other === null ? [] : compareDeployments(parseDeployment(one), parseDeployment(other))
  return [...settings, ...routes].slice(0, LIMITS.changesMax)
}

function noteRevision(book: Book, entry: Omit<RevisionEntry, 'atMs'>, name: StageName): void {
  write(
    book,
    'INSERT INTO stage_revision (stage, revision, record, action, actor, author, message, source_commit, at_ms, changes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    name,
    entry.revision,
    entry.record === null ? null : JSON.stringify(entry.record),
    entry.action,
    entry.actor,
    entry.author,
    entry.message,
    entry.sourceCommit,
    book.nowMs(),
    JSON.stringify(entry.changes),
  )
}

function toEntry({ at_ms, record, source_commit, changes, ...row }: RevisionRow): RevisionEntry {
  return { ...row, atMs: at_ms, sourceCommit: source_commit, record: record === null ? null : parseRecord(record), changes: JSON.parse(changes) as readonly Change[] }
}

function parseRecord(text: string): StageRecord {
  return JSON.parse(text) as StageRecord
}
