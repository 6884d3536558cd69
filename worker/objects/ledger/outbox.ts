import { readRow, readRows, write, type Book } from './book.ts'
import { readText } from './texts.ts'

/** KV takes one write a second to a key (platform section 1); a failed write is tried again, later each time. */
export const LIMITS = { keyIntervalMs: 1_000, retryMsFirst: 500, retryMsMax: 60_000, batch: 100 } as const

/** What comes first: a deployment before the pointers to it; what nobody points at any more goes last. */
export const RANK = { deployment: 0, pointer: 1, removal: 2 } as const

/** Something for KV: a new value, or null to remove the key. A long value stands in a text of the book. */
export interface Letter {
  readonly key: string
  readonly rank: number
  readonly content: { readonly value: string } | { readonly textName: string } | null
  /** Not before this time. */
  readonly dueMs?: number
}

/** A letter that waits, as it is now. `version` tells whether a newer one has taken its place. */
export interface WaitingLetter {
  readonly key: string
  readonly rank: number
  readonly version: number
  readonly attempts: number
  readonly value: string | null
}

interface OutboxRow {
  readonly key: string
  readonly rank: number
  readonly version: number
  readonly attempts: number
  readonly text_name: string | null
  readonly value: string | null
}

/** Puts a letter into the outbox, in the transaction of the write that it tells. A newer letter to the same key takes the place of one that waits. */
export function post(book: Book, { key, rank, content, dueMs }: Letter): void {
  write(
    book,
    `INSERT INTO outbox (key, rank, version, text_name, value, due_ms, attempts) VALUES (?, ?, 1, ?, ?, ?, 0)
     ON CONFLICT (key) DO UPDATE SET rank = excluded.rank, version = version + 1, text_name = excluded.text_name, value = excluded.value, due_ms = excluded.due_ms, attempts = 0`,
    key,
    rank,
    content !== null && 'textName' in content ? content.textName : null,
    content !== null && 'value' in content ? content.value : null,
    dueMs ?? book.nowMs(),
  )
}

/** The letters that may go now: not before their time, not within a second of the key's last, and no pointer while a deployment waits. */
export function listDue(book: Book): readonly WaitingLetter[] {
  const now = book.nowMs()
  const rows = readRows<OutboxRow>(
    book,
    `SELECT key, rank, version, attempts, text_name, value FROM outbox
     WHERE due_ms <= ?1 AND NOT EXISTS (SELECT 1 FROM published WHERE published.key = outbox.key AND published.at_ms > ?2)
       AND (rank <> ?3 OR NOT EXISTS (SELECT 1 FROM outbox AS earlier WHERE earlier.rank = ?4))
     ORDER BY rank, key LIMIT ?5`,
    now,
    now - LIMITS.keyIntervalMs,
    RANK.pointer,
    RANK.deployment,
    LIMITS.batch,
  )
  const [first] = rows
  return rows.filter((row) => row.rank === first?.rank).map((row) => toLetter(book, row))
}

function toLetter(book: Book, { text_name, value, ...row }: OutboxRow): WaitingLetter {
  return { ...row, value: text_name === null ? value : readText(book, text_name) }
}

/** Notes that KV has a letter; the letter goes unless a newer one came meanwhile. */
export function settle(book: Book, letter: WaitingLetter): void {
  write(book, 'DELETE FROM outbox WHERE key = ? AND version = ?', letter.key, letter.version)
  write(book, 'INSERT INTO published (key, at_ms) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET at_ms = excluded.at_ms', letter.key, book.nowMs())
  write(book, 'DELETE FROM published WHERE at_ms <= ?', book.nowMs() - 10 * LIMITS.keyIntervalMs)
}

/** Notes that KV did not take a letter: it waits, longer each time. */
export function putOff(book: Book, letter: WaitingLetter): void {
  const waitMs = Math.min(LIMITS.retryMsMax, LIMITS.retryMsFirst * 2 ** Math.min(letter.attempts, 20))
  write(book, 'UPDATE outbox SET attempts = attempts + 1, due_ms = ? WHERE key = ? AND version = ?', book.nowMs() + waitMs, letter.key, letter.version)
}

/** When the next letter may go; null when none waits. */
export function nextPostMs(book: Book): number | null {
  const query = 'SELECT MIN(MAX(due_ms, COALESCE((SELECT at_ms + ? FROM published WHERE published.key = outbox.key), 0))) AS at FROM outbox'
  return readRow<{ at: number | null }>(book, query, LIMITS.keyIntervalMs)?.at ?? null
}

/** Whether KV has all that was written to a key. */
export function isPublished(book: Book, key: string): boolean {
  return readRow(book, 'SELECT key FROM outbox WHERE key = ?', key) === null
}
