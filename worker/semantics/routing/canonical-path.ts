/** A path in the one spelling that is matched, guarded and forwarded. Made only by `toCanonicalPath`. */
export type CanonicalPath = string & { readonly __brand: 'CanonicalPath' }

const ESCAPE = /%[0-9A-Fa-f]{2}/gu
/** RFC 3986 unreserved characters, and `,` and `:`, which a path part of a definition may hold (aws-rest 1.2). */
const LITERAL = /[A-Za-z0-9\-._~,:]/u

/**
 * Writes a path in its canonical spelling: escapes of characters that need none are resolved (RFC 3986 section 6.2.2.2), so that `/%61dmin` is `/admin`
 * for the router, the guard and the backend alike; every other escape stays as the client wrote it (aws-rest 1.4).
 */
export function toCanonicalPath(rawPath: string): CanonicalPath {
  const resolved = rawPath.includes('%') ? rawPath.replace(ESCAPE, resolveEscape) : rawPath
  return resolved as CanonicalPath
}

function resolveEscape(escape: string): string {
  const character = String.fromCharCode(Number.parseInt(escape.slice(1), 16))
  return LITERAL.test(character) ? character : escape
}
