import type { ApiId } from '../../../kv-schemas/ids.ts'
import type { Change } from '../../semantics/compare/change.ts'
import type { DocumentKind } from '../../semantics/rules/rule-documents.ts'
import { audit, type By } from './audit.ts'
import { readRow, readRows, write, writeSetting, type Book } from './book.ts'
import { describeDocuments, planDocuments, writeDocuments, type AccountDocumentEntry, type DocumentWrite } from './documents.ts'
import type { ApiPush, PushedApi } from './push-api.ts'
import { deleteText, readText, writeText } from './texts.ts'

/** A whole push: one rule folder. It travels from the control API to the account's Ledger, which brings each API's part to the Ledger of that API. */
export interface Push {
  readonly pushId: string
  readonly by: By
  readonly apis: readonly ApiPush[]
  readonly documents: readonly AccountDocumentEntry[]
  /** The kinds of documents that the folder has files of. */
  readonly kinds: readonly DocumentKind[]
  /** Whether the caller may change what belongs to the account. */
  readonly mayChangeAccount: boolean
}

/** What a push did, or would do. */
export interface Pushed {
  readonly apis: readonly PushedApi[]
  readonly documentChanges: readonly Change[]
  /** False when an API's Ledger could not be reached: the push goes on by itself until it is done. */
  readonly isComplete: boolean
}

/** An API that did not take its part after all: it changed between the check and the push. The audit log says so. */
export interface PartRefusal {
  readonly apiId: ApiId
  readonly detail: string
}

const JOURNAL = 'push-journal'

/** The push that is under way, from the journal; null when there is none. */
export function readJournal(book: Book): Push | null {
  const text = readText(book, JOURNAL)
  return text === null ? null : (JSON.parse(text) as Push)
}

/**
 * Writes a push into the journal: from here on it will be carried out whatever stops in between; before, nothing of it stays. Each API takes its part by the id of
 * the push, once.
 */
export function openJournal(book: Book, push: Push): void {
  writeText(book, JOURNAL, JSON.stringify(push))
}

/** Ends a push: the account's own documents, the list of APIs, the audit log, all in the caller's transaction. */
export function closeJournal(book: Book, push: Push, refusals: readonly PartRefusal[]): void {
  writeDocuments(book, planDocuments(book, push.documents, push.kinds), push.by)
  for (const { apiId } of push.apis) write(book, 'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING', `api:${apiId}`, String(book.nowMs()))
  audit(book, push.by, { action: 'push', target: 'rules', detail: { apis: push.apis.map(({ apiId }) => apiId).join(' '), files: push.apis.reduce((sum, { files }) => sum + files.length, 0) } })
  for (const { apiId, detail } of refusals) audit(book, push.by, { action: 'push-refused', target: `api ${apiId}`, detail: { reason: detail } })
  deleteText(book, JOURNAL)
}

/** What the push does to the account's documents. */
export function planPushedDocuments(book: Book, push: Push): { readonly writes: DocumentWrite; readonly changes: readonly Change[] } {
  const writes = planDocuments(book, push.documents, push.kinds)
  return { writes, changes: describeDocuments(book, writes) }
}

/** The APIs that were ever pushed, and not deleted since. */
export function listApis(book: Book): readonly ApiId[] {
  const rows = readRows<{ name: string }>(book, "SELECT name FROM setting WHERE name GLOB 'api:*' ORDER BY name")
  return rows.map(({ name }) => name.slice('api:'.length) as ApiId)
}

/** Takes an API off the list. */
export function forgetApi(book: Book, apiId: ApiId, by: By): void {
  writeSetting(book, `api:${apiId}`, null)
  audit(book, by, { action: 'delete', target: `api ${apiId}`, detail: {} })
}

/** Whether a push waits to be finished. */
export function hasJournal(book: Book): boolean {
  return readRow(book, 'SELECT name FROM text_part WHERE name = ? LIMIT 1', JOURNAL) !== null
}
