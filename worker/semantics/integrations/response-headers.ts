/** Backend headers that a proxy's client reads under `x-amzn-remapped-<name>` (aws-rest 5.4). */
const REMAPPED: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'server', 'x-amzn-requestid'])
/** Backend headers that no client reads (aws-rest 5.4). */
const DROPPED: ReadonlySet<string> = new Set(['transfer-encoding', 'via', 'cf-cache-status', 'cf-ray', 'nel', 'report-to'])

/** The headers of a proxied answer: everything but hop-by-hop ones, with Amazon's renames, `set-cookie` kept apart. */
export function toProxyResponseHeaders(backend: Headers, source: 'http' | 'function'): Headers {
  const headers = new Headers()
  for (const [name, value] of backend) {
    if (DROPPED.has(name)) continue
    const isRemapped = REMAPPED.has(name) || (source === 'function' && name === 'www-authenticate')
    headers.append(isRemapped ? `x-amzn-remapped-${name}` : name, value)
  }
  return headers
}
