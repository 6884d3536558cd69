import { readRows, write, type Book } from './book.ts'

/** Who wrote, on whose behalf, and why. */
export interface By {
  /** The name of the token. */
  readonly actor: string
  /** Whom the caller named, or the name of the token. */
  readonly author: string
  readonly message: string
  /** The commit of the source that the rules came from. */
  readonly sourceCommit: string | null
}

/** One entry of the audit log: a write that was done. */
export interface AuditEntry extends By {
  readonly number: number
  readonly atMs: number
  readonly action: string
  /** What was written to: `stage dev`, `deployment 0123...`, `api-key ...`. */
  readonly target: string
  readonly detail: Readonly<Record<string, string | number | boolean | null>>
}

/** Notes a write, in the same transaction as the write itself. */
export function audit(book: Book, by: By, entry: Pick<AuditEntry, 'action' | 'target' | 'detail'>): void {
  write(
    book,
    'INSERT INTO audit (at_ms, actor, author, action, target, message, source_commit, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    book.nowMs(),
    by.actor,
    by.author,
    entry.action,
    entry.target,
    by.message,
    by.sourceCommit,
    JSON.stringify(entry.detail),
  )
}

/** A page of a list, newest first: at most `limit` entries, older than `before`. */
export interface Page {
  readonly limit: number
  readonly before: number | null
}

interface AuditRow extends Omit<By, 'sourceCommit'> {
  readonly number: number
  readonly at_ms: number
  readonly action: string
  readonly target: string
  readonly source_commit: string | null
  readonly detail: string
}

/** Reads the audit log. */
export function listAudit(book: Book, { limit, before }: Page): readonly AuditEntry[] {
  const rows = readRows<AuditRow>(book, 'SELECT * FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?', before ?? Number.MAX_SAFE_INTEGER, limit)
  return rows.map(toEntry)
}

function toEntry({ at_ms, source_commit, detail, ...row }: AuditRow): AuditEntry {
  return { ...row, atMs: at_ms, sourceCommit: source_commit, detail: JSON.parse(detail) as AuditEntry['detail'] }
}
