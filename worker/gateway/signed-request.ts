import type { HeaderEntry, SignedRequest } from '../semantics/authorizers/sigv4/signed-request.ts'

/** A request as its signer saw it: the URL as it was sent, the method before any override. */
export function toSignedRequest(request: Request): SignedRequest {
  const { url, method, headers } = request
  const authorityStart = url.indexOf('://') + 3
  const pathStart = url.indexOf('/', authorityStart)
  const fragmentStart = url.indexOf('#', pathStart)
  const end = fragmentStart === -1 ? url.length : fragmentStart
  const queryStart = url.slice(0, end).indexOf('?', pathStart)
  const entries: HeaderEntry[] = [...headers]
  if (!headers.has('host')) entries.push(['host', url.slice(authorityStart, pathStart)])
  return { method, path: url.slice(pathStart, queryStart === -1 ? end : queryStart), query: queryStart === -1 ? '' : url.slice(queryStart + 1, end), headers: entries }
}
