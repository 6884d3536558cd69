import type { Ports } from '../ports.ts'
import type { IntegrationRequest, IntegrationResponse, Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/** Step 11. Calls the backend. */
export async function integrate(matched: Matched, request: IntegrationRequest, ports: Ports): Promise<IntegrationResponse> {
  switch (request.kind) {
    case 'http':
      return callHttp(matched, request, ports)
    case 'mock':
      return { statusCode: request.statusCode, headers: new Headers(), body: null, latencyMs: 0 }
    default:
      return request satisfies never
  }
}

async function callHttp(matched: Matched, request: IntegrationRequest & { kind: 'http' }, ports: Ports): Promise<IntegrationResponse> {
  const sentAtMs = ports.clock.nowMs()
  const outcome = await ports.upstream.call({
    url: request.url,
    method: request.method,
    headers: request.headers,
    body: request.body,
    timeoutMs: matched.method.document.integration.timeoutInMillis,
  })
  switch (outcome.kind) {
    case 'answered':
      return { statusCode: outcome.response.status, headers: outcome.response.headers, body: outcome.response.body, latencyMs: ports.clock.nowMs() - sentAtMs }
    case 'timed-out':
      throw new GatewayRefusal('INTEGRATION_TIMEOUT', { note: 'the backend did not answer in time' })
    case 'untrusted':
      throw new GatewayRefusal('INTEGRATION_FAILURE', { message: 'Network error communicating with endpoint', note: `TLS failed: ${outcome.cause}` })
    case 'unreachable':
    case 'too-large':
      // Amazon lists 504 for this type and answers 500 unless the API customises it (aws-rest 3.1, 6.5).
      throw new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: outcome.cause })
    default:
      return outcome satisfies never
  }
}
