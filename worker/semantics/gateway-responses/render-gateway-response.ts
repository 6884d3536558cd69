import { renderMapping } from '../mapping/ready-mapping.ts'
import type { MappingSources } from '../mapping/sources.ts'
import { GATEWAY_RESPONSES, type GatewayResponseType } from './catalog.ts'
import type { ReadyGatewayResponse } from './ready-gateway-response.ts'
import { renderTextTemplate } from './text-template.ts'

/** A refusal in the words of gateway responses. */
export interface GatewayError {
  readonly type: GatewayResponseType
  /** `$context.error.message`. */
  readonly message: string | null
  /** The status unless the API sets another one. */
  readonly statusCode: number
  /** The value of `x-amzn-ErrorType`. */
  readonly errorType: string
}

/** The answer to a refused request, before the standard headers. */
export interface GatewayAnswer {
  readonly statusCode: number
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Renders a refusal as Amazon does when the API has no form of its own for it (aws-rest 3.2). */
export function renderDefaultAnswer(error: GatewayError): GatewayAnswer {
  return {
    statusCode: error.statusCode,
    headers: [['Content-Type', GATEWAY_RESPONSES[error.type].body === 'text' ? 'text/plain' : 'application/json'], ['x-amzn-ErrorType', error.errorType]],
    body: renderDefaultBody(error),
  }
}

/** Renders a refusal in the API's own form (aws-rest 3.3); `accept` is the client's Accept header. */
export function renderCustomAnswer(error: GatewayError, ready: ReadyGatewayResponse, { accept, sources }: { readonly accept: string | null; readonly sources: MappingSources }): GatewayAnswer {
  const chosen = chooseTemplate(ready.templates, accept)
  const headers: [string, string][] = [['Content-Type', chosen?.contentType ?? 'application/json'], ['x-amzn-ErrorType', error.errorType]]
  for (const { location, name, value } of ready.mapping === null ? [] : renderMapping(ready.mapping, sources)) {
    // Amazon accepts targets in the path and the query string too; they change nothing (aws-rest 3.3).
    if (location === 'header') headers.push([name, typeof value === 'string' ? value : value.join(',')])
  }
  return {
    statusCode: ready.statusCode ?? error.statusCode,
    headers,
    body: chosen === undefined ? renderDefaultBody(error) : renderTextTemplate(chosen.template, sources),
  }
}

/** The default body, byte for byte: some types have a blank after the colon, some a capital letter, and one is no JSON (aws-rest 3.1, 3.2). */
function renderDefaultBody({ type, message }: GatewayError): string {
  const { body } = GATEWAY_RESPONSES[type]
  if (body === 'text') return message ?? ''
  const name = body === 'capital' ? 'Message' : 'message'
  const space = body === 'spaced' ? ' ' : ''
  return `{"${name}":${space}${JSON.stringify(message)}}`
}

/** The template for what the client accepts: the first media type of its list that a template has, else JSON, else the first one. */
function chooseTemplate(templates: ReadyGatewayResponse['templates'], accept: string | null): ReadyGatewayResponse['templates'][number] | undefined {
  for (const range of accept === null ? [] : accept.split(',')) {
    const mediaType = (range.split(';', 1)[0] ?? '').trim().toLowerCase()
    const found = templates.find(({ contentType }) => contentType.toLowerCase() === mediaType)
    if (found !== undefined) return found
  }
  return templates.find(({ contentType }) => contentType === 'application/json') ?? templates[0]
}
