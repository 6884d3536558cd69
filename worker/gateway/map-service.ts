import { toServiceRequest, type MappedServiceRequest } from '../semantics/integrations/aws/service-request.ts'
import { parseServiceUri, toFunctionUri, type ServiceUri } from '../semantics/integrations/aws/service-uri.ts'
import { toQuery } from '../semantics/integrations/query.ts'
import { setMappedHeaders } from '../semantics/integrations/request-headers.ts'
import { renderUri } from '../semantics/integrations/uri-template.ts'
import { requireIdentity } from './aws-identity.ts'
import type { IntegrationRequest, Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'
import { transformRequest, type TransformedRequest } from './transform-request.ts'

/** Step 10 for AWS: the call of a service, or of a function with what the template made (aws-rest 6.3). */
export async function mapService(matched: Matched): Promise<IntegrationRequest> {
  const transformed = await transformRequest(matched)
  const uri = toServiceUri(matched, transformed.path)
  const { overrides } = transformed
  const headers = new Headers()
  setMappedHeaders(headers, transformed.header)
  // Amazon lets this one through to HTTP backends only (aws-rest 5.3).
  headers.delete('referer')
  const functionUri = toFunctionUri(uri)
  if (functionUri !== null) return { ...toFunctionRequest(matched, functionUri.functionArn, { headers, body: transformed.body }), overrides }
  const request = toServiceRequest(uri, toMapped(matched, transformed, headers))
  if (typeof request === 'string') throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: request })
  return { kind: 'service', request, identity: requireIdentity(matched), overrides }
}

/** The URI with path values and stage variables put in, taken apart. Inside an action, a value must not bring parameters of its own. */
function toServiceUri(matched: Matched, path: Readonly<Record<string, string>>): ServiceUri {
  const { uri } = matched.method
  const isAction = matched.method.document.integration.uri?.includes(':action/') === true
  const values = isAction ? Object.fromEntries(Object.entries(path).map(([name, value]) => [name, value.replaceAll('&', '%26').replaceAll('+', '%2B')])) : path
  const text = uri === null ? '' : renderUri(uri, values, matched.stageVariables)
  const parsed = parseServiceUri(text)
  if (parsed === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `${JSON.stringify(text)} is not the ARN of a service` })
  return parsed
}

function toMapped(matched: Matched, { querystring, body }: TransformedRequest, headers: Headers): MappedServiceRequest {
  const declared = matched.method.document.integration.httpMethod ?? 'POST'
  return {
    method: declared === 'ANY' ? matched.httpMethod : declared,
    headers,
    query: toQuery(querystring),
    body: body.length === 0 ? null : body,
    contentType: matched.request.headers.get('content-type') ?? 'application/json',
    apiId: matched.deployment.document.apiId,
    traceId: matched.traceId,
  }
}

const INVOCATION_TYPES = ['RequestResponse', 'Event', 'DryRun'] as const

/** The call of a function; the mapped header says whether somebody waits for it. An empty body is `{}` (aws-rest 15.2). */
function toFunctionRequest(matched: Matched, functionArn: string, { headers, body }: { readonly headers: Headers; readonly body: TransformedRequest['body'] }): IntegrationRequest {
  const { integration } = matched.method.document
  if (integration.httpMethod !== 'POST') throw new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: 'a function is invoked by POST; the integration says another method' })
  const asked = headers.get('x-amz-invocation-type') ?? 'RequestResponse'
  const invocationType = INVOCATION_TYPES.find((type) => type === asked)
  if (invocationType === undefined) throw new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: `${JSON.stringify(asked)} is no invocation type` })
  return {
    kind: 'function',
    call: {
      functionArn,
      payload: body.length === 0 ? '{}' : body,
      invocationType,
      identity: requireIdentity(matched),
      timeoutMs: integration.timeoutInMillis,
      apiId: matched.deployment.document.apiId,
      requestId: matched.requestId,
      traceId: matched.traceId,
      headers,
    },
  }
}
