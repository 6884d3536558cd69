import { parseCacheControl, type CacheControl } from './cache-control.ts'
import { LIMITS } from './limits.ts'

/** How long an answer may be used for what, in seconds from its arrival. */
export interface Lifetime {
  readonly initialAgeSeconds: number
  readonly freshSeconds: number
  /** The windows begin where freshness ends. */
  readonly staleWhileRevalidateSeconds: number
  readonly staleIfErrorSeconds: number
  readonly keepSeconds: number
  readonly mustRevalidate: boolean
}

/** Whether an answer may be stored, and why not. */
export type Storage = { readonly kind: 'store'; readonly lifetime: Lifetime } | { readonly kind: 'pass'; readonly reason: string }

/** What is known of an answer when its headers are here. */
export interface Arrival {
  readonly statusCode: number
  /** Of the backend, before any mapping. */
  readonly headers: Headers
  /** Whether the client's answer sets a cookie, by the backend or by a mapping. */
  readonly setsCookie: boolean
  /** The method's `cacheTtlInSeconds`. */
  readonly ttlSeconds: number
}

/**
 * Amazon's policy: every successful answer for the method's TTL, whatever the backend says about caching (aws-rest 9).
 * Differs from Amazon: an answer that sets a cookie is never stored, because it would hand one client's session to the others. A part of an answer is not stored either.
 */
export function judgeStorage(arrival: Arrival): Storage {
  const { statusCode, ttlSeconds } = arrival
  if (statusCode < 200 || statusCode > 299) return pass(`status-${statusCode}`)
  if (statusCode === 206) return pass('partial')
  if (arrival.setsCookie) return pass('set-cookie')
  if (ttlSeconds <= 0) return pass('ttl-0')
  const freshSeconds = Math.min(ttlSeconds, LIMITS.ttlSecondsMax)
  return { kind: 'store', lifetime: { initialAgeSeconds: 0, freshSeconds, staleWhileRevalidateSeconds: 0, staleIfErrorSeconds: 0, keepSeconds: freshSeconds, mustRevalidate: false } }
}

/** What RFC 9111 needs to know beyond the answer itself. */
export interface HttpArrival extends Arrival {
  readonly requestHasAuthorization: boolean
  readonly requestNoStore: boolean
  readonly requestedAtMs: number
  readonly receivedAtMs: number
}

/** Statuses whose meaning this cache understands (RFC 9111 section 3, RFC 9110 section 15.1). */
const UNDERSTOOD: ReadonlySet<number> = new Set([200, 203, 204, 300, 301, 302, 303, 307, 308, 404, 405, 410, 414, 451, 501])
/** Statuses that the method's own TTL covers when the backend says nothing. */
const COVERED_BY_TTL: ReadonlySet<number> = new Set([200, 203, 204])

/**
 * The standards' policy, `cachePolicy: "rfc9111"`: what a shared cache may store (RFC 9111 section 3) and for how long (section 4.2). Where the backend says nothing about
 * freshness, the method's TTL holds for plain successes. An answer that sets a cookie is never stored.
 */
export function judgeHttpStorage(arrival: HttpArrival): Storage {
  const control = parseCacheControl(arrival.headers.get('cache-control'))
  const refusal = refuse(arrival, control)
  if (refusal !== null) return pass(refusal)
  const initialAgeSeconds = toInitialAge(arrival)
  const said = toFreshSeconds(arrival, control)
  if (said === null && !COVERED_BY_TTL.has(arrival.statusCode)) return pass('no-freshness')
  const freshSeconds = control.noCache ? 0 : Math.min(said ?? arrival.ttlSeconds, LIMITS.keepSecondsMax) - initialAgeSeconds
  return toStorage(arrival, control, { initialAgeSeconds, freshSeconds: Math.max(0, freshSeconds) })
}

function toStorage(arrival: HttpArrival, control: CacheControl, base: Pick<Lifetime, 'initialAgeSeconds' | 'freshSeconds'>): Storage {
  const mustRevalidate = control.noCache || control.mustRevalidate || control.proxyRevalidate || control.sMaxAgeSeconds !== null
  const left = LIMITS.keepSecondsMax - base.freshSeconds
  const staleWhileRevalidateSeconds = mustRevalidate ? 0 : Math.min(control.staleWhileRevalidateSeconds ?? 0, left)
  const staleIfErrorSeconds = mustRevalidate ? 0 : Math.min(control.staleIfErrorSeconds ?? 0, left)
  const validatorSeconds = hasValidator(arrival.headers) ? Math.min(LIMITS.validatorSecondsMax, left) : 0
  const keepSeconds = base.freshSeconds + Math.max(staleWhileRevalidateSeconds, staleIfErrorSeconds, validatorSeconds)
  if (keepSeconds === 0) return pass(control.noCache ? 'no-cache' : 'stale')
  return { kind: 'store', lifetime: { ...base, staleWhileRevalidateSeconds, staleIfErrorSeconds, keepSeconds, mustRevalidate } }
}

function refuse(arrival: HttpArrival, control: CacheControl): string | null {
  if (!UNDERSTOOD.has(arrival.statusCode)) return `status-${arrival.statusCode}`
  // RFC 9111 section 5.2.2.3: with must-understand, no-store is for caches that do not know the status.
  if (control.noStore && !control.mustUnderstand) return 'no-store'
  if (arrival.requestNoStore) return 'request-no-store'
  if (control.isPrivate) return 'private'
  if (arrival.setsCookie) return 'set-cookie'
  // RFC 9111 section 3.5.
  if (arrival.requestHasAuthorization && !control.isPublic && !control.mustRevalidate && control.sMaxAgeSeconds === null) return 'authorization'
  return null
}

/** The lifetime that the backend names: s-maxage, else max-age, else Expires (RFC 9111 section 4.2.1); null when it names none. */
function toFreshSeconds(arrival: HttpArrival, control: CacheControl): number | null {
  if (control.sMaxAgeSeconds !== null) return control.sMaxAgeSeconds
  if (control.maxAgeSeconds !== null) return control.maxAgeSeconds
  const expires = arrival.headers.get('expires')
  if (expires === null) return null
  const expiresMs = Date.parse(expires)
  // A date that can't be read, such as `0`, is in the past (RFC 9111 section 5.3).
  if (Number.isNaN(expiresMs)) return 0
  return Math.max(0, Math.floor((expiresMs - (toDateMs(arrival) ?? arrival.receivedAtMs)) / 1000))
}

/** RFC 9111 section 4.2.3. */
function toInitialAge(arrival: HttpArrival): number {
  const dateMs = toDateMs(arrival)
  const apparent = dateMs === null ? 0 : Math.max(0, arrival.receivedAtMs - dateMs) / 1000
  const age = arrival.headers.get('age') ?? ''
  const corrected = (/^[0-9]{1,9}$/u.test(age) ? Number(age) : 0) + (arrival.receivedAtMs - arrival.requestedAtMs) / 1000
  return Math.floor(Math.max(apparent, corrected))
}

function toDateMs(arrival: HttpArrival): number | null {
  const dateMs = Date.parse(arrival.headers.get('date') ?? '')
  return Number.isNaN(dateMs) ? null : dateMs
}

function hasValidator(headers: Headers): boolean {
  return headers.has('etag') || headers.has('last-modified')
}

function pass(reason: string): Storage {
  return { kind: 'pass', reason }
}
