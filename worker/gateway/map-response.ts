import { toProxyResponseHeaders } from '../semantics/integrations/response-headers.ts'
import type { IntegrationResponse, Matched, MethodResponse } from './exchange.ts'

/** Step 12. Turns the backend's answer into the client's; a proxy's goes through as it is but for the headers that Amazon renames (aws-rest 5.4). */
export function mapResponse(matched: Matched, response: IntegrationResponse): MethodResponse {
  const source = matched.method.document.integration.type === 'AWS_PROXY' ? 'function' : 'http'
  return { statusCode: response.statusCode, headers: toProxyResponseHeaders(response.headers, source), body: response.body }
}
