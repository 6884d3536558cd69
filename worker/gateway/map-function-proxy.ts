import { toServiceRequest } from '../semantics/integrations/aws/service-request.ts'
import { parseServiceUri, toFunctionUri, type ServiceUri } from '../semantics/integrations/aws/service-uri.ts'
import { toBase64 } from '../semantics/integrations/base64.ts'
import { isBinaryMediaType } from '../semantics/integrations/binary-media-types.ts'
import { isIllegalRequestHeader } from '../semantics/integrations/illegal-headers.ts'
import { toProxyEvent, type EventBody, type EventSource } from '../semantics/integrations/functions/proxy-event.ts'
import { renderStageVariables } from '../semantics/stages/stage-variables.ts'
import { requireIdentity } from './aws-identity.ts'
import { toContextVariables } from './context-variables.ts'
import type { IntegrationRequest, Matched } from './exchange.ts'
import { eventTooLarge } from './integration-refusals.ts'
import { GatewayRefusal } from './refusal.ts'

/** Lambda takes no larger event (aws-websocket-and-services D1). */
const EVENT_BYTES_MAX = 6_291_456

/** Step 10 for AWS_PROXY: the event of payload format 1.0 (aws-rest 6.2). Mappings and templates play no part in it. */
export async function mapFunctionProxy(matched: Matched): Promise<IntegrationRequest> {
  const { integration } = matched.method.document
  const uri = requireUri(matched)
  // Amazon finds this out only when the method is called, and answers as if the function had failed (aws-rest 6.2).
  if (integration.httpMethod !== 'POST') throw new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: 'a function is invoked by POST; the integration says another method' })
  refuseIllegalHeaders(matched)
  if (uri.serviceName === 'firehose' && uri.kind === 'action') return mapFirehose(matched, uri)
  const target = toFunctionUri(uri)
  if (target === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `the URI ${integration.uri ?? ''} names no function` })
  const payload = JSON.stringify(toProxyEvent(toEventSource(matched), await toEventBody(matched)))
  if (payload.length > EVENT_BYTES_MAX) throw eventTooLarge(`the event is larger than the ${EVENT_BYTES_MAX} bytes that Lambda takes`)
  return {
    kind: 'function-proxy',
    isStreaming: integration.responseTransferMode === 'STREAM',
    call: {
      functionArn: target.functionArn,
      payload,
      invocationType: 'RequestResponse',
      identity: requireIdentity(matched),
      timeoutMs: integration.timeoutInMillis,
      apiId: matched.deployment.document.apiId,
      requestId: matched.requestId,
      traceId: matched.traceId,
    },
  }
}

/** Mappings play no part, but one that Amazon would not send fails the request all the same (aws-rest 5.2). */
function refuseIllegalHeaders(matched: Matched): void {
  for (const target of Object.keys(matched.method.document.integration.requestParameters)) {
    const name = /^integration\.request\.header\.(.+)$/u.exec(target)?.[1]
    if (name === undefined || !isIllegalRequestHeader(name, 'AWS_PROXY')) continue
    throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `Execution failed due to configuration error: ${name} header already present` })
  }
}

/** A Firehose stream takes what the client sends, as it is: the only other target of AWS_PROXY (aws-rest 6.2). */
async function mapFirehose(matched: Matched, uri: ServiceUri): Promise<IntegrationRequest> {
  const request = toServiceRequest(uri, {
    method: 'POST',
    headers: new Headers(),
    query: '',
    body: await matched.body.bytes(),
    contentType: 'application/x-amz-json-1.1',
    apiId: matched.deployment.document.apiId,
    traceId: matched.traceId,
  })
  if (typeof request === 'string') throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: request })
  return { kind: 'service', request, identity: requireIdentity(matched) }
}

/** The integration's URI with the stage's variables put in, taken apart. */
function requireUri(matched: Matched): ServiceUri {
  const text = renderStageVariables(matched.method.document.integration.uri ?? '', matched.stageVariables)
  const uri = parseServiceUri(text)
  if (uri === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `${JSON.stringify(text)} is not the ARN of a service` })
  return uri
}

/** What of a request goes into events: of a proxy integration, and of a REQUEST authorizer. */
export function toEventSource(matched: Matched): EventSource {
  const { method } = matched
  const parameters = matched.parameters()
  return {
    resource: method.resourcePath,
    path: matched.eventPath,
    httpMethod: matched.httpMethod,
    headers: parameters.headers().filter(([name, value]) => !isNotForFunctions(name, value)),
    querystring: parameters.querystring(),
    pathParameters: matched.pathParameters,
    stageVariables: matched.stageVariables,
    context: toContextVariables(matched),
  }
}

/** A signature is meant for the gateway alone (aws-rest 5.3); `x-real-ip` is Cloudflare's. */
function isNotForFunctions(name: string, value: string): boolean {
  return name === 'x-real-ip' || (name === 'authorization' && value.startsWith('AWS4-HMAC-SHA256'))
}

/** A body of one of the API's binary types goes as base64, any other as text (aws-rest 6.2); null when there is none. */
async function toEventBody(matched: Matched): Promise<EventBody | null> {
  const bytes = await matched.body.bytes()
  if (bytes.byteLength === 0) return null
  const contentType = matched.request.headers.get('content-type') ?? 'application/json'
  const isBase64Encoded = isBinaryMediaType(contentType, matched.deployment.document.binaryMediaTypes)
  return { text: isBase64Encoded ? toBase64(bytes) : new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(bytes), isBase64Encoded }
}
