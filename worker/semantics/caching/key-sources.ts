import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { parseExpression } from '../mapping/expression.ts'
import type { KeyParameter } from './cache-key.ts'
import { readQueryValues } from './query-values.ts'

/** Where one parameter of the key comes from, worked out once per method. */
export type KeySource =
  | { readonly kind: 'path' | 'query' | 'header' | 'stage-variable' | 'context'; readonly name: string; readonly of: string }
  | { readonly kind: 'body'; readonly name: string }
  /** A literal, or a target that nothing is mapped to: the same for every request. */
  | { readonly kind: 'constant'; readonly name: string }

/** What a request offers to the key. */
export interface KeyRequest {
  readonly pathParameters: Readonly<Record<string, string>>
  /** As sent, without its question mark. */
  readonly rawQuery: string
  readonly headers: Headers
  readonly stageVariables: Readonly<Record<string, string>>
  /** A `$context` variable by its name without `context.`; null when it has no value. */
  readonly context: (name: string) => string | null
  /** A digest of the whole body; null when no source reads it. A part of the body counts as all of it: that costs hits, never a wrong answer. */
  readonly bodyDigest: string | null
}

const TARGET = /^integration\.request\.(path|querystring|header)\./u

/** Prepares a method's `cacheKeyParameters`: `method.request.*`, or `integration.request.*`, which stands for whatever is mapped to it (aws-rest 9). */
export function compileKeySources(integration: Pick<IntegrationDocument, 'type' | 'cacheKeyParameters' | 'requestParameters'>): readonly KeySource[] {
  return integration.cacheKeyParameters.map((name) => {
    if (!TARGET.test(name)) return toSource(name, name)
    const mapped = Object.hasOwn(integration.requestParameters, name) ? integration.requestParameters[name] : undefined
    return toSource(name, mapped ?? passedThrough(name, integration.type))
  })
}

/**
 * The values that one request gives to the key's parameters. All values of a repeated parameter count, and they count as the client spelled them: a proxied
 * backend sees all of them, so requests that it can tell apart never share an answer.
 */
export function readKeyParameters(sources: readonly KeySource[], request: KeyRequest): readonly KeyParameter[] {
  return sources.length === 0 ? NO_PARAMETERS : sources.map((source) => ({ name: source.name, values: readValues(source, request) }))
}

const NO_PARAMETERS: readonly KeyParameter[] = []

function toSource(name: string, text: string): KeySource {
  const expression = parseExpression(text, 'integration-request')
  switch (expression?.source) {
    case 'request':
      return { kind: LOCATIONS[expression.location], name, of: expression.name }
    case 'stageVariables':
      return { kind: 'stage-variable', name, of: expression.name }
    case 'context':
      return { kind: 'context', name, of: expression.name }
    case 'body':
      return { kind: 'body', name }
    case 'origin':
      return { kind: 'header', name, of: 'Origin' }
    case 'literal':
    case 'response':
    case undefined:
      return { kind: 'constant', name }
    default:
      return expression satisfies never
  }
}

const LOCATIONS = { path: 'path', querystring: 'query', multivaluequerystring: 'query', header: 'header', multivalueheader: 'header' } as const

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
      return one(request.bodyDigest)
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
