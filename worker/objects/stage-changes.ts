import type { CacheNews, PathChange } from '../semantics/caching/books.ts'
import { CHANGED_PATHS_MAX } from '../semantics/caching/changed-paths.ts'
import { LIMITS } from '../semantics/caching/limits.ts'

/** What requests changed in one stage, in the object's database: how the isolates hear of each other's changes. */
export interface StageChanges {
  enter(changed: readonly PathChange[], nowMs: number): void
  /** The changes after the one of this number. */
  since(changesSeen: number): CacheNews
}

/** Opens the list; makes the tables at the first time. */
export function openChanges(sql: SqlStorage): StageChanges {
  sql.exec('CREATE TABLE IF NOT EXISTS change (number INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, at INTEGER NOT NULL)')
  sql.exec('CREATE TABLE IF NOT EXISTS change_floor (at INTEGER NOT NULL)')
  return {
    enter(changed, nowMs) {
      if (changed.length === 0) return
      for (const { path, atMs } of changed) {
        // A row of its own number, so that those who saw the path's earlier change hear of this one.
        const known = sql.exec<{ at: number }>('SELECT at FROM change WHERE path = ?', path).toArray()[0]?.at ?? 0
        sql.exec('DELETE FROM change WHERE path = ?', path)
        sql.exec('INSERT INTO change (path, at) VALUES (?, ?)', path, Math.max(known, atMs))
      }
      // Nothing is kept that long: older changes outdate nothing any more.
      sql.exec('DELETE FROM change WHERE at < ?', nowMs - LIMITS.keepSecondsMax * 1000)
      forgetOldest(sql)
    },
    since(changesSeen) {
      const rows = sql.exec<{ number: number; path: string; at: number }>('SELECT number, path, at FROM change WHERE number > ? ORDER BY number', changesSeen).toArray()
      return { changed: rows.map(({ path, at }) => ({ path, atMs: at })), changesSeen: rows.at(-1)?.number ?? changesSeen, floorMs: readFloor(sql) }
    },
  }
}

function forgetOldest(sql: SqlStorage): void {
  const { value } = sql.exec<{ value: number }>('SELECT count(*) AS value FROM change').one()
  const surplus = value - CHANGED_PATHS_MAX
  if (surplus <= 0) return
  const rows = sql.exec<{ number: number; at: number }>('SELECT number, at FROM change ORDER BY number LIMIT ?', surplus).toArray()
  const floorMs = rows.reduce((latest, { at }) => Math.max(latest, at), readFloor(sql))
  sql.exec('DELETE FROM change WHERE number <= ?', rows.at(-1)?.number ?? 0)
  sql.exec('DELETE FROM change_floor')
  sql.exec('INSERT INTO change_floor VALUES (?)', floorMs)
}

function readFloor(sql: SqlStorage): number {
  return sql.exec<{ at: number }>('SELECT at FROM change_floor').toArray()[0]?.at ?? 0
}
