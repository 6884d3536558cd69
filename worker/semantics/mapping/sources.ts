import { chooseOrigin } from './allowed-origin.ts'
import { readContextText, type ContextMap } from './context-value.ts'
import type { Expression, RequestLocation } from './expression.ts'
import type { MappedBody } from './mapped-body.ts'
import type { RequestParameters } from './request-parameters.ts'

/** What the expressions of one mapping may read. */
export interface MappingSources {
  readonly parameters: RequestParameters
  readonly context: ContextMap
  readonly stageVariables: Readonly<Record<string, string>>
  /** The headers of the backend's answer; null on the way to the backend and in gateway responses. */
  readonly responseHeaders: Headers | null
  /** The body that `.body` expressions read: the request's or the answer's; null when no expression reads one. */
  readonly body: MappedBody | null
}

/** The value of an expression; null when its source is missing, and then the target is left out (aws-rest 5.1). Only multi-value queries give a list. */
export function renderExpression(expression: Expression, sources: MappingSources): string | readonly string[] | null {
  switch (expression.source) {
    case 'literal':
      return expression.text
    case 'request':
      return readParameter(sources.parameters, expression.location, expression.name)
    case 'response':
      return readHeader(sources.responseHeaders?.get(expression.name) ?? null, expression.location)
    case 'body':
      if (sources.body === null) return null
      return expression.path === null ? sources.body.text : sources.body.at(expression.path)
    case 'context':
      return readContextText(sources.context, expression.name)
    case 'stageVariables':
      return Object.hasOwn(sources.stageVariables, expression.name) ? (sources.stageVariables[expression.name] ?? null) : null
    case 'origin':
      return chooseOrigin(expression.allowed, sources.parameters.header('origin'))
    default:
      return expression satisfies never
  }
}

function readParameter(parameters: RequestParameters, location: RequestLocation, name: string): string | readonly string[] | null {
  switch (location) {
    case 'path':
      return Object.hasOwn(parameters.path, name) ? (parameters.path[name] ?? null) : null
    case 'querystring':
      return parameters.querystring().get(name)?.at(-1) ?? null
    case 'multivaluequerystring':
      return readAllValues(parameters, name)
    case 'header':
    case 'multivalueheader':
      return readHeader(parameters.header(name), location)
    default:
      return location satisfies never
  }
}

function readAllValues(parameters: RequestParameters, name: string): string | readonly string[] | null {
  const values = parameters.querystring().get(name)
  if (values === undefined) return null
  return values.length === 1 ? (values[0] ?? null) : values
}

/** Several values of one header reach us joined with `, `; Amazon joins them with `,` (aws-rest 5.1). */
function readHeader(value: string | null, location: 'header' | 'multivalueheader'): string | null {
  return location === 'multivalueheader' && value !== null ? value.replaceAll(', ', ',') : value
}
