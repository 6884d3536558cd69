import { toMetadata } from '../../semantics/caching/books.ts'
import type { CacheStore } from './cache-store.ts'

/** Bounds of KV (platform facts: the least cacheTtl is 30 s, the least expirationTtl 60 s). */
const LIMITS = { cacheTtlSeconds: 30, expirationSecondsMin: 60 } as const

/** Entries in a KV namespace. An entry tells its own end; KV's, which can't be sooner than a minute, only clears away. */
export function createKvCacheStore(namespace: KVNamespace): CacheStore {
  return {
    async get(name) {
      const value = await namespace.get(name, { type: 'arrayBuffer', cacheTtl: LIMITS.cacheTtlSeconds })
      return value === null ? null : new Uint8Array(value)
    },
    put: (name, bytes, { ttlSeconds, written }) => namespace.put(name, bytes, { expirationTtl: Math.max(LIMITS.expirationSecondsMin, Math.ceil(ttlSeconds)), metadata: toMetadata(written) }),
    delete: (name) => namespace.delete(name),
  }
}
