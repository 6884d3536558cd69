import { toAddedHeaders } from '../semantics/integrations/functions/added-headers.ts'
import { toRequestParameters, type RequestParameters } from '../semantics/mapping/request-parameters.ts'
import type { Resolved } from './exchange.ts'

/** The parameters of the client's request with the headers that the gateway adds, read at the first call and then kept: most requests never need them. */
export function openClientParameters(resolved: Resolved, pathParameters: Readonly<Record<string, string>>): () => RequestParameters {
  let parameters: RequestParameters | null = null
  return () => (parameters ??= readParameters(resolved, pathParameters))
}

function readParameters(resolved: Resolved, pathParameters: Readonly<Record<string, string>>): RequestParameters {
  const { headers, url } = resolved.request
  const added = toAddedHeaders({
    forwardedFor: headers.get('x-forwarded-for'),
    sourceIp: resolved.sourceIp,
    url,
    traceId: resolved.traceId,
    isEdge: resolved.deployment.document.endpointConfiguration.type === 'EDGE',
    userAgent: headers.get('user-agent'),
    country: headers.get('cf-ipcountry'),
  })
  return toRequestParameters({ pathParameters, rawQuery: resolved.rawQuery, headers, added })
}
