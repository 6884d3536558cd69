import { mergeQuery } from '../semantics/integrations/query.ts'
import { toProxyHeaders } from '../semantics/integrations/request-headers.ts'
import { renderUri } from '../semantics/integrations/uri-template.ts'
import type { IntegrationRequest, Matched } from './exchange.ts'
import { mapFunctionProxy } from './map-function-proxy.ts'
import { GatewayRefusal } from './refusal.ts'

/** Step 10. Turns the client's request into the backend's. */
export async function mapRequest(matched: Matched): Promise<IntegrationRequest> {
  const { integration } = matched.method.document
  switch (integration.type) {
    case 'HTTP_PROXY':
      return mapHttpProxy(matched)
    case 'HTTP':
    case 'MOCK':
    case 'AWS':
      throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `integrations of type ${integration.type} do not work yet` })
    case 'AWS_PROXY':
      return mapFunctionProxy(matched)
    default:
      return integration.type satisfies never
  }
}

function mapHttpProxy(matched: Matched): IntegrationRequest {
  const { method, request } = matched
  const { integration } = method.document
  if (method.uri === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'the integration has no URI' })
  const uri = renderUri(method.uri, mappedPath(matched), matched.stageVariables)
  const declared = integration.httpMethod ?? 'ANY'
  return {
    kind: 'http',
    url: mergeQuery(uri, matched.rawQuery),
    method: declared === 'ANY' ? matched.httpMethod : declared,
    headers: toProxyHeaders(request.headers, { apiId: matched.deployment.document.apiId, traceId: matched.traceId }),
    body: matched.body.forward(),
  }
}

/** The values that `integration.request.path.*` mappings give to the URI's placeholders (aws-rest 5.1). */
function mappedPath(matched: Matched): Readonly<Record<string, string>> {
  const path: Record<string, string> = {}
  for (const [target, source] of Object.entries(matched.method.document.integration.requestParameters)) {
    const name = /^integration\.request\.path\.(.+)$/u.exec(target)?.[1]
    const variable = /^method\.request\.path\.(.+)$/u.exec(source)?.[1]
    if (name !== undefined && variable !== undefined && Object.hasOwn(matched.pathParameters, variable)) path[name] = matched.pathParameters[variable] ?? ''
  }
  return path
}
