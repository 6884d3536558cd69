import type { Ports } from '../ports.ts'
import { namesRefusedCredentials } from '../semantics/integrations/aws/service-errors.ts'
import type { IntegrationResponse, Matched, ServiceCallRequest } from './exchange.ts'
import { blameIntegration, refuseOutcome } from './integration-refusals.ts'
import { GatewayRefusal } from './refusal.ts'

/** An answer of a service is mapped, so it is read whole (aws-rest 17). */
const ANSWER_BYTES_MAX = 10_485_760

/** Step 11 for AWS services (aws-rest 6.3). Errors of the service are answers, chosen by their status; those of the gateway's own credentials are not the client's to read. */
export async function integrateService(matched: Matched, { request, identity }: ServiceCallRequest, ports: Ports): Promise<IntegrationResponse> {
  const { timeoutInMillis } = matched.method.document.integration
  const sentAtMs = ports.clock.nowMs()
  const outcome = await ports.services.call({ request, identity, timeoutMs: timeoutInMillis, take: { wholeUpToBytes: ANSWER_BYTES_MAX, beyond: 'fails' } })
  const latencyMs = ports.clock.nowMs() - sentAtMs
  if (outcome.kind === 'no-credentials') throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `no credentials for the call: ${outcome.cause}` })
  if (outcome.kind !== 'answered') throw blameIntegration(refuseOutcome(outcome), { latencyMs })
  const { response, body } = outcome
  if (identity.kind !== 'caller' && (response.status === 400 || response.status === 403)) {
    const text = body instanceof Uint8Array ? new TextDecoder().decode(body) : ''
    if (namesRefusedCredentials(response.headers, text)) throw blameIntegration(refuseCredentials(text), { latencyMs, integrationStatus: response.status })
  }
  return {
    statusCode: response.status,
    headers: response.headers,
    body,
    latencyMs,
    endpointRequestId: response.headers.get('x-amzn-requestid') ?? response.headers.get('x-amz-request-id') ?? '',
  }
}

function refuseCredentials(text: string): GatewayRefusal {
  return new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `the service refused the gateway's credentials: ${text.slice(0, NOTE_CHARACTERS_MAX)}` })
}

/** How much of a service's error text a log line takes. */
const NOTE_CHARACTERS_MAX = 512
