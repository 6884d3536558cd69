import type { CachedAnswer, Validators } from './entry.ts'

/** Headers by which a client asks for less than the whole answer; a cache asks the backend without them, so that what it stores is whole. */
const CONDITIONAL_HEADERS = ['if-none-match', 'if-modified-since', 'if-match', 'if-unmodified-since', 'if-range', 'range'] as const

/** Headers that a 304 never changes: they describe the stored body, or belong to one client (RFC 9111 section 3.2). */
const KEPT_ON_304: ReadonlySet<string> = new Set(['content-encoding', 'content-length', 'content-range', 'content-type', 'set-cookie', 'transfer-encoding', 'x-amzn-remapped-content-length'])

/** Whether a client that asks with validators has the answer already, so that 304 will do (RFC 9110 section 13.2.2, for GET and HEAD). */
export function isNotModified(request: Headers, answer: Pick<CachedAnswer, 'statusCode' | 'headers'>): boolean {
  if (answer.statusCode !== 200) return false
  const noneMatch = request.get('if-none-match')
  if (noneMatch !== null) return matchesEtag(noneMatch, answer.headers.get('etag'))
  const since = Date.parse(request.get('if-modified-since') ?? '')
  const modified = Date.parse(answer.headers.get('last-modified') ?? '')
  return modified <= since
}

/** The backend's validators of an answer. */
export function toValidators(headers: Headers): Validators {
  return { etag: headers.get('etag'), lastModified: headers.get('last-modified') }
}

/** Asks the backend whether a stored answer is still good (RFC 9111 section 4.3.1). Gives new headers. */
export function withValidators(headers: Headers, validators: Validators): Headers {
  const asking = withoutConditions(headers)
  if (validators.etag !== null) asking.set('if-none-match', validators.etag)
  if (validators.lastModified !== null) asking.set('if-modified-since', validators.lastModified)
  return asking
}

/** The headers without the client's own conditions and ranges. Gives new headers. */
export function withoutConditions(headers: Headers): Headers {
  const whole = new Headers(headers)
  for (const name of CONDITIONAL_HEADERS) whole.delete(name)
  return whole
}

/** The headers of a stored answer after the backend said that it is still good (RFC 9111 section 4.3.4). Gives new headers. */
export function updateHeaders(stored: Headers, notModified: Headers): Headers {
  const updated = new Headers(stored)
  for (const [name, value] of notModified) if (!KEPT_ON_304.has(name)) updated.set(name, value)
  return updated
}

/** Weak comparison (RFC 9110 section 8.8.3.2). */
function matchesEtag(noneMatch: string, etag: string | null): boolean {
  if (noneMatch.trim() === '*') return true
  if (etag === null) return false
  const wanted = etag.replace(/^W\//u, '')
  return (noneMatch.match(/(?:W\/)?"[^"]*"/gu) ?? []).some((candidate) => candidate.replace(/^W\//u, '') === wanted)
}
