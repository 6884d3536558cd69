import type { QuotaBook } from '../semantics/throttling/quota-leases/quota-book.ts'
import { markSaved, openQuotaBook } from '../semantics/throttling/quota-leases/quota-book.ts'
import type { QuotaReply } from '../semantics/throttling/quota-leases/quota-protocol.ts'

const TABLES = [
  'CREATE TABLE IF NOT EXISTS usage (day TEXT PRIMARY KEY, used INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, day TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS extra (period_start_ms INTEGER PRIMARY KEY, requests INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS first_use (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS holders (id TEXT PRIMARY KEY, leased INTEGER NOT NULL, day TEXT NOT NULL, reply TEXT NOT NULL, heard_ms INTEGER NOT NULL)',
]

/** Makes the tables that are not there yet. */
export function createQuotaTables(sql: SqlStorage): void {
  for (const table of TABLES) sql.exec(table)
}

/** Reads the books as they were written last. */
export function readQuotaBook(sql: SqlStorage): QuotaBook {
  const book = openQuotaBook()
  for (const { day, used } of sql.exec<{ day: string; used: number }>('SELECT day, used FROM usage')) book.used.set(day, used)
  for (const { at, requests } of sql.exec<{ at: number; requests: number }>('SELECT period_start_ms AS at, requests FROM extra')) book.extras.set(at, requests)
  for (const { at } of sql.exec<{ at: number }>('SELECT at_ms AS at FROM first_use')) book.firstUseMs = at
  const holders = sql.exec<{ id: string; leased: number; day: string; reply: string; heard: number }>('SELECT id, leased, day, reply, heard_ms AS heard FROM holders ORDER BY heard_ms')
  for (const { id, leased, day, reply, heard } of holders) {
    const lastReply: QuotaReply = JSON.parse(reply)
    book.holders.set(id, { leased, day, reply: lastReply, heardMs: heard })
  }
  return book
}

/** Writes what has changed in the books. */
export function saveQuotaBook(sql: SqlStorage, book: QuotaBook): void {
  const { unsaved } = book
  for (const day of unsaved.days) sql.exec('INSERT INTO usage (day, used) VALUES (?, ?) ON CONFLICT (day) DO UPDATE SET used = excluded.used', day, book.used.get(day) ?? 0)
  for (const startMs of unsaved.extras) {
    sql.exec('INSERT INTO extra (period_start_ms, requests) VALUES (?, ?) ON CONFLICT (period_start_ms) DO UPDATE SET requests = excluded.requests', startMs, book.extras.get(startMs) ?? 0)
  }
  for (const id of unsaved.holders) saveHolder(sql, book, id)
  if (unsaved.firstUse) sql.exec('INSERT INTO first_use (id, at_ms) VALUES (1, ?) ON CONFLICT (id) DO NOTHING', book.firstUseMs)
  markSaved(book)
}

function saveHolder(sql: SqlStorage, { holders }: QuotaBook, id: string): void {
  const holder = holders.get(id)
  if (holder === undefined) sql.exec('DELETE FROM holders WHERE id = ?', id)
  else sql.exec('INSERT OR REPLACE INTO holders (id, leased, day, reply, heard_ms) VALUES (?, ?, ?, ?, ?)', id, holder.leased, holder.day, JSON.stringify(holder.reply), holder.heardMs)
}
