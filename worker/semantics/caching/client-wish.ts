import type { CacheControl } from './cache-control.ts'
import { judgeFreshness, toAgeSeconds, type CachedAnswer } from './entry.ts'

/**
 * Whether a stored answer will do for a client under the standards' policy: fresh, or stale within the backend's stale-while-revalidate or the client's max-stale
 * (RFC 9111 section 5.2.1, RFC 5861). A client's wishes for a newer answer are invalidation, which needs leave, and are judged apart.
 */
export function maySatisfy(control: CacheControl, answer: CachedAnswer, nowMs: number): boolean {
  const freshness = judgeFreshness(answer, nowMs)
  if (freshness === 'fresh' || freshness === 'stale-while-revalidate') return true
  if (freshness === 'gone' || answer.mustRevalidate || control.maxStaleSeconds === null) return false
  return (nowMs - answer.freshUntilMs) / 1000 <= control.maxStaleSeconds
}

/** Whether a client wants an answer newer than this: older than its `max-age`, or with less of its life left than `min-fresh` (RFC 9111 section 5.2.1). */
export function wantsNewer(control: CacheControl, answer: CachedAnswer, nowMs: number): boolean {
  if (control.maxAgeSeconds !== null && toAgeSeconds(answer, nowMs) > control.maxAgeSeconds) return true
  return control.minFreshSeconds !== null && (answer.freshUntilMs - nowMs) / 1000 < control.minFreshSeconds
}
