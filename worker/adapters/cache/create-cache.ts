import type { Cache, Log } from '../../ports.ts'
import { parseKeyRing, type KeyRing } from '../../semantics/caching/key-ring.ts'
import type { Env } from '../env.ts'
import type { CacheMemory } from './cache-memory.ts'
import { createCache } from './cache.ts'
import { createKvCacheStore } from './kv-cache-store.ts'
import { createObjectBooks } from './object-books.ts'
import { createSealer } from './sealer.ts'

/** What the cache of one request needs beyond the bindings. */
export interface CacheParts {
  readonly memory: CacheMemory
  readonly nowMs: () => number
  readonly defer: (work: Promise<unknown>) => void
  readonly log: Log
  /** How long a request waits for the store; as long as the cache thinks right unless given. */
  readonly storeMsMax?: number
}

/** The response cache over the Worker's bindings. */
export function createCacheOf(env: Env, { memory, nowMs, defer, log, storeMsMax }: CacheParts): Cache {
  return createCache({
    memory,
    store: createKvCacheStore(env.CACHE),
    sealer: createSealer(() => ringOf(env, memory, log), memory.stageKeys),
    books: createObjectBooks(env.CACHE_INDEX),
    nowMs,
    defer,
    ...(storeMsMax === undefined ? {} : { storeMsMax }),
    warn: (message, { stage, methodKey }) => log.write({ level: 'error', message, apiId: stage.apiId, stage: stage.stageName, method: methodKey }),
  })
}

/** The secrets of the environment, read at the first entry that needs them; none when they can't be read, which the log tells. */
function ringOf(env: Env, memory: CacheMemory, log: Log): KeyRing {
  if (memory.ring !== null) return memory.ring
  const parsed = env.CACHE_ENCRYPTION_KEY === undefined ? NO_RING : parseKeyRing(env.CACHE_ENCRYPTION_KEY)
  if (parsed.kind === 'refused') log.write({ level: 'error', message: parsed.reason })
  memory.ring = parsed.kind === 'ring' ? parsed.ring : []
  return memory.ring
}

const NO_RING = { kind: 'ring', ring: [] } as const
