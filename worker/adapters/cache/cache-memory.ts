import type { FillResult } from '../../ports.ts'
import { createByteLru, type ByteLru } from '../../semantics/caching/byte-lru.ts'
import type { CacheKey } from '../../semantics/caching/cache-key.ts'
import type { ChangedPaths } from '../../semantics/caching/changed-paths.ts'
import type { Slot } from '../../semantics/caching/coalescing.ts'
import type { CacheEntry } from '../../semantics/caching/entry.ts'
import type { KeyRing } from '../../semantics/caching/key-ring.ts'
import type { Ledgers } from './books.ts'

/** An entry in the isolate, and when the shared store was last asked whether it has a newer one. */
export interface Held {
  readonly entry: CacheEntry
  checkedAtMs: number
}

/** A place that is being filled, or can't be, and those who wait. */
export interface Watched {
  slot: Slot
  readonly waiters: Set<(result: FillResult) => void>
}

/** What an isolate keeps of the cache between requests. Values only: a promise of one request may never settle for another. */
export interface CacheMemory {
  readonly entries: ByteLru<CacheKey, Held>
  readonly watched: Map<CacheKey, Watched>
  /** Epochs that this isolate made by a flush, by `apiId/stageName`, until the rules show them. */
  readonly flushed: Map<string, number>
  /** Keys of encryption, by id and stage. */
  readonly stageKeys: Map<string, CryptoKey>
  /** The secrets of encryption; null until an entry needs them. */
  ring: KeyRing | null
  readonly ledgers: Ledgers
  /** What requests changed, by `apiId/stageName`: of this isolate, and what the books told of others. */
  readonly changes: Map<string, ChangedPaths>
  nextTicket: number
}

/** How much of an isolate's 128 MB the cache takes (platform facts). */
const ENTRY_BYTES_MAX = 33_554_432

/** An empty memory; `entryBytesMax` is smaller in tests. */
export function createCacheMemory(entryBytesMax: number = ENTRY_BYTES_MAX): CacheMemory {
  return { entries: createByteLru(entryBytesMax), watched: new Map(), flushed: new Map(), stageKeys: new Map(), ring: null, ledgers: new Map(), changes: new Map(), nextTicket: 1 }
}
