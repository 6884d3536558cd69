import { toPathValue } from '../integrations/path-value.ts'
import { parseExpression, type Expression, type MappingSide } from './expression.ts'
import { renderExpression, type MappingSources } from './sources.ts'

/** Where a mapped value goes. */
export type TargetLocation = 'header' | 'querystring' | 'path'

/** The parameters of an integration or of a response, prepared: made once per method and isolate. */
export interface ReadyMapping {
  readonly entries: readonly { readonly location: TargetLocation; readonly name: string; readonly expression: Expression }[]
  /** Whether any expression reads a body, so that one has to be read whole. */
  readonly readsBody: boolean
  /** Whether any expression reads `$context`, so that it has to be put together. */
  readonly readsContext: boolean
}

/** A mapped value; only a query parameter has several. One for the path is fit for a URI. */
export interface MappedParameter {
  readonly location: TargetLocation
  readonly name: string
  readonly value: string | readonly string[]
}

const TARGETS: Readonly<Record<MappingSide, RegExp>> = {
  'integration-request': /^integration\.request\.(header|querystring|path)\.(.+)$/u,
  'method-response': /^method\.response\.(header)\.(.+)$/u,
  'gateway-response': /^gatewayresponse\.(header|querystring|path)\.(.+)$/u,
}

/** Reads the target of a mapping; null when there is none of that name on this side. */
export function parseTarget(text: string, side: MappingSide): { readonly location: TargetLocation; readonly name: string } | null {
  const [, location, name] = TARGETS[side].exec(text) ?? []
  return location === undefined || name === undefined ? null : { location: location as TargetLocation, name }
}

/** Prepares mappings (`requestParameters`, `responseParameters`) that were checked at deploy; null when there are none, so that no request pays for them. */
export function compileMapping(parameters: Readonly<Record<string, string>>, side: MappingSide): ReadyMapping | null {
  const entries: { location: TargetLocation; name: string; expression: Expression }[] = []
  for (const [target, source] of Object.entries(parameters)) {
    const parsed = parseTarget(target, side)
    const expression = parseExpression(source, side)
    if (parsed !== null && expression !== null) entries.push({ ...parsed, expression })
  }
  if (entries.length === 0) return null
  const reads = (source: Expression['source']): boolean => entries.some(({ expression }) => expression.source === source)
  return { entries, readsBody: reads('body'), readsContext: reads('context') }
}

/** The values of all mappings whose source is there, in the order of the definition. */
export function renderMapping(mapping: ReadyMapping, sources: MappingSources): readonly MappedParameter[] {
  const mapped: MappedParameter[] = []
  for (const { location, name, expression } of mapping.entries) {
    const value = renderExpression(expression, sources)
    if (value !== null) mapped.push({ location, name, value: location === 'path' ? toPathText(value, expression) : value })
  }
  return mapped
}

/** What comes from the client's path is encoded as the client wrote it, and literals are by their author (aws-rest 5.1). */
function toPathText(value: string | readonly string[], expression: Expression): string {
  const isEncoded = expression.source === 'literal' || (expression.source === 'request' && expression.location === 'path')
  return toPathValue(typeof value === 'string' ? value : value.join(','), isEncoded)
}
