import { toProxyResponseHeaders } from '../semantics/integrations/response-headers.ts'
import { toHeaderValue } from '../semantics/integrations/header-value.ts'
import { renderMapping } from '../semantics/mapping/ready-mapping.ts'
import { toContextVariables } from './context-variables.ts'
import type { IntegrationRequest, IntegrationResponse, Matched, MethodResponse } from './exchange.ts'
import { blameIntegration } from './integration-refusals.ts'
import { GatewayRefusal } from './refusal.ts'
import { convertProxied, transformResponse } from './transform-response.ts'

/** Step 12. Turns the backend's answer into the client's; a proxy's goes through as it is but for the headers that Amazon renames (aws-rest 5.4). */
export function mapResponse(matched: Matched, request: IntegrationRequest, response: IntegrationResponse): MethodResponse | Promise<MethodResponse> {
  const { type } = matched.method.document.integration
  switch (type) {
    case 'HTTP_PROXY':
      return mapProxyResponse(matched, response)
    case 'AWS_PROXY':
      return { statusCode: response.statusCode, headers: toHeaders(matched, response, 'function'), body: response.body }
    case 'HTTP':
    case 'AWS':
    case 'MOCK':
      return transformResponse(matched, response, request.overrides)
    default:
      return type satisfies never
  }
}

/** A Worker can send nothing above; HTTP knows nothing above (RFC 9110 section 15). */
const STATUS_MAX = 599

function refuseStatus({ statusCode, latencyMs }: IntegrationResponse): GatewayRefusal {
  return blameIntegration(new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: `the backend answered with ${statusCode}, which is no status` }), { latencyMs, status: statusCode })
}

function mapProxyResponse(matched: Matched, response: IntegrationResponse): MethodResponse | Promise<MethodResponse> {
  if (response.statusCode > STATUS_MAX) throw refuseStatus(response)
  const headers = toHeaders(matched, response, 'http')
  const contentHandling = matched.method.responses[0]?.contentHandling ?? null
  if (contentHandling !== null || matched.deployment.document.binaryMediaTypes.length > 0) return convertProxied(matched, response, { headers, contentHandling })
  return { statusCode: response.statusCode, headers, body: response.body }
}

/** The backend's headers, and those of the CORS shorthand that it did not send itself. */
function toHeaders(matched: Matched, response: IntegrationResponse, source: 'http' | 'function'): Headers {
  const headers = toProxyResponseHeaders(response.headers, source)
  const mapping = matched.method.responses[0]?.mapping ?? null
  if (mapping === null) return headers
  const sources = { parameters: matched.parameters(), context: toContextVariables(matched), stageVariables: matched.stageVariables, responseHeaders: response.headers, body: null }
  for (const { name, value } of renderMapping(mapping, sources)) {
    if (name === 'Vary') headers.append(name, String(value))
    else if (!headers.has(name)) headers.set(name, toHeaderValue(String(value)))
  }
  return headers
}
