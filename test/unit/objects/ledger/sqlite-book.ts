import { DatabaseSync } from 'node:sqlite'
import { createTables, type Book, type SqlValue } from '../../../../worker/objects/ledger/book.ts'
import type { KeyValueStore } from '../../../../worker/objects/ledger/publisher.ts'

/** A virtual clock: time goes on only when a test says so. */
export interface TestClock {
  nowMs: number
}

/** Ends the process, as the book and KV feel it: whatever is called throws from then on. */
export class Killed extends Error {}

/** Decides at each write, to SQLite or to KV, whether the process ends there. */
export interface Killer {
  /** Called before a write. */
  step(): void
}

/** Lets everything live. */
export const noKiller: Killer = { step: () => undefined }

/** Ends the process at the nth write; `steps` tells afterwards how many there were. */
export function killAt(n: number): Killer & { steps: number } {
  return {
    steps: 0,
    step() {
      this.steps += 1
      if (this.steps >= n) throw new Killed(`killed at write ${this.steps}`)
    },
  }
}

/** What outlives the process: the database, and the clock. */
export interface Disk {
  readonly database: DatabaseSync
  readonly clock: TestClock
}

/** A disk that was never written. */
export function newDisk(): Disk {
  return { database: new DatabaseSync(':memory:'), clock: { nowMs: 1_700_000_000_000 } }
}

/** Opens a book on a disk, as a Durable Object does when it wakes. */
export function openBook({ database, clock }: Disk, killer: Killer = noKiller): Book {
  const exec = (query: string, ...bindings: readonly SqlValue[]): { toArray(): unknown[] } => {
    if (!/^\s*SELECT/u.test(query)) killer.step()
    const rows = database.prepare(query).all(...bindings)
    // node:sqlite makes rows without a prototype; a Durable Object makes plain ones.
    return { toArray: () => rows.map((row) => Object.assign({}, row)) }
  }
  const atomically = <Result>(work: () => Result): Result => {
    database.exec('BEGIN')
    try {
      const result = work()
      killer.step()
      database.exec('COMMIT')
      return result
    } catch (error) {
      database.exec('ROLLBACK')
      throw error
    }
  }
  const book: Book = { sql: { exec }, atomically, nowMs: () => clock.nowMs }
  if (killer === noKiller) createTables(book)
  return book
}

/** KV as a map. It can fail, and it notes when each key was written. */
export interface TestStore extends KeyValueStore {
  readonly values: Map<string, string>
  readonly writes: { readonly key: string; readonly atMs: number; readonly value: string | null }[]
  /** Keys that KV refuses for now. */
  failing: (key: string) => boolean
}

/** An empty KV. A killer may end the process before a write or, as bad, just after it. */
export function newStore(clock: TestClock, killer: Killer = noKiller, values: Map<string, string> = new Map()): TestStore {
  const writes: { readonly key: string; readonly atMs: number; readonly value: string | null }[] = []
  const write = async (key: string, value: string | null): Promise<void> => {
    killer.step()
    await Promise.resolve()
    if (store.failing(key)) throw new Error('KV PUT failed: 429 Too Many Requests')
    if (value === null) values.delete(key)
    else values.set(key, value)
    writes.push({ key, atMs: clock.nowMs, value })
    killer.step()
  }
  const store: TestStore = { values, writes, failing: () => false, put: write, delete: (key) => write(key, null) }
  return store
}
