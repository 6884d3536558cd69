import { toMemberChange, type Change } from '../../semantics/compare/change.ts'
import { compareMembers } from '../../semantics/compare/compare-members.ts'
import { compareTables } from '../../semantics/compare/compare-tables.ts'
import { isSameJson } from '../../semantics/stages/same-json.ts'
import type { DocumentKind } from '../../semantics/rules/rule-documents.ts'
import { audit, type By } from './audit.ts'
import { readRow, readRows, write, type Book } from './book.ts'
import { post, RANK } from './outbox.ts'

/** A document of the account: the JSON that stands in KV under `key`. */
export interface AccountDocumentEntry {
  readonly key: string
  readonly kind: DocumentKind
  /** Where it came from: a rule file, which a later push without it takes away again; or the control API, which no push touches. */
  readonly source: 'rules' | 'api'
  readonly value: string
}

/** What a write does to the documents of the account. */
export interface DocumentWrite {
  readonly put: readonly AccountDocumentEntry[]
  readonly remove: readonly string[]
}

/** Reads a document; null when there is none. */
export function readDocument(book: Book, key: string): AccountDocumentEntry | null {
  return readRow<AccountDocumentEntry>(book, 'SELECT key, kind, source, value FROM document WHERE key = ?', key)
}

/** Lists the documents of a kind by key. */
export function listDocuments(book: Book, kind: DocumentKind): readonly AccountDocumentEntry[] {
  return readRows<AccountDocumentEntry>(book, 'SELECT key, kind, source, value FROM document WHERE kind = ? ORDER BY key', kind)
}

/** Writes documents, with audit log and publishing; the caller holds the transaction. What is the same already is left alone. */
export function writeDocuments(book: Book, { put, remove }: DocumentWrite, by: By): readonly string[] {
  const written: string[] = []
  for (const entry of put) {
    if (isKept(book, entry)) continue
    const isNew = readDocument(book, entry.key) === null
    const query = `INSERT INTO document (key, kind, source, value) VALUES (?, ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET kind = excluded.kind, source = excluded.source, value = excluded.value`
    write(book, query, entry.key, entry.kind, entry.source, entry.value)
    post(book, { key: entry.key, rank: RANK.pointer, content: { value: entry.value } })
    audit(book, by, { action: isNew ? 'create' : 'update', target: entry.key, detail: { source: entry.source } })
    written.push(entry.key)
  }
  for (const key of remove) {
    if (readDocument(book, key) === null) continue
    write(book, 'DELETE FROM document WHERE key = ?', key)
    post(book, { key, rank: RANK.pointer, content: null })
    audit(book, by, { action: 'delete', target: key, detail: {} })
    written.push(key)
  }
  return written
}

/** What a pushed rule folder does to the documents: puts its own, takes away what an earlier push put and this one has not. `kinds` are those it has files of. */
export function planDocuments(book: Book, put: readonly AccountDocumentEntry[], kinds: readonly DocumentKind[]): DocumentWrite {
  const kept = new Set(put.map(({ key }) => key))
  const remove = kinds.flatMap((kind) => listDocuments(book, kind)).filter(({ key, source }) => source === 'rules' && !kept.has(key))
  return { put: put.filter((entry) => !isKept(book, entry)), remove: remove.map(({ key }) => key) }
}

/** How the documents would differ, for a reviewer. Values of secret kinds are hashes or sealed; they show as they are stored. */
export function describeDocuments(book: Book, { put, remove }: DocumentWrite): readonly Change[] {
  const changed = put.flatMap((entry) => {
    const before = readDocument(book, entry.key)
    const after = JSON.parse(entry.value) as Record<string, unknown>
    if (before === null) return compareTables({}, { [entry.key]: after }, { noun: '' })
    const was = JSON.parse(before.value) as Record<string, unknown>
    return compareMembers(was, after).map((change) => toMemberChange(entry.key, change, warnOf(entry.kind, change.member, change.before, change.after)))
  })
  const removed = compareTables(Object.fromEntries(remove.map((key) => [key, {}])), {}, { noun: '', removed: 'what it allowed ends' })
  return [...changed, ...removed]
}

function isKept(book: Book, entry: AccountDocumentEntry): boolean {
  const before = readDocument(book, entry.key)
  return before !== null && before.source === entry.source && isSameJson(JSON.parse(before.value), JSON.parse(entry.value))
}

function warnOf(kind: DocumentKind, member: string, before: unknown, after: unknown): string | null {
  if (!/(?:rateLimit|burstLimit|quota\.limit|^quota|^throttle)$/u.test(member) || (kind !== 'account' && kind !== 'usage-plan')) return null
  if (after === undefined) return 'limit removed'
  return typeof before === 'number' && typeof after === 'number' && after < before ? 'limit lowered: callers may meet 429' : null
}
