import type { CacheWritten } from '../../semantics/caching/books.ts'
import type { Bytes } from '../../ports.ts'

/** Where entries stand that every isolate can read: KV, or a map in tests. May be slow, fail, and give what somebody else wrote. */
export interface CacheStore {
  get(name: string): Promise<Bytes | null>
  /** `written` stands beside the entry, where the books can find it without reading the entry. */
  put(name: string, bytes: Bytes, about: { readonly ttlSeconds: number; readonly written: CacheWritten }): Promise<void>
  delete(name: string): Promise<void>
}
