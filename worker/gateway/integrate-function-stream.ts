import type { Ports } from '../ports.ts'
import type { FunctionCall } from '../semantics/integrations/functions/function-call.ts'
import type { IntegrationResponse, Matched } from './exchange.ts'
import { endpointRequestId } from './integrate-function.ts'
import { badGateway, blameIntegration, refuseFailure } from './integration-refusals.ts'
import { GatewayRefusal } from './refusal.ts'
import { logBroken, streamBounds } from './stream-bounds.ts'

/** Step 11 for AWS_PROXY with `responseTransferMode: STREAM` (aws-rest 6.10): the metadata first, then bytes as the function writes them. */
export async function integrateFunctionStream(matched: Matched, call: FunctionCall, ports: Ports): Promise<IntegrationResponse> {
  const sentAtMs = ports.clock.nowMs()
  const outcome = await ports.functions.stream({ ...call, ...streamBounds(matched), onBroken: logBroken(matched, ports) })
  const latencyMs = ports.clock.nowMs() - sentAtMs
  if (outcome.kind === 'malformed') throw new GatewayRefusal('DEFAULT_5XX', { statusCode: 500, note: `Malformed Lambda streaming response: ${outcome.cause}` })
  if (outcome.kind === 'broken') throw blameIntegration(badGateway(outcome.cause), { latencyMs })
  if (outcome.kind !== 'streaming') throw blameIntegration(refuseFailure(outcome), { latencyMs })
  const headers = new Headers()
  for (const [name, value] of outcome.prelude.headers) headers.append(name, value)
  return {
    statusCode: outcome.prelude.statusCode,
    headers,
    body: outcome.body,
    latencyMs,
    integrationStatus: outcome.statusCode,
    ...endpointRequestId(outcome.headers),
  }
}
