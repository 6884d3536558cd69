import { compileJsonPath, type JsonPath } from '../templates/json-path.ts'
import { parseOriginExpression, type AllowedOrigins } from './allowed-origin.ts'

/** Where a value of a mapping comes from (aws-rest 5.1). */
export type Expression =
  | { readonly source: 'literal'; readonly text: string }
  | { readonly source: 'request'; readonly location: RequestLocation; readonly name: string }
  | { readonly source: 'response'; readonly location: 'header' | 'multivalueheader'; readonly name: string }
  /** The body of the request or of the backend's answer, whole (`path` null) or a part of it. */
  | { readonly source: 'body'; readonly path: JsonPath | null }
  | { readonly source: 'context'; readonly name: string }
  | { readonly source: 'stageVariables'; readonly name: string }
  /** The request's Origin when it is an allowed one: ours, what the CORS shorthand expands to. */
  | { readonly source: 'origin'; readonly allowed: AllowedOrigins }

/** The parameters of a request that an expression can name. */
export type RequestLocation = 'path' | 'querystring' | 'multivaluequerystring' | 'header' | 'multivalueheader'

/** Whose expression it is; it decides which sources there are. */
export type MappingSide = 'integration-request' | 'method-response' | 'gateway-response'

/** Names of parameters (aws-rest 5.1). Headers and claims may also hold what RFC 9110 and JWT allow in theirs. */
const NAME = "[A-Za-z0-9._$\\-!#%&*+^`|~:/]+"
const REQUEST = new RegExp(`^method\\.request\\.(path|querystring|multivaluequerystring|header|multivalueheader)\\.(${NAME})$`, 'u')
const RESPONSE = new RegExp(`^integration\\.response\\.(header|multivalueheader)\\.(${NAME})$`, 'u')
const BODY = /^(method\.request|integration\.response)\.body(?:\.(\S+))?$/u
const CONTEXT = new RegExp(`^context\\.(${NAME})$`, 'u')
const STAGE_VARIABLE = /^stageVariables\.([A-Za-z0-9_]+)$/u

/** Reads a mapping expression and prepares its path; null when it is none, or none for this side. */
export function parseExpression(text: string, side: MappingSide): Expression | null {
  if (text.length >= 2 && text.startsWith("'") && text.endsWith("'")) return { source: 'literal', text: text.slice(1, -1) }
  const context = CONTEXT.exec(text)?.[1]
  if (context !== undefined) return { source: 'context', name: context }
  const variable = STAGE_VARIABLE.exec(text)?.[1]
  if (variable !== undefined) return { source: 'stageVariables', name: variable }
  const allowed = parseOriginExpression(text)
  if (allowed !== null) return { source: 'origin', allowed }
  return side === 'method-response' ? parseFromResponse(text) : parseFromRequest(text, side)
}

function parseFromRequest(text: string, side: MappingSide): Expression | null {
  const [, location, name] = REQUEST.exec(text) ?? []
  if (location !== undefined && name !== undefined) return { source: 'request', location: location as RequestLocation, name }
  if (side === 'gateway-response') return null
  return parseBody(text, 'method.request')
}

function parseFromResponse(text: string): Expression | null {
  const [, location, name] = RESPONSE.exec(text) ?? []
  if (location !== undefined && name !== undefined) return { source: 'response', location: location as 'header' | 'multivalueheader', name }
  return parseBody(text, 'integration.response')
}

function parseBody(text: string, owner: string): Expression | null {
  const [, found, path] = BODY.exec(text) ?? []
  if (found !== owner) return null
  if (path === undefined) return { source: 'body', path: null }
  // Amazon writes the path without its `$.` (aws-rest 5.1).
  const compiled = compileJsonPath(path.startsWith('[') ? `$${path}` : `$.${path}`)
  return compiled.ok ? { source: 'body', path: compiled.path } : null
}
