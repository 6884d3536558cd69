import type { CacheTier } from '../ports.ts'
import { renderCacheStatus, type CacheStatus } from '../semantics/caching/cache-status.ts'
import { toAgeSeconds, type CachedAnswer } from '../semantics/caching/entry.ts'
import { WARNING } from '../semantics/caching/invalidation.ts'
import { isNotModified } from '../semantics/caching/validators.ts'
import type { MethodResponse } from './exchange.ts'
import type { CacheQuestion } from './read-cache.ts'

/** How an answer came out of the cache. */
interface Served {
  readonly tier: CacheTier
  readonly nowMs: number
}

/** The answer to one request from a stored one: with its age, what the cache did, and 304 or no body where the client wants no more. */
export function renderHit(question: CacheQuestion, answer: CachedAnswer, { tier, nowMs }: Served): MethodResponse {
  const ttlSeconds = Math.ceil((answer.freshUntilMs - nowMs) / 1000)
  const status: CacheStatus =
    tier === 'fill'
      ? { kind: 'forwarded', reason: 'uri-miss', forwardStatus: answer.statusCode, ttlSeconds, isStored: false, isCollapsed: true, detail: null }
      : { kind: 'hit', ttlSeconds, detail: tier }
  return renderStored(question, answer, status, nowMs)
}

/** A stored answer in the place of a backend that failed (RFC 5861 section 4). */
export function renderStaleIfError(question: CacheQuestion, answer: CachedAnswer, failure: { readonly statusCode: number | null; readonly nowMs: number }): MethodResponse {
  const ttlSeconds = Math.ceil((answer.freshUntilMs - failure.nowMs) / 1000)
  const status: CacheStatus = { kind: 'forwarded', reason: 'stale', forwardStatus: failure.statusCode, ttlSeconds, isStored: false, isCollapsed: false, detail: 'stale-if-error' }
  return renderStored(question, answer, status, failure.nowMs)
}

/** A stored answer as a client gets it, with the Cache-Status given. */
export function renderStored(question: CacheQuestion, answer: CachedAnswer, status: CacheStatus, nowMs: number): MethodResponse {
  const headers = new Headers(answer.headers)
  headers.set('age', String(toAgeSeconds(answer, nowMs)))
  addCacheHeaders(headers, question, status)
  if (question.control !== null && isNotModified(question.matched.request.headers, answer)) return { statusCode: 304, headers, body: null }
  return { statusCode: answer.statusCode, headers, body: question.matched.httpMethod === 'HEAD' ? null : answer.body }
}

/** Adds what the cache says of itself. */
export function addCacheHeaders(headers: Headers, { base, invalidation }: CacheQuestion, status: CacheStatus): void {
  // Several caches on the way each add a member, the one nearest to the client last (RFC 9211 section 2).
  if (base.stage.cacheStatus) headers.append('cache-status', renderCacheStatus(status))
  if (invalidation === 'ignored-with-warning') headers.append('warning', WARNING)
}

/** 504 for a client that wants only what is stored (RFC 9111 section 5.2.1.7). */
export function renderUnavailable(question: CacheQuestion): MethodResponse {
  const headers = new Headers({ 'content-type': 'application/json' })
  addCacheHeaders(headers, question, { kind: 'forwarded', reason: 'miss', forwardStatus: null, ttlSeconds: null, isStored: false, isCollapsed: false, detail: 'only-if-cached' })
  return { statusCode: 504, headers, body: '{"message":"Gateway Timeout"}' }
}
