/** Origins that may read answers: whole ones, such as `https://app.example.com`, and those below a domain, `https://*.example.com`. */
export type AllowedOrigins = readonly string[]

/** `stagedoor.origin(https://a.example,https://*.b.example)`: the request's Origin, if it is one of those; nothing otherwise. */
const EXPRESSION = /^stagedoor\.origin\(([^()\s]+)\)$/u
/** An origin as a browser writes it, its first label possibly a star. Schemes of apps count. */
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?::[0-9]+)?$/iu

/** Whether a text names an origin, or the origins below a domain. */
export function isOriginPattern(text: string): boolean {
  return ORIGIN.test(text)
}

/** Writes the expression for a list of origins: a literal for the star and for one origin alone, which every client may be told. */
export function toOriginExpression(origins: AllowedOrigins): string {
  if (origins.includes('*')) return "'*'"
  const [only = ''] = origins
  return origins.length === 1 && !only.includes('*') ? `'${only}'` : `stagedoor.origin(${origins.join(',')})`
}

/** Reads such an expression; null when it is none. */
export function parseOriginExpression(text: string): AllowedOrigins | null {
  const list = EXPRESSION.exec(text)?.[1]?.split(',') ?? []
  return list.length > 0 && list.every(isOriginPattern) ? list : null
}

/** The request's origin as it was sent when it is allowed; null when it is not, or when there is none. */
export function chooseOrigin(allowed: AllowedOrigins, origin: string | null): string | null {
  const folded = origin?.toLowerCase() ?? ''
  return allowed.some((pattern) => matches(pattern.toLowerCase(), folded)) ? origin : null
}

function matches(pattern: string, origin: string): boolean {
  const star = pattern.indexOf('*.')
  if (star === -1) return pattern === origin
  const scheme = pattern.slice(0, star)
  const domain = pattern.slice(star + 1)
  const label = origin.slice(scheme.length, origin.length - domain.length)
  return origin.startsWith(scheme) && origin.endsWith(domain) && /^[a-z0-9-]+(?:\.[a-z0-9-]+)*$/u.test(label)
}
