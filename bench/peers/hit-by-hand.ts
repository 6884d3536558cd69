/**
 * What the gateway promises of every answer from its memory, and nothing else: the size of the headers checked, ids of its own, the stored headers with those that each answer gets,
 * a log line. No rules, no key. It shows what is left to save.
 */
const BODY = new TextEncoder().encode(JSON.stringify({ id: 1, name: 'Rex', species: 'dog', priceCents: 9900 }))
const HEADER_BYTES_MAX = 10_240
let stored: Headers | null = null

export default {
  async fetch(request: Request): Promise<Response> {
    const startedAtMs = Date.now()
    const requestId = crypto.randomUUID()
    let headerBytes = 0
    request.headers.forEach((value, name) => {
      headerBytes += name.length + value.length
    })
    if (headerBytes > HEADER_BYTES_MAX) return new Response(null, { status: 413 })
    stored ??= new Headers({ 'content-type': 'application/json' })
    const headers = new Headers(stored)
    headers.set('age', '1')
    headers.append('cache-status', 'stagedoor; hit; ttl=3000; detail=memory')
    headers.set('x-amzn-requestid', requestId)
    headers.set('x-amz-apigw-id', requestId.slice(0, 15))
    console.log(JSON.stringify({ requestId, httpMethod: request.method, url: request.url, status: 200, responseLatency: Date.now() - startedAtMs }))
    return new Response(BODY, { headers })
  },
}
