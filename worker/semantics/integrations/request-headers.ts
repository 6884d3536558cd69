/** Client headers that go no further than the gateway: not to the backend, not into mappings or templates (aws-rest 5.3). */
export const DROPPED_REQUEST_HEADERS: ReadonlySet<string> = new Set([
  'connection', 'content-length', 'content-md5', 'expect', 'max-forwards', 'proxy-authenticate', 'server', 'te', 'transfer-encoding', 'trailer', 'upgrade',
  'www-authenticate',
])

/** What a proxied backend does not get beyond those: the gateway writes its own (aws-rest 5.3), and Cloudflare's headers are not the client's. */
const NOT_PROXIED: ReadonlySet<string> = new Set(['host', 'content-encoding', 'via', 'cf-connecting-ip', 'cf-ipcountry', 'cf-ray', 'cf-visitor', 'cf-worker', 'cdn-loop', 'x-real-ip', 'x-amzn-requestid'])

/** The headers of an HTTP_PROXY call: the client's own, and those by which a backend knows the gateway. */
export function toProxyHeaders(client: Headers, gateway: { readonly apiId: string; readonly traceId: string }): Headers {
  const headers = new Headers()
  for (const [name, value] of client) {
    if (!DROPPED_REQUEST_HEADERS.has(name) && !NOT_PROXIED.has(name)) headers.append(name, value)
  }
  headers.set('x-amzn-trace-id', gateway.traceId)
  headers.set('x-amzn-apigateway-api-id', gateway.apiId)
  return headers
}
