import { toCapacityBytes, toEvictBytes, type CacheReport, type CacheWritten } from '../semantics/caching/books.ts'

/** The books of one stage's cache, in the object's database. */
export interface StageBooks {
  /** Enters a report; gives the digests of the entries that are to leave the store because the cache is full. */
  enter(report: CacheReport, nowMs: number): readonly string[]
  /** Enters what a look through the store found, and strikes out what it did not find. */
  reconcile(found: readonly CacheWritten[], strikeBeforeMs: number): void
  stats(): CacheStats
  find(keyDigestPrefix: string, entriesMax: number): readonly CacheWritten[]
}

/** What `stagedoor cache stats` shows. */
export interface CacheStats {
  readonly entries: number
  readonly bytes: number
  readonly capacityBytes: number
  readonly counts: CacheReport['counts']
  readonly evicted: number
  readonly methods: readonly { readonly methodKey: string; readonly entries: number; readonly bytes: number }[]
}

/** How many entries one report evicts at most, and how many methods the statistics list. Our own. */
const LIMITS = { evictedMax: 5_000, methodsMax: 50 } as const

const COUNTS = ['memory', 'kv', 'fill', 'miss', 'alarm'] as const

/** Opens the books; makes the tables at the first time. */
export function openBooks(sql: SqlStorage): StageBooks {
  sql.exec('CREATE TABLE IF NOT EXISTS entry (digest TEXT PRIMARY KEY, bytes INTEGER NOT NULL, keep_until INTEGER NOT NULL, used_at INTEGER NOT NULL, method TEXT NOT NULL) WITHOUT ROWID')
  sql.exec('CREATE INDEX IF NOT EXISTS entry_used ON entry (used_at)')
  sql.exec('CREATE INDEX IF NOT EXISTS entry_keep ON entry (keep_until)')
  sql.exec('CREATE TABLE IF NOT EXISTS number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID')
  return {
    enter(report, nowMs) {
      for (const written of report.written) write(sql, written)
      for (const keyDigest of report.removed) sql.exec('DELETE FROM entry WHERE digest = ?', keyDigest)
      for (const name of COUNTS) if (report.counts[name] > 0) add(sql, name, report.counts[name])
      setNumber(sql, 'capacity', toCapacityBytes(report.capacityGb))
      sql.exec('DELETE FROM entry WHERE keep_until <= ?', nowMs)
      return evict(sql, toEvictBytes(heldBytes(sql), toCapacityBytes(report.capacityGb)))
    },
    reconcile(found, strikeBeforeMs) {
      const known = new Set(found.map((entry) => entry.keyDigest))
      for (const row of sql.exec<{ digest: string }>('SELECT digest FROM entry WHERE used_at < ?', strikeBeforeMs).toArray()) {
        if (!known.has(row.digest)) sql.exec('DELETE FROM entry WHERE digest = ?', row.digest)
      }
      for (const entry of found) sql.exec('INSERT INTO entry VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING', entry.keyDigest, entry.bytes, entry.keepUntilMs, entry.usedAtMs, entry.methodKey)
    },
    stats: () => readStats(sql),
    find: (prefix, entriesMax) =>
      sql
        .exec<EntryRow>('SELECT * FROM entry WHERE digest >= ? AND digest < ? ORDER BY used_at DESC LIMIT ?', prefix, `${prefix}g`, entriesMax)
        .toArray()
        .map((row) => ({ keyDigest: row.digest, bytes: row.bytes, keepUntilMs: row.keep_until, usedAtMs: row.used_at, methodKey: row.method })),
  }
}

type EntryRow = { digest: string; bytes: number; keep_until: number; used_at: number; method: string }

function write(sql: SqlStorage, { keyDigest, bytes, keepUntilMs, usedAtMs, methodKey }: CacheWritten): void {
  sql.exec(
    'INSERT INTO entry VALUES (?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes, keep_until = excluded.keep_until, used_at = max(used_at, excluded.used_at), method = excluded.method',
    keyDigest,
    bytes,
    keepUntilMs,
    usedAtMs,
    methodKey,
  )
}

function evict(sql: SqlStorage, bytes: number): readonly string[] {
  if (bytes <= 0) return []
  const evicted: string[] = []
  let freed = 0
  for (const row of sql.exec<EntryRow>('SELECT * FROM entry ORDER BY used_at LIMIT ?', LIMITS.evictedMax).toArray()) {
    if (freed >= bytes) break
    freed += row.bytes
    evicted.push(row.digest)
    sql.exec('DELETE FROM entry WHERE digest = ?', row.digest)
  }
  add(sql, 'evicted', evicted.length)
  return evicted
}

function readStats(sql: SqlStorage): CacheStats {
  const methods = sql
    .exec<{ method: string; entries: number; bytes: number }>('SELECT method, count(*) AS entries, sum(bytes) AS bytes FROM entry GROUP BY method ORDER BY bytes DESC LIMIT ?', LIMITS.methodsMax)
    .toArray()
    .map((row) => ({ methodKey: row.method, entries: row.entries, bytes: row.bytes }))
  return {
    entries: sql.exec<{ value: number }>('SELECT count(*) AS value FROM entry').one().value,
    bytes: heldBytes(sql),
    capacityBytes: readNumber(sql, 'capacity'),
    counts: { memory: readNumber(sql, 'memory'), kv: readNumber(sql, 'kv'), fill: readNumber(sql, 'fill'), miss: readNumber(sql, 'miss'), alarm: readNumber(sql, 'alarm') },
    evicted: readNumber(sql, 'evicted'),
    methods,
  }
}

function heldBytes(sql: SqlStorage): number {
  return sql.exec<{ value: number }>('SELECT coalesce(sum(bytes), 0) AS value FROM entry').one().value
}

function readNumber(sql: SqlStorage, name: string): number {
  return sql.exec<{ value: number }>('SELECT value FROM number WHERE name = ?', name).toArray()[0]?.value ?? 0
}

function add(sql: SqlStorage, name: string, value: number): void {
  sql.exec('INSERT INTO number VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value', name, value)
}

function setNumber(sql: SqlStorage, name: string, value: number): void {
  sql.exec('INSERT INTO number VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value)
}
