import type { Ports } from '../ports.ts'
import { toCanonicalPath } from '../semantics/routing/canonical-path.ts'
import type { Received } from './exchange.ts'
import { DoorRefusal } from './refusal.ts'
import { openRequestBody } from './request-body.ts'
import { toExtendedRequestId, toTraceId } from './request-ids.ts'

/** What a request may be at the most (aws-rest 17). */
const LIMITS = { urlCharactersMax: 10_240, headerBytesMax: 10_240 } as const

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu
const METHODS = new Set(['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD'])

/** Step 1. Reads the request once into the gateway's words; refuses what is larger than Amazon takes. */
export function receive(request: Request, ports: Ports): Received {
  const { host, rawPath, rawQuery } = splitUrl(request.url)
  const { headerNames, headerBytes } = readHeaders(request.headers)
  const requestId = chooseRequestId(request.headers.get('x-amzn-requestid'), ports)
  return {
    request,
    headerNames,
    headerBytes,
    requestId,
    extendedRequestId: toExtendedRequestId(requestId),
    receivedAtMs: ports.clock.nowMs(),
    httpMethod: toRoutedMethod(request),
    host,
    fullPath: toCanonicalPath(rawPath),
    rawQuery,
    sourceIp: request.headers.get('cf-connecting-ip') ?? '127.0.0.1',
    traceId: toTraceId(request.headers.get('x-amzn-trace-id'), ports),
    body: openRequestBody(request),
    privateNetwork: ports.privateNetwork ?? null,
    isRevealed: ports.reveals === true,
  }
}

/** Refuses a URL or a header section beyond the limits. Apart from `receive`, so that the refusal has its request id. */
export function checkSize(received: Received): void {
  if (received.request.url.length > LIMITS.urlCharactersMax) {
    throw new DoorRefusal({ statusCode: 414, message: 'Request URI too long', errorType: 'RequestUriTooLongException' })
  }
  if (received.headerBytes > LIMITS.headerBytesMax) {
    throw new DoorRefusal({ statusCode: 413, message: 'Request Too Long', errorType: 'RequestTooLargeException' })
  }
}

/** Walks over the headers once for all who want to know of each. */
function readHeaders(headers: Headers): { readonly headerNames: readonly string[]; readonly headerBytes: number } {
  const headerNames: string[] = []
  let headerBytes = 0
  headers.forEach((value, name) => {
    headerNames.push(name)
    headerBytes += name.length + value.length
  })
  return { headerNames, headerBytes }
}

/** Takes an absolute URL apart without parsing it anew: a Request's URL is normalised already. */
function splitUrl(url: string): { host: string; rawPath: string; rawQuery: string } {
  const authorityStart = url.indexOf('://') + 3
  const pathStart = url.indexOf('/', authorityStart)
  const fragmentStart = url.indexOf('#', pathStart)
  const end = fragmentStart === -1 ? url.length : fragmentStart
  const queryStart = url.indexOf('?', pathStart)
  const pathEnd = queryStart === -1 ? end : queryStart
  const authority = url.slice(authorityStart, pathStart)
  return {
    host: toHost(authority),
    rawPath: url.slice(pathStart, pathEnd),
    rawQuery: queryStart === -1 ? '' : url.slice(queryStart + 1, end),
  }
}

/** A URL's authority without its port; a Request's host is lower case already, and carries no credentials. */
function toHost(authority: string): string {
  const portStart = authority.lastIndexOf(':')
  return portStart === -1 || authority.endsWith(']') ? authority : authority.slice(0, portStart)
}

/** A client's own UUID is kept (aws-rest 15.5). */
function chooseRequestId(offered: string | null, ports: Ports): string {
  return offered !== null && UUID.test(offered) ? offered : ports.chance.uuid()
}

function toRoutedMethod(request: Request): string {
  const override = request.headers.get('x-http-method-override')?.toUpperCase()
  return override !== undefined && METHODS.has(override) ? override : request.method
}
