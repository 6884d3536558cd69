import type { Ports } from '../ports.ts'
import { parseBase64 } from '../semantics/integrations/base64.ts'
import { firstAccepted, isBinaryMediaType } from '../semantics/integrations/binary-media-types.ts'
import type { FunctionAnswer, FunctionCall } from '../semantics/integrations/functions/function-call.ts'
import { errorMessageOf } from '../semantics/integrations/functions/function-error.ts'
import { readStreamPrelude } from '../semantics/integrations/functions/stream-prelude.ts'
import { parseProxyResponse, type ProxyResponse } from '../semantics/integrations/functions/proxy-response.ts'
import type { Body } from '../ports.ts'
import type { IntegrationResponse, Matched } from './exchange.ts'
import { badGateway, blameIntegration, refuseFailure } from './integration-refusals.ts'
import { GatewayRefusal } from './refusal.ts'

/** Step 11 for AWS_PROXY: calls the function and reads its answer by the rules of aws-rest 6.2. */
export async function integrateFunctionProxy(matched: Matched, call: FunctionCall, ports: Ports): Promise<IntegrationResponse> {
  const { answer, latencyMs } = await invoke(call, ports)
  const text = new TextDecoder().decode(answer.payload)
  const known = { latencyMs, integrationStatus: answer.statusCode, ...requestIdOf(answer.headers) }
  if (answer.functionError !== null) throw blameIntegration(refuseFunctionError(answer, text), known)
  const parsed = parseProxyResponse(text)
  const streamed = parsed.ok ? null : readStreamedAsWhole(answer)
  if (streamed !== null) return { ...streamed, latencyMs, integrationStatus: answer.statusCode }
  if (!parsed.ok) throw blameIntegration(badGateway(parsed.cause), known)
  const headers = new Headers()
  for (const [name, value] of parsed.response.headers) headers.append(name, value)
  return {
    statusCode: parsed.response.statusCode,
    headers,
    body: toBody(parsed.response, matched),
    latencyMs,
    integrationStatus: answer.statusCode,
    ...endpointRequestId(answer.headers),
  }
}

/**
 * Step 11 for AWS with a function: whatever the function returned or threw is an answer of status 200; its `errorMessage` chooses the response (aws-rest 6.4).
 */
export async function integrateFunction(call: FunctionCall, ports: Ports): Promise<IntegrationResponse> {
  const { answer, latencyMs } = await invoke(call, ports)
  return {
    statusCode: answer.statusCode,
    headers: answer.headers,
    body: answer.payload,
    latencyMs,
    selectionText: errorMessageOf(new TextDecoder().decode(answer.payload)) ?? '',
    integrationStatus: answer.statusCode,
    ...endpointRequestId(answer.headers),
  }
}

async function invoke(call: FunctionCall, ports: Ports): Promise<{ readonly answer: FunctionAnswer; readonly latencyMs: number }> {
  const sentAtMs = ports.clock.nowMs()
  const outcome = await ports.functions.invoke(call)
  const latencyMs = ports.clock.nowMs() - sentAtMs
  if (outcome.kind !== 'answered') throw blameIntegration(refuseFailure(outcome), { latencyMs })
  return { answer: outcome, latencyMs }
}

function refuseFunctionError(answer: FunctionAnswer, payload: string): GatewayRefusal {
  const message = errorMessageOf(payload) ?? payload.slice(0, NOTE_CHARACTERS_MAX)
  const id = answer.headers.get('x-amzn-requestid') ?? 'unknown'
  return badGateway(`Lambda execution failed with status ${answer.statusCode} due to customer function error: ${message}. Lambda request id: ${id}`)
}

/** How much of a payload without a message goes to the log. */
const NOTE_CHARACTERS_MAX = 256

/** A function that writes the streaming format, called without streaming: its status and headers arrive, its payload does not (aws-rest 6.10). */
function readStreamedAsWhole(answer: FunctionAnswer): Pick<IntegrationResponse, 'statusCode' | 'headers' | 'body'> | null {
  const reading = readStreamPrelude(answer.payload)
  if (reading.kind !== 'whole') return null
  const headers = new Headers()
  for (const [name, value] of reading.prelude.headers) headers.append(name, value)
  return { statusCode: reading.prelude.statusCode, headers, body: null }
}

/** Base64 is undone only for a client whose first accepted type is binary for this API; any other gets the text as it is (aws-rest 6.2). */
function toBody(response: ProxyResponse, matched: Matched): Body {
  if (!response.isBase64Encoded) return response.body
  const accepted = firstAccepted(matched.request.headers.get('accept'))
  if (!isBinaryMediaType(accepted, matched.deployment.document.binaryMediaTypes)) return response.body
  const bytes = parseBase64(response.body)
  if (bytes === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'the function says isBase64Encoded, but its body is not base64' })
  return bytes
}

/** Lambda's id of a call, where it says one. */
export function endpointRequestId(headers: Headers): Pick<IntegrationResponse, 'endpointRequestId'> {
  const { requestId } = requestIdOf(headers)
  return requestId === undefined ? {} : { endpointRequestId: requestId }
}

function requestIdOf(headers: Headers): { readonly requestId?: string } {
  const requestId = headers.get('x-amzn-requestid')
  return requestId === null ? {} : { requestId }
}
