/** What a fetch on Cloudflare says when it did not reach the backend. */
export type EdgeFailure = 'timed-out' | 'untrusted' | 'unreachable'

/** Statuses that Cloudflare's own proxy makes up when a backend can't be reached: it answers where other runtimes throw. */
const EDGE_FAILURES: ReadonlyMap<number, EdgeFailure> = new Map([
  [520, 'unreachable'], [521, 'unreachable'], [522, 'timed-out'], [523, 'unreachable'], [524, 'timed-out'], [525, 'untrusted'], [526, 'untrusted'],
  [527, 'unreachable'], [530, 'unreachable'],
])

/** Tells an answer that Cloudflare made up from one of the backend; null for the backend's own, whatever its status. */
export function toEdgeFailure(statusCode: number, headers: Headers): EdgeFailure | null {
  if (statusCode < 520) return null
  return headers.get('server') === 'cloudflare' ? (EDGE_FAILURES.get(statusCode) ?? null) : null
}
