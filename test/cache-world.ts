import type { CacheBooks, StageTurn } from '../worker/adapters/cache/books.ts'
import { createCacheMemory, type CacheMemory } from '../worker/adapters/cache/cache-memory.ts'
import type { CacheStore } from '../worker/adapters/cache/cache-store.ts'
import { createCache } from '../worker/adapters/cache/cache.ts'
import { createSealer } from '../worker/adapters/cache/sealer.ts'
import type { Bytes, Ports } from '../worker/ports.ts'
import type { CacheReport, PathChange } from '../worker/semantics/caching/books.ts'
import { COALESCING_LIMITS, type CoalescingLimits } from '../worker/semantics/caching/coalescing.ts'
import type { KeyRing } from '../worker/semantics/caching/key-ring.ts'
import { NOW_MS } from './gateway.ts'

/** A store whose every operation a test can see, and turn. */
export interface FakeStore extends CacheStore {
  readonly entries: Map<string, Bytes>
  readonly ttls: Map<string, number>
  /** What was asked of it: `get`, `put` and `delete`, in order. */
  readonly asked: string[]
}

/** The real cache on a store and books in memory, with a clock that a test turns. */
export interface CacheWorld {
  readonly ports: Pick<Ports, 'cache' | 'clock' | 'defer'>
  readonly store: FakeStore
  readonly reports: readonly CacheReport[]
  readonly warnings: readonly string[]
  readonly memory: CacheMemory
  /** Turns the clock on. */
  advance(seconds: number): void
  /** Waits for all that was deferred. */
  settle(): Promise<void>
  /** The cache of another isolate on the same store and books. */
  isolate(parts?: WorldParts): CacheWorld
}

/** What a test wants to be otherwise. */
export interface WorldParts {
  readonly store?: Partial<CacheStore>
  readonly books?: Partial<CacheBooks>
  readonly ring?: KeyRing
  readonly limits?: CoalescingLimits
  readonly entryBytesMax?: number
}

/** A request waits by the real clock: on a slow machine, too, it shall get the answer that it waits for. */
const PATIENT: CoalescingLimits = { ...COALESCING_LIMITS, waitMsMax: 600_000 }

/** Sets up a cache. */
export function cacheWorldOf(parts: WorldParts = {}): CacheWorld {
  const clock = { now: NOW_MS }
  return isolateOf({ clock, store: createStore(), reports: [], changed: [] }, parts)
}

/** What all isolates of a world share. */
interface Shared {
  readonly clock: { now: number }
  readonly store: FakeStore
  readonly reports: CacheReport[]
  readonly changed: PathChange[]
}

function isolateOf(shared: Shared, parts: WorldParts): CacheWorld {
  const { clock, store, reports } = shared
  const memory = createCacheMemory(parts.entryBytesMax)
  const warnings: string[] = []
  let deferred: Promise<unknown>[] = []
  const defer = (work: Promise<unknown>): void => void deferred.push(work.catch((error: unknown) => warnings.push(`deferred: ${String(error)}`)))
  const nowMs = (): number => clock.now
  const cache = createCache({
    memory,
    store: { ...store, ...parts.store },
    sealer: createSealer(() => parts.ring ?? [], memory.stageKeys),
    books: { ...booksOf(shared), ...parts.books },
    nowMs,
    defer,
    warn: (message) => void warnings.push(message),
    storeMsMax: 5,
    limits: parts.limits ?? PATIENT,
  })
  return {
    ports: { cache, clock: { nowMs }, defer },
    store,
    reports,
    warnings,
    memory,
    advance: (seconds) => void (clock.now += seconds * 1000),
    async settle() {
      while (deferred.length > 0) {
        const waiting = deferred
        deferred = []
        await Promise.all(waiting)
      }
    },
    isolate: (more = {}) => isolateOf(shared, { ...parts, ...more }),
  }
}

function createStore(): FakeStore {
  const entries = new Map<string, Bytes>()
  const ttls = new Map<string, number>()
  const asked: string[] = []
  return {
    entries,
    ttls,
    asked,
    async get(name) {
      asked.push('get')
      return entries.get(name) ?? null
    },
    async put(name, bytes, { ttlSeconds }) {
      asked.push('put')
      entries.set(name, bytes)
      ttls.set(name, ttlSeconds)
    },
    async delete(name) {
      asked.push('delete')
      entries.delete(name)
    },
  }
}

function booksOf({ reports, changed }: Shared): CacheBooks {
  return {
    async report(_stage, report) {
      reports.push(report)
      changed.push(...report.changed)
      return { changed: changed.slice(report.changesSeen), changesSeen: changed.length, floorMs: 0 }
    },
    join: async (): Promise<StageTurn> => ({ kind: 'fill' }),
    finish: async () => undefined,
  }
}
