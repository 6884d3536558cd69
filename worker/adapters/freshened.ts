import type { Awaitable } from '../awaitable.ts'
import { RulesUnavailable } from '../ports.ts'

/** How old a held value may be, and where renewing runs. */
export interface Freshness {
  readonly maxAgeMs: number
  readonly nowMs: () => number
  readonly defer: (work: Promise<unknown>) => void
}

/** Values by key, each used for a while and then renewed behind the request that finds it old. */
export interface Freshened<Value> {
  get(key: string, read: () => Promise<Value | null>, freshness: Freshness): Awaitable<Value | null>
}

interface Held<Value> {
  value: Value | null
  readAtMs: number
  /** When a renewal began; null when none is under way. */
  renewingSinceMs: number | null
}

/**
 * Keeps at most `entriesMax` values, absent ones included. An old value is renewed behind the request that finds it, unless the request `waits` for the renewal. `mayReplace` says whether a fresh value may take a held one's place: what has been seen is never unseen.
 * Only values are shared between requests, never promises: a promise of one request may not settle for another on Workers.
 */
export function createFreshened<Value>(entriesMax: number, mayReplace: (held: Value, fresh: Value) => boolean, mode: 'behind' | 'waits' = 'behind'): Freshened<Value> {
  const entries = new Map<string, Held<Value>>()
  return {
    get(key, read, freshness) {
      const held = entries.get(key)
      if (held === undefined) return readFirst(key, read, freshness)
      const ageMs = freshness.nowMs() - held.readAtMs
      return ageMs < freshness.maxAgeMs ? held.value : readOld(held, ageMs, read, freshness)
    },
  }

  async function readFirst(key: string, read: () => Promise<Value | null>, freshness: Freshness): Promise<Value | null> {
    const value = await read().catch(asUnavailable)
    entries.set(key, { value, readAtMs: freshness.nowMs(), renewingSinceMs: null })
    dropOldest(entries, entriesMax)
    return value
  }

  /** An absent value is asked for again at once: a first deploy shall be seen by the request that waits for it. So is one that nobody asked for in a long while: an idle isolate shall not answer by rules of long ago, not even once. */
  function readOld(held: Held<Value>, ageMs: number, read: () => Promise<Value | null>, freshness: Freshness): Awaitable<Value | null> {
    const isFree = mayRenew(held, freshness.nowMs())
    const isLongPast = ageMs >= 2 * freshness.maxAgeMs && isFree
    if (held.value === null || mode === 'waits' || isLongPast) return renew(held, read, freshness, mayReplace).then(() => held.value)
    if (isFree) freshness.defer(renew(held, read, freshness, mayReplace))
    return held.value
  }
}

/** A renewal whose request was cut off never ends; after a while another request may try. */
const RENEWAL_MS_MAX = 5_000

function mayRenew(held: Held<unknown>, nowMs: number): boolean {
  return held.renewingSinceMs === null || nowMs - held.renewingSinceMs > RENEWAL_MS_MAX
}

async function renew<Value>(held: Held<Value>, read: () => Promise<Value | null>, freshness: Freshness, mayReplace: (held: Value, fresh: Value) => boolean): Promise<void> {
  held.renewingSinceMs = freshness.nowMs()
  try {
    const fresh = await read()
    if (fresh === null || held.value === null || mayReplace(held.value, fresh)) held.value = fresh
  } catch {
    // The source is down or gave what can't be read: the last good value goes on serving, and is tried again after another while.
  } finally {
    held.readAtMs = freshness.nowMs()
    held.renewingSinceMs = null
  }
}

function asUnavailable(error: unknown): never {
  if (error instanceof RulesUnavailable) throw error
  throw new RulesUnavailable(error instanceof Error ? error.message : String(error))
}

function dropOldest(entries: Map<string, unknown>, entriesMax: number): void {
  const [oldest] = entries.keys()
  if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest)
}
