import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'

/** What a kept value depends on. */
export interface Dependencies {
  /** Files that must not change from then on. */
  readonly sources: readonly string[]
  /** When the making of the value began: a source that was written later may be another than the one that was read, and nothing is kept. */
  readonly startedAtMs: number
  /** Files that must not be there, neither now nor later. */
  readonly absent: readonly string[]
}

/** A value that was made from files, kept on disk for the next process. */
export interface KeptFiles<Value> {
  /** The value, if nothing that it was made of has changed; otherwise null. */
  read(): Promise<Value | null>
  /** Keeps a value, if it is plain data and the files that must be absent are. */
  write(value: Value, dependencies: Dependencies): Promise<void>
}

interface Kept<Value> {
  readonly value: Value
  /** The state of each file; null of one that is absent. */
  readonly stamps: Readonly<Record<string, string | null>>
}

/** Keeps one value in a folder, under a name made from `key`, which is JSON. A file that can't be read or written is as if there were none. */
export function createKeptFiles<Value>(folder: string, key: unknown): KeptFiles<Value> {
  const file = join(folder, `${createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)}.json`)
  return {
    async read() {
      const kept = await readFile(file, 'utf8')
        .then((text) => JSON.parse(text) as Kept<Value>)
        .catch(() => null)
      if (kept === null) return null
      const { stamps, value } = kept
      const now = await stampsOf(Object.keys(stamps))
      return Object.entries(stamps).every(([path, stamp]) => now[path] === stamp) ? value : null
    },
    async write(value, { sources, startedAtMs, absent }) {
      const stamps = await stampsOf([...sources, ...absent])
      const isRead = sources.every((path) => Number(stamps[path]?.split(' ')[0] ?? Infinity) < startedAtMs)
      if (!isPlain(value) || !isRead || absent.some((path) => stamps[path] !== null)) return
      const temporary = `${file}.${process.pid}`
      // Without it the next start takes as long as this one.
      await mkdir(folder, { recursive: true })
        .then(() => writeFile(temporary, JSON.stringify({ value, stamps } satisfies Kept<Value>), { mode: 0o600 }))
        .then(() => rename(temporary, file))
        .catch(() => undefined)
    },
  }
}

async function stampsOf(paths: readonly string[]): Promise<Record<string, string | null>> {
  return Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await stampOf(path)] as const)))
}

async function stampOf(path: string): Promise<string | null> {
  const found = await stat(path).catch(() => null)
  return found === null ? null : `${found.mtimeMs} ${found.size}`
}

/** Whether JSON says all of a value. */
function isPlain(value: unknown): boolean {
  if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)) return true
  if (Array.isArray(value)) return value.every(isPlain)
  return typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype && Object.values(value).every(isPlain)
}
