import type { Ports, TakeBody, UpstreamOutcome } from '../ports.ts'
import type { HttpRequest, IntegrationResponse, Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/** What is taken whole (aws-rest 17), and up to what length a proxied answer is awaited so that a broken one becomes an error, not half an answer. */
const LIMITS = { mappedBytesMax: 10_485_760, awaitedBytesMax: 131_072 } as const

/** Step 11 for HTTP and HTTP_PROXY (aws-rest 6.5). */
export async function integrateHttp(matched: Matched, request: HttpRequest, ports: Ports): Promise<IntegrationResponse> {
  const { integration } = matched.method.document
  const sentAtMs = ports.clock.nowMs()
  const outcome = await ports.upstream.call({
    url: request.url,
    method: request.method,
    headers: request.headers,
    body: request.body,
    timeoutMs: integration.timeoutInMillis,
    take: chooseTake(integration),
    onBroken: (cause) => ports.log.write({ level: 'error', requestId: matched.requestId, message: "the backend's answer broke off", cause }),
  })
  if (outcome.kind !== 'answered') throw refuseOutcome(outcome)
  const { response, body } = outcome
  return { statusCode: response.status, headers: response.headers, body, latencyMs: ports.clock.nowMs() - sentAtMs }
}

/** An answer that is mapped is read whole; a proxied one flows, but for small ones. */
function chooseTake(integration: Matched['method']['document']['integration']): TakeBody {
  if (integration.type === 'HTTP') return { wholeUpToBytes: LIMITS.mappedBytesMax, beyond: 'fails' }
  if (integration.responseTransferMode === 'STREAM') return 'flowing'
  return { wholeUpToBytes: LIMITS.awaitedBytesMax, beyond: 'flows' }
}

/** What a client reads of a backend that gave no answer (aws-rest 6.5); the cause goes to the log. */
export function refuseOutcome(outcome: Exclude<UpstreamOutcome, { kind: 'answered' }>): GatewayRefusal {
  switch (outcome.kind) {
    case 'timed-out':
      return new GatewayRefusal('INTEGRATION_TIMEOUT', { note: 'the backend did not answer in time' })
    case 'unreachable':
      // Amazon lists 504 for this type and answers 500 unless the API customises it (aws-rest 3.1, 6.5).
      return new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: `the backend can't be reached: ${outcome.cause}` })
    case 'untrusted':
      return new GatewayRefusal('INTEGRATION_FAILURE', { message: 'Network error communicating with endpoint', note: `no TLS with the backend: ${outcome.cause}` })
    case 'too-large':
      return new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: outcome.cause })
    default:
      return outcome satisfies never
  }
}
