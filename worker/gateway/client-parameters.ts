import { toAddedHeaders } from '../semantics/integrations/functions/added-headers.ts'
import { toRequestParameters, type RequestParameters } from '../semantics/mapping/request-parameters.ts'
import type { Resolved } from './exchange.ts'

/** The parameters of the client's request with the headers that the gateway adds, read at the first call and then kept: most requests never need them. */
export function openClientParameters(resolved: Resolved, pathParameters: Readonly<Record<string, string>>): () => RequestParameters {
  let parameters: RequestParameters | null = null
  return () => (parameters ??= readParameters(resolved, pathParameters))
}

function readParameters(resolved: Resolved, pathParameters: Readonly<Record<string, string>>): RequestParameters {
  return toRequestParameters({ pathParameters, rawQuery: resolved.rawQuery, headers: resolved.request.headers, added: () => readAddedHeaders(resolved) })
}

function readAddedHeaders({ request, sourceIp, traceId, deployment }: Resolved): Readonly<Record<string, string>> {
  const { headers, url } = request
  return toAddedHeaders({
    forwardedFor: headers.get('x-forwarded-for'),
    sourceIp,
    url,
    traceId,
    isEdge: deployment.document.endpointConfiguration.type === 'EDGE',
    userAgent: headers.get('user-agent'),
    country: headers.get('cf-ipcountry'),
  })
}
