/** The head of a cached answer, as JSON; the body follows it. */
export interface CachedAnswerHead {
  readonly kind: 'answer'
  /** SHA-256 of the cache key, hexadecimal: an entry that stands under another key is not served. */
  readonly keyDigest: string
  readonly statusCode: number
  readonly headers: readonly (readonly [string, string])[]
  readonly bodyBytes: number
  readonly requestedAtMs: number
  readonly storedAtMs: number
  readonly initialAgeSeconds: number
  readonly freshUntilMs: number
  readonly staleWhileRevalidateUntilMs: number
  readonly staleIfErrorUntilMs: number
  readonly keepUntilMs: number
  readonly mustRevalidate: boolean
  readonly etag: string | null
  readonly lastModified: string | null
  readonly tags: readonly string[]
}

/** The head of a vary record; it has no body. */
export interface VaryRecordHead {
  readonly kind: 'vary'
  readonly keyDigest: string
  readonly names: readonly string[]
  readonly keepUntilMs: number
}

/** What is written in front of a cache entry's body. */
export type CacheEntryHead = CachedAnswerHead | VaryRecordHead

/**
 * Reads the head of a cache entry; null when it is none. Written out rather than as a schema of zod, because it stands on the way of every hit in KV
 * (bench: cache).
 */
export function parseCacheEntryHead(value: unknown): CacheEntryHead | null {
  if (!isRecord(value) || !isText(value['keyDigest']) || !isAmount(value['keepUntilMs'])) return null
  if (value['kind'] === 'vary') return isTextList(value['names']) ? (value as unknown as VaryRecordHead) : null
  return value['kind'] === 'answer' && isAnswerHead(value) ? (value as unknown as CachedAnswerHead) : null
}

const AMOUNTS = ['bodyBytes', 'requestedAtMs', 'storedAtMs', 'initialAgeSeconds', 'freshUntilMs', 'staleWhileRevalidateUntilMs', 'staleIfErrorUntilMs'] as const

function isAnswerHead(value: Readonly<Record<string, unknown>>): boolean {
  const { statusCode, headers, mustRevalidate, etag, lastModified, tags } = value
  if (!AMOUNTS.every((name) => isAmount(value[name])) || !isAmount(statusCode) || statusCode < 200 || statusCode > 599) return false
  if (typeof mustRevalidate !== 'boolean' || !isTextList(tags)) return false
  return (etag === null || isText(etag)) && (lastModified === null || isText(lastModified)) && Array.isArray(headers) && headers.every((pair) => isTextList(pair) && pair.length === 2)
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isText)
}
