import { describe, expect, it } from 'vitest'
import { judgeHttpStorage, judgeStorage, type HttpArrival, type Storage } from '../../../../worker/semantics/caching/storage.ts'

const NOW = Date.parse('2026-01-01T00:00:10Z')
const arrival = (change: Partial<Omit<HttpArrival, 'headers'>> = {}, headers: Record<string, string> = {}): HttpArrival => ({
  statusCode: 200,
  headers: new Headers(headers),
  setsCookie: false,
  ttlSeconds: 300,
  requestHasAuthorization: false,
  requestNoStore: false,
  requestedAtMs: NOW,
  receivedAtMs: NOW,
  ...change,
})

const AMAZON: readonly (readonly [string, HttpArrival, number | string])[] = [
  ['a success for the TTL', arrival(), 300],
  ['201 too', arrival({ statusCode: 201 }), 300],
  ['204 too', arrival({ statusCode: 204 }), 300],
  ['whatever the backend says', arrival({}, { 'cache-control': 'no-store, private', vary: '*' }), 300],
  ['no longer than Amazon', arrival({ ttlSeconds: 4_000 }), 3_600],
  ['nothing with a TTL of 0', arrival({ ttlSeconds: 0 }), 'ttl-0'],
  ['no part', arrival({ statusCode: 206 }), 'partial'],
  ['no redirect', arrival({ statusCode: 301 }), 'status-301'],
  ['no 304', arrival({ statusCode: 304 }), 'status-304'],
  ['no 404', arrival({ statusCode: 404 }), 'status-404'],
  ['no 500', arrival({ statusCode: 500 }), 'status-500'],
  ['no cookie', arrival({ setsCookie: true }), 'set-cookie'],
]

describe("Amazon's policy", () => {
  for (const [name, answer, expected] of AMAZON) {
    it(`stores ${name}`, () => {
      const storage = judgeStorage(answer)
      expect(storage.kind === 'store' ? storage.lifetime.freshSeconds : storage.reason).toBe(expected)
    })
  }
})

/** Expected: fresh, stale-while-revalidate, stale-if-error and keep seconds; or the reason against. */
const HTTP: readonly (readonly [string, HttpArrival, readonly number[] | string])[] = [
  ['the TTL when nothing is said', arrival(), [300, 0, 0, 300]],
  ['max-age before the TTL', arrival({}, { 'cache-control': 'max-age=60' }), [60, 0, 0, 60]],
  ['s-maxage before max-age', arrival({}, { 'cache-control': 'max-age=60, s-maxage=10' }), [10, 0, 0, 10]],
  ['Expires against Date', arrival({}, { expires: 'Thu, 01 Jan 2026 00:01:10 GMT', date: 'Thu, 01 Jan 2026 00:00:10 GMT' }), [60, 0, 0, 60]],
  ['Expires without Date', arrival({}, { expires: 'Thu, 01 Jan 2026 00:00:40 GMT' }), [30, 0, 0, 30]],
  ['max-age before Expires', arrival({}, { expires: '0', 'cache-control': 'max-age=5' }), [5, 0, 0, 5]],
  ['less the Age it came with', arrival({}, { 'cache-control': 'max-age=60', age: '50' }), [10, 0, 0, 10]],
  ['less the age of its Date', arrival({}, { 'cache-control': 'max-age=60', date: 'Thu, 01 Jan 2026 00:00:00 GMT' }), [50, 0, 0, 50]],
  ['less the time it took', arrival({ requestedAtMs: NOW - 3_000 }, { 'cache-control': 'max-age=60' }), [57, 0, 0, 57]],
  ['with an Age that is no number', arrival({}, { 'cache-control': 'max-age=60', age: 'old' }), [60, 0, 0, 60]],
  ['both stale windows', arrival({}, { 'cache-control': 'max-age=1, stale-while-revalidate=10, stale-if-error=20' }), [1, 10, 20, 21]],
  ['no stale windows with must-revalidate', arrival({}, { 'cache-control': 'max-age=1, must-revalidate, stale-while-revalidate=10, stale-if-error=20' }), [1, 0, 0, 1]],
  ['no stale windows with s-maxage', arrival({}, { 'cache-control': 's-maxage=1, stale-if-error=20' }), [1, 0, 0, 1]],
  ['no-cache for revalidation only', arrival({}, { 'cache-control': 'no-cache', etag: '"a"' }), [0, 0, 0, 3_600]],
  ['a validator for an hour longer', arrival({}, { 'cache-control': 'max-age=60', 'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT' }), [60, 0, 0, 3_660]],
  ['at most a week', arrival({}, { 'cache-control': 'max-age=99999999, stale-if-error=99999999' }), [604_800, 0, 0, 604_800]],
  ['a 404 that says how long', arrival({ statusCode: 404 }, { 'cache-control': 'max-age=5' }), [5, 0, 0, 5]],
  ['Authorization with public', arrival({ requestHasAuthorization: true }, { 'cache-control': 'public, max-age=5' }), [5, 0, 0, 5]],
  ['Authorization with s-maxage', arrival({ requestHasAuthorization: true }, { 'cache-control': 's-maxage=5' }), [5, 0, 0, 5]],
  ['Authorization with must-revalidate', arrival({ requestHasAuthorization: true }, { 'cache-control': 'max-age=5, must-revalidate' }), [5, 0, 0, 5]],
  ['no-store with must-understand', arrival({}, { 'cache-control': 'no-store, must-understand, max-age=5' }), [5, 0, 0, 5]],
  ['not Authorization without leave', arrival({ requestHasAuthorization: true }, { 'cache-control': 'max-age=5' }), 'authorization'],
  ['not no-store', arrival({}, { 'cache-control': 'no-store' }), 'no-store'],
  ['not when the client says no-store', arrival({ requestNoStore: true }), 'request-no-store'],
  ['not private', arrival({}, { 'cache-control': 'private, max-age=60' }), 'private'],
  ['not private in part', arrival({}, { 'cache-control': 'private="x-user", max-age=60' }), 'private'],
  ['not a cookie', arrival({ setsCookie: true }, { 'cache-control': 'public, max-age=60' }), 'set-cookie'],
  ['not no-cache without a validator', arrival({}, { 'cache-control': 'no-cache' }), 'no-cache'],
  ['not max-age=0 without a validator', arrival({}, { 'cache-control': 'max-age=0' }), 'stale'],
  ['not what expired', arrival({}, { expires: '0' }), 'stale'],
  ['not what is too old already', arrival({}, { 'cache-control': 'max-age=10', age: '10' }), 'stale'],
  ['not a 404 without freshness', arrival({ statusCode: 404 }), 'no-freshness'],
  ['not a 206', arrival({ statusCode: 206 }, { 'cache-control': 'max-age=5' }), 'status-206'],
  ['not a 304', arrival({ statusCode: 304 }, { 'cache-control': 'max-age=5' }), 'status-304'],
  ['not a 500 even with freshness', arrival({ statusCode: 500 }, { 'cache-control': 'max-age=5' }), 'status-500'],
]

describe('the policy of RFC 9111', () => {
  for (const [name, answer, expected] of HTTP) {
    it(`stores ${name}`, () => {
      expect(outlineOf(judgeHttpStorage(answer))).toEqual(expected)
    })
  }
})

function outlineOf(storage: Storage): readonly number[] | string {
  if (storage.kind === 'pass') return storage.reason
  const { freshSeconds, staleWhileRevalidateSeconds, staleIfErrorSeconds, keepSeconds } = storage.lifetime
  return [freshSeconds, staleWhileRevalidateSeconds, staleIfErrorSeconds, keepSeconds]
}
