import { isHeaderName, toHeaderValue } from './header-value.ts'

/** Client headers that go no further than the gateway: not to the backend, not into mappings or templates (aws-rest 5.3). */
export const DROPPED_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'connection', 'content-length', 'content-md5', 'expect', 'max-forwards', 'proxy-authenticate', 'server', 'te', 'transfer-encoding', 'trailer', 'upgrade',
  'www-authenticate',
])

/** What a proxied backend does not get beyond those: the gateway writes its own (aws-rest 5.3), and Cloudflare's headers are not the client's. */
const NOT_PROXIED: ReadonlySet<string> = new Set(['host', 'content-encoding', 'via', 'cf-connecting-ip', 'cf-ipcountry', 'cf-ray', 'cf-visitor', 'cf-worker', 'cdn-loop', 'x-real-ip', 'x-amzn-requestid'])

/** Mapped headers that are dropped without a word (aws-rest 5.3). A backend is reached by its URL, which also says its Host. */
const NOT_MAPPED: ReadonlySet<string> = new Set(['connection', 'expect', 'host', 'proxy-authenticate', 'te', 'via'])

/** Who calls a backend. */
export interface CallingGateway {
  readonly apiId: string
  readonly traceId: string
}

/** The headers of an HTTP_PROXY call: the client's own, whose `names` are lower case, and those by which a backend knows the gateway. */
export function toProxyHeaders(client: Headers, names: readonly string[], gateway: CallingGateway): Headers {
  // A copy that loses what it must not have costs a third of one made header by header.
  const headers = new Headers(client)
  for (const name of names) if (DROPPED_REQUEST_HEADERS.has(name) || NOT_PROXIED.has(name)) headers.delete(name)
  addGateway(headers, gateway)
  return headers
}

/** What an HTTP backend hears of the client beyond the mapped headers: the content type, unless the client's method has no body (aws-rest 5.3). */
export interface MappedClient {
  readonly httpMethod: string
  readonly contentType: string | null
}

/** The headers of an HTTP call: those that are mapped, and Amazon's defaults where nothing is (aws-rest 5.3). */
export function toIntegrationHeaders(mapped: readonly (readonly [name: string, value: string])[], client: MappedClient, gateway: CallingGateway): Headers {
  const headers = new Headers()
  setMappedHeaders(headers, mapped)
  if (!headers.has('accept')) headers.set('Accept', 'application/json')
  if (!headers.has('user-agent')) headers.set('User-Agent', `AmazonAPIGateway_${gateway.apiId}`)
  if (!headers.has('content-type') && client.contentType !== null && !['GET', 'HEAD', 'OPTIONS'].includes(client.httpMethod)) headers.set('Content-Type', client.contentType)
  addGateway(headers, gateway)
  return headers
}

/** Sets mapped headers in place of those of the same name; names in different spellings are one header, with both values (aws-rest 7.6). */
export function setMappedHeaders(headers: Headers, mapped: readonly (readonly [name: string, value: string])[]): void {
  const seen = new Set<string>()
  for (const [name, value] of mapped) {
    const folded = name.toLowerCase()
    if (NOT_MAPPED.has(folded) || !isHeaderName(name)) continue
    if (seen.has(folded)) headers.append(name, toHeaderValue(value))
    else headers.set(name, toHeaderValue(value))
    seen.add(folded)
  }
}

function addGateway(headers: Headers, gateway: CallingGateway): void {
  headers.set('X-Amzn-Trace-Id', gateway.traceId)
  headers.set('X-Amzn-Apigateway-Api-Id', gateway.apiId)
}
