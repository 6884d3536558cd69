import { whenThere, type Awaitable } from '../awaitable.ts'
import { mergeQuery, toQuery } from '../semantics/integrations/query.ts'
import { setMappedHeaders, toIntegrationHeaders, toProxyHeaders } from '../semantics/integrations/request-headers.ts'
import { renderUri } from '../semantics/integrations/uri-template.ts'
import type { MappedParameter } from '../semantics/mapping/ready-mapping.ts'
import type { Body } from '../ports.ts'
import { toContextVariables } from './context-variables.ts'
import type { HttpRequest, Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'
import { REQUEST_BODY_BYTES_MAX } from './request-body.ts'
import { mapParameters, readConvertedBody, transformRequest } from './transform-request.ts'

/** Step 10 for HTTP: the backend gets what is mapped, and the body as the template writes it or as it came (aws-rest 5.2, 6.8). */
export async function mapHttp(matched: Matched): Promise<HttpRequest> {
  const { path, querystring, header, body, overrides } = await transformRequest(matched)
  const method = chooseMethod(matched)
  // A body that the client does not name is JSON; left unnamed, fetch would call a text text/plain.
  const client = { httpMethod: matched.httpMethod, contentType: matched.request.headers.get('content-type') ?? (body.length === 0 ? null : 'application/json') }
  return {
    kind: 'http',
    url: mergeQuery(toUri(matched, path), toQuery(querystring)),
    method,
    headers: toIntegrationHeaders(header, client, toGateway(matched)),
    body: takesBody(method) && body.length > 0 ? body : null,
    overrides,
  }
}

/** Step 10 for HTTP_PROXY: the request goes through as it came; mappings add to it (aws-rest 5.2). Where none reads the body, nothing is waited for. */
export function mapHttpProxy(matched: Matched): Awaitable<HttpRequest> {
  const { requestMapping } = matched.method
  const mapped = requestMapping === null ? [] : mapParameters(matched, requestMapping.readsContext ? toContextVariables(matched) : {})
  return whenThere(mapped, (parameters) => whenThere(readProxyBody(matched), (body) => toProxyRequest(matched, { mapped: parameters, body })))
}

/** The body for a proxied backend: the client's own stream, unless it is converted or was compressed. */
function readProxyBody(matched: Matched): Awaitable<Body> {
  if (!takesBody(chooseMethod(matched)) || matched.request.body === null) return null
  if (matched.method.document.integration.contentHandling !== null) return readConvertedBody(matched)
  return matched.body.isEncoded ? matched.body.bytes() : forwardBody(matched)
}

/** Differs from Amazon: where the answer streams, the request does too, of any length. */
function forwardBody({ body, method }: Matched): Body {
  return body.forward(method.document.integration.responseTransferMode === 'STREAM' ? Number.POSITIVE_INFINITY : REQUEST_BODY_BYTES_MAX)
}

function toProxyRequest(matched: Matched, { mapped, body }: { readonly mapped: readonly MappedParameter[]; readonly body: Body }): HttpRequest {
  const path: Record<string, string> = Object.create(null)
  const querystring: [string, string | readonly string[]][] = []
  const header: [string, string][] = []
  for (const { location, name, value } of mapped) {
    if (location === 'path') path[name] = joined(value)
    else if (location === 'querystring') querystring.push([name, value])
    else header.push([name, joined(value)])
  }
  const headers = toProxyHeaders(matched.request.headers, matched.headerNames, toGateway(matched))
  setMappedHeaders(headers, header)
  const method = chooseMethod(matched)
  return {
    kind: 'http',
    url: mergeQuery(mergeQuery(toUri(matched, path), matched.rawQuery), toQuery(querystring)),
    method,
    headers,
    body,
  }
}

function toUri(matched: Matched, path: Readonly<Record<string, string>>): string {
  const { uri } = matched.method
  if (uri === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'the integration has no URI' })
  return renderUri(uri, path, matched.stageVariables)
}

/** The integration's method; ANY stands for the client's. */
function chooseMethod(matched: Matched): string {
  const declared = matched.method.document.integration.httpMethod ?? 'ANY'
  return declared === 'ANY' ? matched.httpMethod : declared
}

function toGateway(matched: Matched): { readonly apiId: string; readonly traceId: string } {
  return { apiId: matched.deployment.document.apiId, traceId: matched.traceId }
}

/** Differs from Amazon: it may send a body with GET; the fetch of this platform can't. */
function takesBody(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD'
}

function joined(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(',')
}
