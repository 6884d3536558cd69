import { readRow, type Book } from './book.ts'
import { LIMITS } from './deployments.ts'
import { nextPostMs } from './outbox.ts'
import { hasJournal } from './push-account.ts'
import { nextRampMs } from './ramps.ts'

/** How soon an interrupted push is taken up again. */
const RESUME_MS = 1_000

/** When the Ledger has something to do next, in milliseconds since 1970; null when nothing waits. */
export function nextWakeMs(book: Book): number | null {
  const deleted = readRow<{ at: number | null }>(book, 'SELECT MIN(deleted_at_ms) AS at FROM deployment')?.at ?? null
  const times = [nextPostMs(book), nextRampMs(book), deleted === null ? null : deleted + LIMITS.graceMs, hasJournal(book) ? book.nowMs() + RESUME_MS : null].filter((at) => at !== null)
  return times.length === 0 ? null : Math.min(...times)
}
