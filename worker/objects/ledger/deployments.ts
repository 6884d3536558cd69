import type { DeploymentDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { ApiId, DeploymentId } from '../../../kv-schemas/ids.ts'
import { deploymentKey } from '../../../kv-schemas/keys.ts'
import type { Change } from '../../semantics/compare/change.ts'
import { compareDeployments } from '../../semantics/compare/compare-deployments.ts'
import type { By, Page } from './audit.ts'
import { readRow, readRows, write, type Book } from './book.ts'
import { post, RANK } from './outbox.ts'
import { deleteText, readText, writeText } from './texts.ts'

/** How long a deleted deployment can still be read: an isolate far away may hold an old pointer for as long as KV lags (design section 4). */
export const LIMITS = { graceMs: 600_000, changesMax: 200 } as const

/** A deployment in the list: who made it, when, why, and how it differs from the one before. */
export interface DeploymentEntry {
  readonly deploymentId: DeploymentId
  /** Counts the API's deployments from 1. */
  readonly number: number
  readonly author: string
  readonly message: string
  readonly sourceCommit: string | null
  readonly createdAtMs: number
  readonly changes: readonly Change[]
}

interface DeploymentRow extends Omit<DeploymentEntry, 'deploymentId' | 'sourceCommit' | 'createdAtMs' | 'changes'> {
  readonly id: string
  readonly source_commit: string | null
  readonly created_at_ms: number
  readonly changes: string
}

const COLUMNS = 'id, number, author, message, source_commit, created_at_ms, changes'
const textName = (id: DeploymentId): string => `deployment:${id}`

/** Keeps a deployment and has it published; the same content has the same id and is kept once. */
export function saveDeployment(book: Book, apiId: ApiId, deploymentId: DeploymentId, text: string, by: By): void {
  const isKept = readRow(book, 'SELECT id FROM deployment WHERE id = ? AND deleted_at_ms IS NULL', deploymentId) !== null
  if (isKept) return
  const [last] = listDeployments(book, { limit: 1, before: null })
  const before = last === undefined ? null : readDeployment(book, last.deploymentId)
  const changes = compareDeployments(before === null ? null : parseDeployment(before), parseDeployment(text))
  const highest = readRow<{ number: number | null }>(book, 'SELECT MAX(number) AS number FROM deployment')?.number ?? 0
  write(book, 'DELETE FROM deployment WHERE id = ?', deploymentId)
  write(
    book,
    'INSERT INTO deployment (id, number, author, message, source_commit, created_at_ms, changes) VALUES (?, ?, ?, ?, ?, ?, ?)',
    deploymentId,
    highest + 1,
    by.author,
    by.message,
    by.sourceCommit,
    book.nowMs(),
    JSON.stringify(changes.slice(0, LIMITS.changesMax)),
  )
  writeText(book, textName(deploymentId), text)
  post(book, { key: deploymentKey(apiId, deploymentId), rank: RANK.deployment, content: { textName: textName(deploymentId) } })
}

/** The document of a deployment as text; also of one that was deleted a moment ago. */
export function readDeployment(book: Book, deploymentId: DeploymentId): string | null {
  return readText(book, textName(deploymentId))
}

/** Reads a deployment that a deployment of this Ledger made. */
export function parseDeployment(text: string): DeploymentDocument {
  return JSON.parse(text) as DeploymentDocument
}

/** Whether stages may point at a deployment. */
export function isDeployment(book: Book, deploymentId: DeploymentId): boolean {
  return readRow(book, 'SELECT id FROM deployment WHERE id = ? AND deleted_at_ms IS NULL', deploymentId) !== null
}

/** Lists deployments, newest first; the page counts by their numbers. */
export function listDeployments(book: Book, { limit, before }: Page): readonly DeploymentEntry[] {
  const query = `SELECT ${COLUMNS} FROM deployment WHERE deleted_at_ms IS NULL AND number < ? ORDER BY number DESC LIMIT ?`
  return readRows<DeploymentRow>(book, query, before ?? Number.MAX_SAFE_INTEGER, limit).map(toEntry)
}

/** One entry of the list; null when there is no such deployment. */
export function findDeployment(book: Book, deploymentId: DeploymentId): DeploymentEntry | null {
  const row = readRow<DeploymentRow>(book, `SELECT ${COLUMNS} FROM deployment WHERE id = ? AND deleted_at_ms IS NULL`, deploymentId)
  return row === null ? null : toEntry(row)
}

/** Deletes a deployment that no stage points at: from the list at once, from KV and from the book after a grace. */
export function deleteDeployment(book: Book, apiId: ApiId, deploymentId: DeploymentId): void {
  write(book, 'UPDATE deployment SET deleted_at_ms = ? WHERE id = ?', book.nowMs(), deploymentId)
  post(book, { key: deploymentKey(apiId, deploymentId), rank: RANK.removal, content: null, dueMs: book.nowMs() + LIMITS.graceMs })
}

/** Forgets deployments whose grace is over. */
export function purgeDeployments(book: Book): void {
  for (const { id } of readRows<{ id: string }>(book, 'SELECT id FROM deployment WHERE deleted_at_ms <= ?', book.nowMs() - LIMITS.graceMs)) {
    deleteText(book, textName(id as DeploymentId))
    write(book, 'DELETE FROM deployment WHERE id = ?', id)
  }
}

function toEntry({ id, source_commit, created_at_ms, changes, ...row }: DeploymentRow): DeploymentEntry {
  return { ...row, deploymentId: id as DeploymentId, sourceCommit: source_commit, createdAtMs: created_at_ms, changes: JSON.parse(changes) as readonly Change[] }
}
