import type { Awaitable } from '../awaitable.ts'
import type { Bytes } from '../ports.ts'
import { isBinaryMediaType } from '../semantics/integrations/binary-media-types.ts'
import { convertRequestBody, toStrictText, toText, type ConvertedBody } from '../semantics/integrations/content-handling.ts'
import { isIllegalRequestHeader } from '../semantics/integrations/illegal-headers.ts'
import { hasDotSegment, toPathValue } from '../semantics/integrations/path-value.ts'
import { chooseRequestTemplate } from '../semantics/integrations/ready-templates.ts'
import type { ContextMap } from '../semantics/mapping/context-value.ts'
import { toMappedBody } from '../semantics/mapping/mapped-body.ts'
import { renderMapping, type MappedParameter, type ReadyMapping } from '../semantics/mapping/ready-mapping.ts'
import type { MappingSources } from '../semantics/mapping/sources.ts'
import type { Template } from '../semantics/templates/compile-template.ts'
import { NO_OVERRIDES } from '../semantics/templates/read-overrides.ts'
import { renderTemplate } from '../semantics/templates/render-template.ts'
import type { OverriddenParameters, Overrides } from '../semantics/templates/template-scope.ts'
import { toContextVariables } from './context-variables.ts'
import type { Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'
import { toTemplateScope } from './template-scope.ts'

/** What the mapping and the template of a non-proxy integration made of the client's request (aws-rest 5, 6.8, 6.9, 7.6). */
export interface TransformedRequest {
  /** Values for the placeholders of the URI, fit for it. */
  readonly path: Readonly<Record<string, string>>
  readonly querystring: readonly (readonly [name: string, value: string | readonly string[]])[]
  readonly header: readonly (readonly [name: string, value: string])[]
  /** Empty when there is none. */
  readonly body: string | Bytes
  /** What the template left for the answer and its template. */
  readonly overrides: Overrides
}

/** Transforms a request: mappings, choice of the template (415 comes before any conversion), content handling, template, overrides, illegal headers. */
export async function transformRequest(matched: Matched): Promise<TransformedRequest> {
  const { method, request } = matched
  const context = toContextVariables(matched)
  const mapped = await mapParameters(matched, context)
  const choice = chooseRequestTemplate(method.requestTemplates, method.document.integration.passthroughBehavior, request.headers.get('content-type'))
  if (choice.kind === 'unsupported') throw new GatewayRefusal('UNSUPPORTED_MEDIA_TYPE', { note: 'no request template takes this content type, and the integration passes none through' })
  const body = await readConvertedBody(matched)
  const rendered = choice.kind === 'pass' ? { body, overrides: NO_OVERRIDES } : renderBody(matched, choice.template, { body, context })
  return { ...applyOverrides(matched, mapped, rendered.overrides), ...rendered }
}

/** Renders the integration's parameter mappings; the body is read only when one of them needs it. Refuses illegal headers and values that would leave their path. */
export function mapParameters(matched: Matched, context: ContextMap): Awaitable<readonly MappedParameter[]> {
  const { requestMapping } = matched.method
  if (requestMapping === null) return []
  if (!requestMapping.readsBody) return renderParameters(matched, requestMapping, { context, body: null })
  return matched.body.bytes().then((bytes) => {
    const body = toMappedBody(toText(bytes))
    if (body === null) throw new GatewayRefusal('DEFAULT_4XX', { statusCode: 400, message: 'Invalid JSON in request body' })
    return renderParameters(matched, requestMapping, { context, body })
  })
}

function renderParameters(matched: Matched, mapping: ReadyMapping, { context, body }: Pick<MappingSources, 'context' | 'body'>): readonly MappedParameter[] {
  const mapped = renderMapping(mapping, { parameters: matched.parameters(), context, stageVariables: matched.stageVariables, responseHeaders: null, body })
  for (const { location, name, value } of mapped) {
    if (location === 'header') refuseIllegalHeader(matched, name)
    if (location === 'path' && hasDotSegment(String(value))) throw refuseDotSegment(name)
  }
  return mapped
}

function refuseIllegalHeader(matched: Matched, name: string): void {
  if (!isIllegalRequestHeader(name, matched.method.document.integration.type)) return
  throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `Execution failed due to configuration error: ${name} header already present` })
}

/** Differs from Amazon: it sends `..` on to the backend; here it would be resolved on the way and lead elsewhere. */
function refuseDotSegment(name: string): GatewayRefusal {
  return new GatewayRefusal('BAD_REQUEST_PARAMETERS', { message: `Invalid value of path parameter: ${name}`, note: 'a mapped path value holds a dot segment' })
}

/** The client's body after content handling (aws-rest 6.9). */
export async function readConvertedBody(matched: Matched): Promise<ConvertedBody> {
  const { contentHandling } = matched.method.document.integration
  const bytes = await matched.body.bytes()
  const isBinary = isBinaryMediaType(matched.request.headers.get('content-type') ?? 'application/json', matched.deployment.document.binaryMediaTypes)
  const body = convertRequestBody(bytes, { isBinary, contentHandling })
  if (body === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'the body is not base64, and contentHandling is CONVERT_TO_BINARY' })
  return body
}

interface Rendering {
  readonly body: ConvertedBody
  readonly context: ContextMap
}

function renderBody(matched: Matched, template: Template | null, { body, context }: Rendering): { readonly body: string; readonly overrides: Overrides } {
  const text = typeof body === 'string' ? body : toStrictText(body)
  if (text === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'the body is binary, and a template takes text: set contentHandling to CONVERT_TO_TEXT' })
  if (template === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: 'the request template does not compile' })
  const rendered = renderTemplate(template, toTemplateScope(matched, { body: text, context }))
  if (rendered.ok) return { body: rendered.text, overrides: rendered.overrides }
  throw new GatewayRefusal('API_CONFIGURATION_ERROR', {
    note: `Execution failed due to configuration error: Unable to transform request: ${rendered.reason} (line ${rendered.line}, column ${rendered.column} of the request template)`,
  })
}

/** Overrides win over mappings of the same name, and are final (aws-rest 7.6). */
function applyOverrides(matched: Matched, mapped: readonly MappedParameter[], { requestOverride }: Overrides): Pick<TransformedRequest, 'path' | 'querystring' | 'header'> {
  const header = override(mapped, 'header', requestOverride.header)
  for (const [name] of header) refuseIllegalHeader(matched, name)
  const path: Record<string, string> = Object.create(null)
  for (const [name, value] of override(mapped, 'path', requestOverride.path)) {
    path[name] = Object.hasOwn(requestOverride.path, name) ? toPathValue(joined(value), true) : joined(value)
    if (hasDotSegment(path[name]) && Object.hasOwn(requestOverride.path, name)) throw refuseDotSegment(name)
  }
  return { path, querystring: override(mapped, 'querystring', requestOverride.querystring), header: header.map(([name, value]) => [name, joined(value)]) }
}

function override(mapped: readonly MappedParameter[], location: MappedParameter['location'], overridden: OverriddenParameters): [string, string | readonly string[]][] {
  const values = new Map<string, string | readonly string[]>()
  for (const parameter of mapped) if (parameter.location === location) values.set(parameter.name, parameter.value)
  for (const [name, value] of Object.entries(overridden)) values.set(name, value)
  return Array.from(values)
}

function joined(value: string | readonly string[]): string {
  return typeof value === 'string' ? value : value.join(',')
}
