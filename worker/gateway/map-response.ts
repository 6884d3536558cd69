import { toProxyResponseHeaders } from '../semantics/integrations/response-headers.ts'
import type { IntegrationRequest, IntegrationResponse, Matched, MethodResponse } from './exchange.ts'
import { convertProxied, transformResponse } from './transform-response.ts'

/** Step 12. Turns the backend's answer into the client's; a proxy's goes through as it is but for the headers that Amazon renames (aws-rest 5.4). */
export function mapResponse(matched: Matched, request: IntegrationRequest, response: IntegrationResponse): MethodResponse | Promise<MethodResponse> {
  const { type } = matched.method.document.integration
  switch (type) {
    case 'HTTP_PROXY':
      return mapProxyResponse(matched, response)
    case 'AWS_PROXY':
      return { statusCode: response.statusCode, headers: toProxyResponseHeaders(response.headers, 'function'), body: response.body }
    case 'HTTP':
    case 'AWS':
    case 'MOCK':
      return transformResponse(matched, response, request.overrides)
    default:
      return type satisfies never
  }
}

function mapProxyResponse(matched: Matched, response: IntegrationResponse): MethodResponse | Promise<MethodResponse> {
  if (matched.deployment.document.binaryMediaTypes.length > 0) return convertProxied(matched, response)
  return { statusCode: response.statusCode, headers: toProxyResponseHeaders(response.headers, 'http'), body: response.body }
}
