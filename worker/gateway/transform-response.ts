import type { Body, Bytes } from '../ports.ts'
import { firstAccepted, isBinaryMediaType } from '../semantics/integrations/binary-media-types.ts'
import { convertResponseBody, keepsResponseBody, toStrictText, toText, type ConvertedBody } from '../semantics/integrations/content-handling.ts'
import { chooseResponse, type ReadyResponse } from '../semantics/integrations/ready-responses.ts'
import { chooseResponseTemplate } from '../semantics/integrations/ready-templates.ts'
import { toMappedHeaderName } from '../semantics/integrations/response-headers.ts'
import { isHeaderName, toHeaderValue } from '../semantics/integrations/header-value.ts'
import type { ContextMap } from '../semantics/mapping/context-value.ts'
import { toMappedBody } from '../semantics/mapping/mapped-body.ts'
import { renderMapping } from '../semantics/mapping/ready-mapping.ts'
import type { Template } from '../semantics/templates/compile-template.ts'
import { NO_OVERRIDES } from '../semantics/templates/read-overrides.ts'
import { renderTemplate } from '../semantics/templates/render-template.ts'
import type { OverrideValue, Overrides } from '../semantics/templates/template-scope.ts'
import { readBody } from './read-body.ts'
import { toContextVariables } from './context-variables.ts'
import type { IntegrationResponse, Matched, MethodResponse } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'
import { toTemplateScope } from './template-scope.ts'

/** Transforms the answer of a non-proxy integration (aws-rest 6.4): selection, mappings, content handling, template, overrides, header table. `overrides` are those of the request's template. */
export async function transformResponse(matched: Matched, response: IntegrationResponse, overrides: Overrides = NO_OVERRIDES): Promise<MethodResponse> {
  const text = response.selectionText ?? String(response.statusCode)
  const chosen = chooseResponse(matched.method.responses, text)
  if (chosen === null) throw refuseUnmatched(text)
  const template = chooseResponseTemplate(chosen.templates, matched.request.headers.get('accept'))
  const whole = await readIfNeeded(matched, chosen, { response, isRendered: template !== undefined })
  const context = toContextVariables(matched)
  const headers = mapHeaders(matched, chosen, { response, context, body: whole })
  const body = whole === null ? response.body : convert(matched, chosen, { response, bytes: whole })
  if (template === undefined) return finish(matched, { chosen, headers, body, overrides })
  const rendered = renderBody(matched, template, { body, context, overrides })
  return finish(matched, { chosen, headers, body: rendered.body, overrides: rendered.overrides })
}

function refuseUnmatched(text: string): GatewayRefusal {
  return new GatewayRefusal('API_CONFIGURATION_ERROR', {
    note: `Configuration error: No match for output mapping and no default output mapping configured. Endpoint Response Status Code: ${text}`,
  })
}

interface Answer {
  readonly response: IntegrationResponse
}

/** The bytes of the body when a mapping, a template or a conversion needs them; null when it can flow through. */
async function readIfNeeded(matched: Matched, chosen: ReadyResponse, { response, isRendered }: Answer & { readonly isRendered: boolean }): Promise<Bytes | null> {
  const isNeeded = isRendered || chosen.mapping?.readsBody === true || !keepsResponseBody(kindOf(matched, chosen, response))
  return isNeeded ? readBody(response.body) : null
}

function kindOf(matched: Matched, { contentHandling }: Pick<ReadyResponse, 'contentHandling'>, response: IntegrationResponse): Parameters<typeof keepsResponseBody>[0] {
  const { binaryMediaTypes } = matched.deployment.document
  return {
    isBinary: isBinaryMediaType(response.headers.get('content-type'), binaryMediaTypes),
    isBinaryAccepted: isBinaryMediaType(firstAccepted(matched.request.headers.get('accept')), binaryMediaTypes),
    contentHandling,
  }
}

/** What of a proxied answer is known before its body is converted. */
interface Proxied {
  readonly headers: Headers
  readonly contentHandling: ReadyResponse['contentHandling']
}

/** The answer of an HTTP proxy whose API has binary media types: it goes through, converted by the same table. */
export async function convertProxied(matched: Matched, response: IntegrationResponse, { headers, contentHandling }: Proxied): Promise<MethodResponse> {
  const { statusCode, body } = response
  const isKept = keepsResponseBody(kindOf(matched, { contentHandling }, response))
  return { statusCode, headers, body: isKept ? body : convert(matched, { contentHandling }, { response, bytes: await readBody(body) }) }
}

/** Converts a body by the table of aws-rest 6.9. */
function convert(matched: Matched, chosen: Pick<ReadyResponse, 'contentHandling'>, { response, bytes }: Answer & { readonly bytes: Bytes }): ConvertedBody {
  const body = convertResponseBody(bytes, kindOf(matched, chosen, response))
  if (body === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'the answer is text where the client accepts binary, and is not base64' })
  return body
}

type MappedHeaders = Map<string, OverrideValue>

function mapHeaders(matched: Matched, { mapping }: ReadyResponse, { response, context, body }: Answer & { readonly context: ContextMap; readonly body: Bytes | null }): MappedHeaders {
  const headers: MappedHeaders = new Map()
  if (mapping === null) return headers
  const mappedBody = mapping.readsBody && body !== null ? toMappedBody(toText(body)) : null
  if (mapping.readsBody && mappedBody === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'a mapping reads the answer as JSON, and it is none' })
  const sources = { parameters: matched.parameters(), context, stageVariables: matched.stageVariables, responseHeaders: response.headers, body: mappedBody }
  for (const { name, value } of renderMapping(mapping, sources)) headers.set(name, value)
  return headers
}

interface Rendering {
  readonly body: Body
  readonly context: ContextMap
  readonly overrides: Overrides
}

function renderBody(matched: Matched, template: Template | null, { body, context, overrides }: Rendering): { readonly body: string; readonly overrides: Overrides } {
  const text = typeof body === 'string' ? body : body instanceof Uint8Array ? toStrictText(body) : ''
  if (text === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'the answer is binary, and a template takes text: set contentHandling to CONVERT_TO_TEXT' })
  if (template === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'the response template does not compile' })
  const rendered = renderTemplate(template, toTemplateScope(matched, { body: text, context, overrides }))
  if (rendered.ok) return { body: rendered.text, overrides: rendered.overrides }
  throw new GatewayRefusal('API_CONFIGURATION_ERROR', {
    note: `Execution failed due to configuration error: Unable to transform response: ${rendered.reason} (line ${rendered.line}, column ${rendered.column} of the response template)`,
  })
}

interface Finished {
  readonly chosen: ReadyResponse
  readonly headers: MappedHeaders
  readonly body: Body
  readonly overrides: Overrides
}

/** Overrides win over mappings, those of the request's template too (aws-rest 7.6); then the table of header names applies to all of them (aws-rest 5.4). */
function finish(matched: Matched, { chosen, headers, body, overrides }: Finished): MethodResponse {
  const { responseOverride } = overrides
  const { type } = matched.method.document.integration
  const statusCode = responseOverride.status ?? chosen.statusCode
  // HTTP ends an exchange with nothing below 200.
  if (statusCode < 200) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `${statusCode} is no status of a final answer` })
  for (const [name, value] of Object.entries(responseOverride.header)) headers.set(name, value)
  const sent = new Headers()
  for (const [name, value] of headers) {
    if (!isHeaderName(name)) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `${JSON.stringify(name)} is no name of a header` })
    const sentName = toMappedHeaderName(name, type)
    if (sentName !== null) sent.append(sentName, toHeaderValue(typeof value === 'string' ? value : value.join(',')))
  }
  return { statusCode, headers: sent, body: body === '' ? null : body }
}
