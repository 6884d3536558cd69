import type { Limit } from '../gcra.ts'
import type { LeaseLimits } from './lease-limits.ts'
import { adoptLimit, outstandingOf, saveAhead, settle, type LentBucket, type SavedBucket } from './lent-bucket.ts'

/** What came of asking the bucket itself for one token (mode `exact`). `atMs` is the bucket's time, for bringing the token back. */
export type TakenOne = { readonly kind: 'taken'; readonly remaining: number; readonly atMs: number } | { readonly kind: 'refused'; readonly retryAfterMs: number }

/** Rounding must not cost a token. */
const EPSILON = 1e-6

/** Takes one token, or says when there will be one; and what must be written before that is told. */
export function takeOne(bucket: LentBucket, limit: Limit, readingMs: number, limits: LeaseLimits): { readonly taken: TakenOne; readonly save: SavedBucket | null } {
  settle(bucket, readingMs)
  adoptLimit(bucket, limit)
  if (limit.rateLimit <= 0) return { taken: { kind: 'refused', retryAfterMs: Infinity }, save: null }
  if (bucket.level < 1 - EPSILON) return { taken: { kind: 'refused', retryAfterMs: ((1 - bucket.level) * 1000) / limit.rateLimit }, save: null }
  bucket.level -= 1
  return { taken: { kind: 'taken', remaining: Math.floor(bucket.level + EPSILON), atMs: bucket.atMs }, save: saveAhead(bucket, limits) }
}

/** Brings a token back that was not used; it is lost when the bucket overflowed since it was taken, for then it would have overflowed as well. */
export function bringBackOne(bucket: LentBucket, atMs: number, readingMs: number): void {
  settle(bucket, readingMs)
  if (atMs >= bucket.fullMs) bucket.level = Math.min(bucket.level + 1, bucket.limit.burstLimit - outstandingOf(bucket))
}
