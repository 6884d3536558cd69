import type { Ports, TakeBody } from '../ports.ts'
import type { HttpRequest, IntegrationResponse, Matched } from './exchange.ts'
import { refuseOutcome } from './integration-refusals.ts'
import { logBroken, streamBounds } from './stream-bounds.ts'

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
    ...(integration.responseTransferMode === 'STREAM' ? streamBounds(matched, ports) : { onBroken: logBroken(matched, ports) }),
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
