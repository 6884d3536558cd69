import { toWireCase } from '../header-case.ts'

/** What of a request goes into an event. */
export interface EventSource {
  /** The resource's path as declared. */
  readonly resource: string
  readonly path: string
  readonly httpMethod: string
  /** Headers by name in any case; a name stands once, several values joined (a Worker gets them so). */
  readonly headers: readonly (readonly [name: string, value: string])[]
  /** Decoded query parameters with all their values in order. */
  readonly querystring: ReadonlyMap<string, readonly string[]>
  /** As the client wrote them: not decoded (aws-rest 1.4). */
  readonly pathParameters: Readonly<Record<string, string>>
  readonly stageVariables: Readonly<Record<string, string>>
  /** `$context` of the request; what an event shows of it is chosen here. */
  readonly context: Readonly<Record<string, unknown>>
}

/** A body in an event: text, or bytes in base64. */
export interface EventBody {
  readonly text: string
  readonly isBase64Encoded: boolean
}

/** What events of a proxy and of a REQUEST authorizer have in common (aws-rest 6.2, 11.2). */
export interface RequestEvent {
  readonly resource: string
  readonly path: string
  readonly httpMethod: string
  readonly headers: Readonly<Record<string, string>>
  readonly multiValueHeaders: Readonly<Record<string, readonly string[]>>
  readonly queryStringParameters: Readonly<Record<string, string>> | null
  readonly multiValueQueryStringParameters: Readonly<Record<string, readonly string[]>> | null
  readonly pathParameters: Readonly<Record<string, string>> | null
  readonly stageVariables: Readonly<Record<string, string>> | null
  readonly requestContext: Readonly<Record<string, unknown>>
}

/** The event of payload format 1.0 for a Lambda proxy integration (aws-rest 6.2), as an object for `JSON.stringify`. */
export function toProxyEvent(source: EventSource, body: EventBody | null): RequestEvent & { readonly body: string | null; readonly isBase64Encoded: boolean } {
  return { ...toRequestEvent(source), body: body === null ? null : body.text, isBase64Encoded: body?.isBase64Encoded ?? false }
}

/** The event without its body: all that a REQUEST authorizer gets but its type and method ARN. */
export function toRequestEvent(source: EventSource): RequestEvent {
  return {
    resource: source.resource,
    path: source.path,
    httpMethod: source.httpMethod,
    headers: toRecord(source.headers, ([name]) => toWireCase(name), ([, value]) => value) ?? {},
    multiValueHeaders: toRecord(source.headers, ([name]) => toWireCase(name), ([, value]) => [value]) ?? {},
    queryStringParameters: toRecord(source.querystring, ([name]) => name, ([, values]) => values.at(-1) ?? ''),
    multiValueQueryStringParameters: toRecord(source.querystring, ([name]) => name, ([, values]) => values),
    pathParameters: orNull(source.pathParameters),
    stageVariables: orNull(source.stageVariables),
    requestContext: toRequestContext(source.context),
  }
}

/** The members of `$context` that an event always has, and those it has when there is something to say. */
const CONTEXT_MEMBERS = [
  'accountId', 'apiId', 'deploymentId', 'domainName', 'domainPrefix', 'extendedRequestId', 'httpMethod', 'identity', 'path', 'protocol', 'requestId', 'requestTime',
  'requestTimeEpoch', 'resourceId', 'resourcePath', 'stage', 'authorizer', 'isCanaryRequest', 'operationName', 'wafResponseCode', 'webaclArn',
] as const

function toRequestContext(context: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const chosen: Record<string, unknown> = {}
  for (const name of CONTEXT_MEMBERS) if (Object.hasOwn(context, name) && context[name] !== undefined) chosen[name] = context[name]
  return chosen
}

/** A map as JSON: null when it is empty. `fromEntries` defines its members, so a parameter called `__proto__` is one like any other. */
function toRecord<Entry, Value>(entries: Iterable<Entry>, nameOf: (entry: Entry) => string, valueOf: (entry: Entry) => Value): Readonly<Record<string, Value>> | null {
  const pairs = Array.from(entries, (entry): [string, Value] => [nameOf(entry), valueOf(entry)])
  return pairs.length === 0 ? null : Object.fromEntries(pairs)
}

function orNull(map: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  return Object.keys(map).length === 0 ? null : map
}
