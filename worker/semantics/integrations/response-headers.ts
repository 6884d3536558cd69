import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'

/** Backend headers that a proxy's client reads under `x-amzn-Remapped-<name>` (aws-rest 5.4); of a function's answer there is one more. Spelled as the client reads them. */
const REMAPPED: Readonly<Record<'http' | 'function', readonly string[]>> = {
  http: ['Connection', 'Content-Length', 'Date', 'Server', 'x-amzn-requestid'],
  function: ['Connection', 'Content-Length', 'Date', 'Server', 'x-amzn-requestid', 'WWW-Authenticate'],
}
/** Backend headers that no client reads (aws-rest 5.4). */
const DROPPED = ['transfer-encoding', 'via', 'cf-cache-status', 'cf-ray', 'nel', 'report-to'] as const

/** The headers of a proxied answer: everything but hop-by-hop ones, with Amazon's renames, `set-cookie` kept apart. */
export function toProxyResponseHeaders(backend: Headers, source: 'http' | 'function'): Headers {
  const headers = new Headers(backend)
  for (const name of DROPPED) headers.delete(name)
  for (const name of REMAPPED[source]) {
    const value = headers.get(name)
    if (value === null) continue
    headers.delete(name)
    headers.set(`x-amzn-Remapped-${name}`, value)
  }
  return headers
}

/** Mapped headers that a client reads under another name (aws-rest 5.4): of every integration, and more of HTTP and AWS. */
const MAPPED_REMAPPED: ReadonlySet<string> = new Set(['connection', 'content-length', 'date', 'server'])
const MAPPED_REMAPPED_MORE: ReadonlySet<string> = new Set([
  'authorization', 'content-md5', 'expect', 'host', 'max-forwards', 'proxy-authenticate', 'trailer', 'upgrade', 'user-agent', 'www-authenticate',
])

/** The name under which a client reads a mapped header; null when the header is dropped (aws-rest 5.4). */
export function toMappedHeaderName(name: string, type: IntegrationDocument['type']): string | null {
  const folded = name.toLowerCase()
  if (folded === 'transfer-encoding') return null
  const isRemapped = MAPPED_REMAPPED.has(folded) || (type !== 'MOCK' && MAPPED_REMAPPED_MORE.has(folded))
  return isRemapped ? `x-amzn-Remapped-${name}` : name
}
