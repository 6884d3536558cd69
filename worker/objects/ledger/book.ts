/** A value that SQLite keeps. */
export type SqlValue = string | number | null

/** SQLite as the Ledger needs it: a Durable Object's storage, and in tests any other. */
export interface Sql {
  exec(query: string, ...bindings: readonly SqlValue[]): { toArray(): unknown[] }
}

/** What the Ledger's functions write in. `atomically` does all of its work or none: a throw, or the end of the process, undoes it. */
export interface Book {
  readonly sql: Sql
  readonly atomically: <Result>(work: () => Result) => Result
  readonly nowMs: () => number
}

/** Reads rows. The caller names their type: it is what the table below says, and nothing else writes there. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows which table it reads
export function readRows<Row>(book: Book, query: string, ...bindings: readonly SqlValue[]): readonly Row[] {
  return book.sql.exec(query, ...bindings).toArray() as readonly Row[]
}

/** Reads one row, or null. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
export function readRow<Row>(book: Book, query: string, ...bindings: readonly SqlValue[]): Row | null {
  return readRows<Row>(book, query, ...bindings)[0] ?? null
}

/** Writes. */
export function write(book: Book, query: string, ...bindings: readonly SqlValue[]): void {
  book.sql.exec(query, ...bindings)
}

/** The tables of a Ledger. Times are milliseconds since 1970; `record`, `changes` and `detail` are JSON. */
const TABLES: readonly string[] = [
  'CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS text_part (name TEXT NOT NULL, part INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (name, part))',
  `CREATE TABLE IF NOT EXISTS deployment (id TEXT PRIMARY KEY, number INTEGER NOT NULL, author TEXT NOT NULL, message TEXT NOT NULL, source_commit TEXT,
     created_at_ms INTEGER NOT NULL, changes TEXT NOT NULL, deleted_at_ms INTEGER)`,
  'CREATE TABLE IF NOT EXISTS stage (name TEXT PRIMARY KEY, revision INTEGER NOT NULL, record TEXT)',
  `CREATE TABLE IF NOT EXISTS stage_revision (stage TEXT NOT NULL, revision INTEGER NOT NULL, record TEXT, action TEXT NOT NULL, actor TEXT NOT NULL, author TEXT NOT NULL,
     message TEXT NOT NULL, source_commit TEXT, at_ms INTEGER NOT NULL, changes TEXT NOT NULL, PRIMARY KEY (stage, revision))`,
  `CREATE TABLE IF NOT EXISTS audit (number INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, actor TEXT NOT NULL, author TEXT NOT NULL, action TEXT NOT NULL,
     target TEXT NOT NULL, message TEXT NOT NULL, source_commit TEXT, detail TEXT NOT NULL)`,
  'CREATE TABLE IF NOT EXISTS outbox (key TEXT PRIMARY KEY, rank INTEGER NOT NULL, version INTEGER NOT NULL, text_name TEXT, value TEXT, due_ms INTEGER NOT NULL, attempts INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS published (key TEXT PRIMARY KEY, at_ms INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS document (key TEXT PRIMARY KEY, kind TEXT NOT NULL, source TEXT NOT NULL, value TEXT NOT NULL)',
]

/** Makes the tables that are not there. */
export function createTables(book: Book): void {
  for (const table of TABLES) write(book, table)
}

/** Reads one of the Ledger's own settings; null when it was never written. */
export function readSetting(book: Book, name: string): string | null {
  return readRow<{ value: string }>(book, 'SELECT value FROM setting WHERE name = ?', name)?.value ?? null
}

/** Writes one of the Ledger's own settings; null forgets it. */
export function writeSetting(book: Book, name: string, value: string | null): void {
  if (value === null) write(book, 'DELETE FROM setting WHERE name = ?', name)
  else write(book, 'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value', name, value)
}
