/** Bytes that a Response takes as they are. */
export type Bytes = Uint8Array<ArrayBuffer>

/** A cached answer: what the client gets, and how long it may be used for what. Never changed once made. */
export interface CachedAnswer {
  readonly kind: 'answer'
  readonly statusCode: number
  /** Of the method response, without the gateway's standard headers. Copy before use. */
  readonly headers: Headers
  readonly body: Bytes
  /** When the request was sent that this answers. What was purged after this is not served. */
  readonly requestedAtMs: number
  readonly storedAtMs: number
  /** How old the answer was already when it came (RFC 9111 section 4.2.3). */
  readonly initialAgeSeconds: number
  readonly freshUntilMs: number
  /** Until when it may be served while it is fetched anew; not after `freshUntilMs` when it may not. */
  readonly staleWhileRevalidateUntilMs: number
  /** Until when it may be served instead of a failure. */
  readonly staleIfErrorUntilMs: number
  /** From when on it is worth nothing. */
  readonly keepUntilMs: number
  /** Never to be served stale, whatever a client allows (RFC 9111 section 5.2.2.2). */
  readonly mustRevalidate: boolean
  /** The backend's own validators, for asking it whether the answer is still good; a mapping may have kept them from the client. */
  readonly validators: Validators
  /** From the backend's Cache-Tag; the client does not see them. */
  readonly tags: readonly string[]
}

/** What a backend can be asked with (RFC 9110 section 8.8); null when it sent none. */
export interface Validators {
  readonly etag: string | null
  readonly lastModified: string | null
}

/** Stands under the key of an answer that varies: the names of the headers that make the variant's key (RFC 9111 section 4.1). */
export interface VaryRecord {
  readonly kind: 'vary'
  /** Lower case, sorted. */
  readonly names: readonly string[]
  readonly keepUntilMs: number
}

/** What stands under a key. */
export type CacheEntry = CachedAnswer | VaryRecord

/** What an answer may still be used for. */
export type Freshness = 'fresh' | 'stale-while-revalidate' | 'stale-if-error' | 'stale' | 'gone'

/** What an answer may be used for at a time. `stale`: only for asking the backend whether it is still good. */
export function judgeFreshness(answer: CachedAnswer, nowMs: number): Freshness {
  if (nowMs < answer.freshUntilMs) return 'fresh'
  if (nowMs < answer.staleWhileRevalidateUntilMs) return 'stale-while-revalidate'
  if (nowMs < answer.staleIfErrorUntilMs) return 'stale-if-error'
  return nowMs < answer.keepUntilMs ? 'stale' : 'gone'
}

/** The value of `Age` at a time, in seconds (RFC 9111 section 4.2.3). */
export function toAgeSeconds(answer: CachedAnswer, nowMs: number): number {
  return answer.initialAgeSeconds + Math.max(0, Math.floor((nowMs - answer.storedAtMs) / 1000))
}

/** What an entry costs in memory, roughly: its body, its headers as two-byte text, and a little for the objects around them. */
export function toEntryBytes(entry: CacheEntry): number {
  if (entry.kind === 'vary') return 200 + entry.names.join().length * 2
  let headerCharacters = 0
  for (const [name, value] of entry.headers) headerCharacters += name.length + value.length
  return 600 + entry.body.byteLength + headerCharacters * 2
}
