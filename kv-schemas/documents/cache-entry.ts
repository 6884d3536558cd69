/** The head of a cached answer; the body follows it. */
export interface CachedAnswerHead {
  readonly kind: 'answer'
  /** SHA-256 of the cache key, hexadecimal: an entry that stands under another key is not served. */
  readonly keyDigest: string
  readonly statusCode: number
  /** Name, value, name, value. */
  readonly headers: readonly string[]
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

/** The lines before the headers of an answer. */
const ANSWER_LINES = 15

/**
 * Writes a head as lines. Neither a header nor anything made of one can hold a line break, so nothing is escaped; reading a head stands on the way of every hit in KV,
 * and lines take a quarter of the time of JSON that is checked (bench: cache).
 */
export function renderCacheEntryHead(head: CacheEntryHead): string {
  if (head.kind === 'vary') return [head.keyDigest, head.kind, head.keepUntilMs, head.names.join(' ')].join('\n')
  const { statusCode, bodyBytes, requestedAtMs, storedAtMs, initialAgeSeconds } = head
  const times = [head.freshUntilMs, head.staleWhileRevalidateUntilMs, head.staleIfErrorUntilMs, head.keepUntilMs]
  const amounts = [statusCode, bodyBytes, requestedAtMs, storedAtMs, initialAgeSeconds, ...times, Number(head.mustRevalidate)]
  return [head.keyDigest, head.kind, ...amounts, head.etag ?? '', head.lastModified ?? '', head.tags.join(' '), ...head.headers].join('\n')
}

/** Reads the head of a cache entry; null when it is none. */
export function parseCacheEntryHead(text: string): CacheEntryHead | null {
  const lines = text.split('\n')
  const [keyDigest = '', kind] = lines
  if (kind === 'vary') {
    const keepUntilMs = toAmount(lines[2])
    return lines.length === 4 && !Number.isNaN(keepUntilMs) ? { kind, keyDigest, names: toList(lines[3]), keepUntilMs } : null
  }
  if (kind !== 'answer' || lines.length < ANSWER_LINES || (lines.length - ANSWER_LINES) % 2 !== 0) return null
  const head: CachedAnswerHead = {
    kind,
    keyDigest,
    statusCode: toAmount(lines[2]),
    bodyBytes: toAmount(lines[3]),
    requestedAtMs: toAmount(lines[4]),
    storedAtMs: toAmount(lines[5]),
    initialAgeSeconds: toAmount(lines[6]),
    freshUntilMs: toAmount(lines[7]),
    staleWhileRevalidateUntilMs: toAmount(lines[8]),
    staleIfErrorUntilMs: toAmount(lines[9]),
    keepUntilMs: toAmount(lines[10]),
    mustRevalidate: lines[11] === '1',
    etag: lines[12] === '' ? null : (lines[12] ?? null),
    lastModified: lines[13] === '' ? null : (lines[13] ?? null),
    tags: toList(lines[14]),
    headers: lines.slice(ANSWER_LINES),
  }
  return isSound(head) ? head : null
}

/** A sum is not a number as soon as one of its parts is none. */
function isSound(head: CachedAnswerHead): boolean {
  const { statusCode, requestedAtMs, storedAtMs, initialAgeSeconds, freshUntilMs, staleWhileRevalidateUntilMs, staleIfErrorUntilMs, keepUntilMs } = head
  const sum = requestedAtMs + storedAtMs + initialAgeSeconds + freshUntilMs + staleWhileRevalidateUntilMs + staleIfErrorUntilMs + keepUntilMs
  return Number.isFinite(sum) && statusCode >= 200 && statusCode <= 599
}

/** A number of digits, with a fraction or without; NaN for any other text. */
function toAmount(text: string | undefined): number {
  const value = text === undefined || text === '' ? Number.NaN : Number(text)
  return value >= 0 ? value : Number.NaN
}

function toList(text: string | undefined): readonly string[] {
  return text === undefined || text === '' ? [] : text.split(' ')
}
