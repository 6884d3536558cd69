import { toCapacityBytes, toEvictBytes, type CacheReport, type CacheWritten } from '../semantics/caching/books.ts'

/** The books of one stage's cache, in the object's database. */
export interface StageBooks {
  /** Enters a report; gives the digests of the entries that are to leave the store because the cache is full. */
  enter(report: CacheReport, nowMs: number): readonly string[]
  /** Enters what a look through the store found, and strikes out what it did not find. */
  reconcile(found: readonly CacheWritten[], strikeBeforeMs: number): void
  /** Strikes out what stands under earlier epochs: nobody reads it any more, and the store forgets it by itself. */
  flush(cacheEpoch: number): void
  stats(): CacheStats
  find(keyDigestPrefix: string, entriesMax: number): readonly CacheWritten[]
}

/** What `stagedoor cache stats` shows. */
export interface CacheStats {
  readonly entries: number
  readonly bytes: number
  readonly capacityBytes: number
  readonly counts: CacheReport['counts']
  readonly latenciesMs: CacheReport['latenciesMs']
  readonly evicted: number
  readonly methods: readonly { readonly methodKey: string; readonly entries: number; readonly bytes: number }[]
}

/** How many entries one report evicts at most, and how many methods the statistics list. Our own. */
const LIMITS = { evictedMax: 5_000, methodsMax: 50 } as const

const COUNTS = ['memory', 'kv', 'fill', 'miss', 'alarm'] as const
const LATENCIES = ['memory', 'kv', 'fill', 'miss'] as const

/** Opens the books; makes the tables at the first time. */
export function openBooks(sql: SqlStorage): StageBooks {
  sql.exec(
    'CREATE TABLE IF NOT EXISTS cached (digest TEXT PRIMARY KEY, bytes INTEGER NOT NULL, keep_until INTEGER NOT NULL, used_at INTEGER NOT NULL, method TEXT NOT NULL, epoch INTEGER NOT NULL) WITHOUT ROWID',
  )
  sql.exec('CREATE INDEX IF NOT EXISTS cached_used ON cached (used_at)')
  sql.exec('CREATE INDEX IF NOT EXISTS cached_keep ON cached (keep_until)')
  sql.exec('CREATE TABLE IF NOT EXISTS number (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID')
  return {
    enter(report, nowMs) {
      const epoch = readNumber(sql, 'epoch')
      for (const written of report.written) if (written.cacheEpoch >= epoch) write(sql, written)
      for (const keyDigest of report.removed) sql.exec('DELETE FROM cached WHERE digest = ?', keyDigest)
      for (const name of COUNTS) if (report.counts[name] > 0) add(sql, name, report.counts[name])
      for (const name of LATENCIES) if (report.latenciesMs[name] > 0) add(sql, `${name} ms`, report.latenciesMs[name])
      setNumber(sql, 'capacity', toCapacityBytes(report.capacityGb))
      sql.exec('DELETE FROM cached WHERE keep_until <= ?', nowMs)
      return evict(sql, toEvictBytes(heldBytes(sql), toCapacityBytes(report.capacityGb)))
    },
    reconcile(found, strikeBeforeMs) {
      const known = new Set(found.map((entry) => entry.keyDigest))
      for (const row of sql.exec<{ digest: string }>('SELECT digest FROM cached WHERE used_at < ?', strikeBeforeMs).toArray()) {
        if (!known.has(row.digest)) sql.exec('DELETE FROM cached WHERE digest = ?', row.digest)
      }
      const epoch = readNumber(sql, 'epoch')
      for (const entry of found) {
        if (entry.cacheEpoch < epoch) continue
        sql.exec('INSERT INTO cached VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING', entry.keyDigest, entry.bytes, entry.keepUntilMs, entry.usedAtMs, entry.methodKey, entry.cacheEpoch)
      }
    },
    flush(cacheEpoch) {
      setNumber(sql, 'epoch', Math.max(cacheEpoch, readNumber(sql, 'epoch')))
      sql.exec('DELETE FROM cached WHERE epoch < ?', cacheEpoch)
    },
    stats: () => readStats(sql),
    find: (prefix, entriesMax) =>
      sql
        .exec<EntryRow>('SELECT * FROM cached WHERE digest >= ? AND digest < ? ORDER BY used_at DESC LIMIT ?', prefix, `${prefix}g`, entriesMax)
        .toArray()
        .map((row) => ({ keyDigest: row.digest, bytes: row.bytes, keepUntilMs: row.keep_until, usedAtMs: row.used_at, methodKey: row.method, cacheEpoch: row.epoch })),
  }
}

type EntryRow = { digest: string; bytes: number; keep_until: number; used_at: number; method: string; epoch: number }

function write(sql: SqlStorage, { keyDigest, bytes, keepUntilMs, usedAtMs, methodKey, cacheEpoch }: CacheWritten): void {
  sql.exec(
    'INSERT INTO cached VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (digest) DO UPDATE SET bytes = excluded.bytes, keep_until = excluded.keep_until, used_at = max(used_at, excluded.used_at), method = excluded.method',
    keyDigest,
    bytes,
    keepUntilMs,
    usedAtMs,
    methodKey,
    cacheEpoch,
  )
}

function evict(sql: SqlStorage, bytes: number): readonly string[] {
  if (bytes <= 0) return []
  const evicted: string[] = []
  let freed = 0
  for (const row of sql.exec<EntryRow>('SELECT * FROM cached ORDER BY used_at LIMIT ?', LIMITS.evictedMax).toArray()) {
    if (freed >= bytes) break
    freed += row.bytes
    evicted.push(row.digest)
    sql.exec('DELETE FROM cached WHERE digest = ?', row.digest)
  }
  add(sql, 'evicted', evicted.length)
  return evicted
}

function readStats(sql: SqlStorage): CacheStats {
  const methods = sql
    .exec<{ method: string; entries: number; bytes: number }>('SELECT method, count(*) AS entries, sum(bytes) AS bytes FROM cached GROUP BY method ORDER BY bytes DESC LIMIT ?', LIMITS.methodsMax)
    .toArray()
    .map((row) => ({ methodKey: row.method, entries: row.entries, bytes: row.bytes }))
  return {
    entries: sql.exec<{ value: number }>('SELECT count(*) AS value FROM cached').one().value,
    bytes: heldBytes(sql),
    capacityBytes: readNumber(sql, 'capacity'),
    counts: { memory: readNumber(sql, 'memory'), kv: readNumber(sql, 'kv'), fill: readNumber(sql, 'fill'), miss: readNumber(sql, 'miss'), alarm: readNumber(sql, 'alarm') },
    latenciesMs: { memory: readNumber(sql, 'memory ms'), kv: readNumber(sql, 'kv ms'), fill: readNumber(sql, 'fill ms'), miss: readNumber(sql, 'miss ms') },
    evicted: readNumber(sql, 'evicted'),
    methods,
  }
}

function heldBytes(sql: SqlStorage): number {
  return sql.exec<{ value: number }>('SELECT coalesce(sum(bytes), 0) AS value FROM cached').one().value
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
