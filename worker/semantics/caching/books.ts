import { CLUSTER_BYTES } from './limits.ts'

/** An entry in the shared store, as the books know it. */
export interface CacheWritten {
  readonly keyDigest: string
  readonly bytes: number
  readonly keepUntilMs: number
  /** As in `methodSettings`. */
  readonly methodKey: string
  /** When it was written or last read. */
  readonly usedAtMs: number
  /** The epoch under whose keys it stands: a flush leaves it behind. */
  readonly cacheEpoch: number
}

/** What an isolate tells the books of a stage. */
export interface CacheReport {
  /** The stage's `cacheClusterSize`. */
  readonly capacityGb: keyof typeof CLUSTER_BYTES | null
  readonly counts: { readonly memory: number; readonly kv: number; readonly fill: number; readonly miss: number; readonly alarm: number }
  /** How long requests waited until the cache knew whether it has their answer, in all, by who had it. */
  readonly latenciesMs: { readonly memory: number; readonly kv: number; readonly fill: number; readonly miss: number }
  /** Entries written, and entries read that the books may have lost. */
  readonly written: readonly CacheWritten[]
  readonly removed: readonly string[]
  /** Paths that requests changed. */
  readonly changed: readonly PathChange[]
  /** The number of the latest change that the isolate knows of from the books. */
  readonly changesSeen: number
}

/** A path of the stage that a request changed (RFC 9111 section 4.4). */
export interface PathChange {
  readonly path: string
  readonly atMs: number
}

/** What the books tell an isolate that reports: the changes that it has not seen, and the number of the last of them. */
export interface CacheNews {
  readonly changed: readonly PathChange[]
  readonly changesSeen: number
  /** Everything asked for before counts as outdated, because older changes are not remembered. */
  readonly floorMs: number
}

/** What stands beside an entry in the store: short names, because a store bounds it (KV: 1,024 bytes). */
export interface EntryMetadata {
  readonly b: number
  readonly k: number
  readonly m: string
  readonly e: number
}

const METHOD_KEY_CHARACTERS_MAX = 256

/** The books' line of an entry as it stands beside the entry. */
export function toMetadata({ bytes, keepUntilMs, methodKey, cacheEpoch }: CacheWritten): EntryMetadata {
  return { b: bytes, k: keepUntilMs, m: methodKey.slice(0, METHOD_KEY_CHARACTERS_MAX), e: cacheEpoch }
}

/** The books' line of an entry found in the store; null when what stands beside it is not ours. */
export function fromMetadata(keyDigest: string, metadata: unknown, usedAtMs: number): CacheWritten | null {
  if (typeof metadata !== 'object' || metadata === null || !('b' in metadata && 'k' in metadata && 'm' in metadata && 'e' in metadata)) return null
  const { b, k, m, e } = metadata
  const isOurs = typeof b === 'number' && typeof k === 'number' && typeof m === 'string' && typeof e === 'number'
  return isOurs ? { keyDigest, bytes: b, keepUntilMs: k, methodKey: m, usedAtMs, cacheEpoch: e } : null
}

/** How full a cache is made by eviction, so that not every write evicts. */
const FULL = 0.95

/** The smallest size, for a stage that names none; Amazon's console takes it too. */
const DEFAULT_GB = '0.5'

/** The bytes of a stage's cache. */
export function toCapacityBytes(capacityGb: CacheReport['capacityGb']): number {
  return CLUSTER_BYTES[capacityGb ?? DEFAULT_GB]
}

/** How many bytes are to go, the least recently used first; 0 while the cache is not full. */
export function toEvictBytes(heldBytes: number, capacityBytes: number): number {
  return heldBytes <= capacityBytes ? 0 : heldBytes - Math.floor(capacityBytes * FULL)
}
