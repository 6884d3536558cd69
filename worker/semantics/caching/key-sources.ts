import type { KeyParameter } from './cache-key.ts'
import { readQueryValues } from './query-values.ts'

/** Where one parameter of the key comes from, worked out once per method. */
export type KeySource =
  | { readonly kind: 'path' | 'query' | 'header' | 'stage-variable' | 'context' | 'body'; readonly name: string; readonly of: string }
  /** A literal, or a target that nothing maps: the same for every request. */
  | { readonly kind: 'constant'; readonly name: string }

/** The fields of an integration that the key reads. */
export interface KeyIntegration {
  readonly type: string
  readonly cacheKeyParameters: readonly string[]
  readonly requestParameters: Readonly<Record<string, string>>
}

/** What a request offers to the key. */
export interface KeyRequest {
  readonly pathParameters: Readonly<Record<string, string>>
  /** As sent, without its question mark. */
  readonly rawQuery: string
  readonly headers: Headers
  readonly stageVariables: Readonly<Record<string, string>>
  /** A `$context` variable by its name without `context.`; null when it has no value. */
  readonly context: (name: string) => string | null
  /** The whole body, or the part of it that a JSON path selects; null when there is none. Only called for methods that have `bodies`. */
  readonly body: (path: string) => string | null
}

const METHOD_SOURCE = /^method\.request\.(path|querystring|multivaluequerystring|header|multivalueheader|body)(?:\.(.+))?$/u
const KINDS = { path: 'path', querystring: 'query', multivaluequerystring: 'query', header: 'header', multivalueheader: 'header', body: 'body' } as const

/** Prepares a method's `cacheKeyParameters`: `method.request.*`, or `integration.request.*`, which stands for whatever is mapped to it (aws-rest 9). */
export function compileKeySources(integration: KeyIntegration): readonly KeySource[] {
  return integration.cacheKeyParameters.map((name) => {
    if (!name.startsWith('integration.request.')) return toSource(name, name)
    const mapped = Object.hasOwn(integration.requestParameters, name) ? integration.requestParameters[name] : undefined
    return toSource(name, mapped ?? passedThrough(name, integration.type))
  })
}

/** Whether the key needs the body of the request. */
export function readsBody(sources: readonly KeySource[]): boolean {
  return sources.some((source) => source.kind === 'body')
}

/**
 * The values that one request gives to the key's parameters. All values of a repeated parameter count, and they count as the client spelled them: a proxied
 * backend sees all of them, so requests that it can tell apart never share an answer.
 */
export function readKeyParameters(sources: readonly KeySource[], request: KeyRequest): readonly KeyParameter[] {
  return sources.length === 0 ? NO_PARAMETERS : sources.map((source) => ({ name: source.name, values: readValues(source, request) }))
}

const NO_PARAMETERS: readonly KeyParameter[] = []

function toSource(name: string, expression: string): KeySource {
  const method = METHOD_SOURCE.exec(expression)
  if (method !== null) return { kind: KINDS[method[1] as keyof typeof KINDS], name, of: method[2] ?? '' }
  if (expression.startsWith('stageVariables.')) return { kind: 'stage-variable', name, of: expression.slice('stageVariables.'.length) }
  if (expression.startsWith('context.')) return { kind: 'context', name, of: expression.slice('context.'.length) }
  return { kind: 'constant', name }
}

/** What reaches a proxied backend without a mapping: the client's own value. */
function passedThrough(name: string, type: string): string {
  return type === 'HTTP_PROXY' || type === 'AWS_PROXY' ? name.replace('integration.', 'method.') : ''
}

function readValues(source: KeySource, request: KeyRequest): readonly string[] | null {
  switch (source.kind) {
    case 'path':
      return own(request.pathParameters, source.of)
    case 'query':
      return readQueryValues(request.rawQuery, source.of)
    case 'header':
      return one(request.headers.get(source.of))
    case 'stage-variable':
      return own(request.stageVariables, source.of)
    case 'context':
      return one(request.context(source.of))
    case 'body':
      return one(request.body(source.of))
    case 'constant':
      return null
    default:
      return source satisfies never
  }
}

function one(value: string | null): readonly string[] | null {
  return value === null ? null : [value]
}

function own(values: Readonly<Record<string, string>>, name: string): readonly string[] | null {
  return Object.hasOwn(values, name) ? [values[name] ?? ''] : null
}
