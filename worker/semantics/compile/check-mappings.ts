import type { IntegrationDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { isHeaderName } from '../integrations/header-value.ts'
import { isIllegalRequestHeader } from '../integrations/illegal-headers.ts'
import { compileSelectionPattern } from '../integrations/selection-pattern.ts'
import { parseExpression, type MappingSide } from '../mapping/expression.ts'
import { parseTarget } from '../mapping/ready-mapping.ts'
import type { DefinedGatewayResponse, DefinedMethod } from '../openapi/definition.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'

/** What Amazon lets the name of a mapped parameter be (aws-rest 5.1). */
const NAME = /^[A-Za-z0-9._$-]+$/u

/** Checks the parameter mappings of a method both ways, and its selection patterns, as PutIntegration and PutIntegrationResponse do (aws-rest 5, 6.4). */
export function checkMappings({ document, integration }: DefinedMethod, report: Report): void {
  if (integration === null) return
  const { type } = integration.document
  checkRequestMappings(childOf(integration.at, 'requestParameters'), { document, type, report })
  const responses = childOf(integration.at, 'responses')
  // A proxy's answer goes through: nothing of these is used (aws-rest 5.2).
  if (responses === null || type === 'HTTP_PROXY' || type === 'AWS_PROXY') return
  for (const response of childrenOf(responses)) checkResponse(response, document, report)
}

interface RequestCheck {
  readonly document: DefinedMethod['document']
  readonly type: IntegrationDocument['type']
  readonly report: Report
}

function checkRequestMappings(mappings: Place | null, { document, type, report }: RequestCheck): void {
  for (const { at, name, source } of mappingsOf(mappings, 'integration-request', report)) {
    if (source !== null && source.startsWith('method.request.') && !isDeclared(source, document.requestParameters)) {
      report.warning(at, `the method does not declare ${toSingleValue(source)}: Amazon refuses "Invalid mapping expression parameter specified: ${source}"; here it is mapped`)
    }
    if (at.key !== null && String(at.key).startsWith('integration.request.header.') && isIllegalRequestHeader(name, type)) {
      report.warning(at, `the gateway sets ${name} itself: every request that maps it gets 500`)
    }
  }
}

function isDeclared(source: string, parameters: MethodDocument['requestParameters']): boolean {
  return source.startsWith('method.request.body') || Object.hasOwn(parameters, toSingleValue(source))
}

/** A parameter is declared once, whether one of its values is mapped or all of them. */
function toSingleValue(source: string): string {
  return source.replace(/^method\.request\.multivalue/u, 'method.request.')
}

function checkResponse(at: Place, document: DefinedMethod['document'], report: Report): void {
  checkPattern(at, report)
  const statusCode = textAt(childOf(at, 'statusCode'))
  const method = statusCode !== null && Object.hasOwn(document.methodResponses, statusCode) ? document.methodResponses[statusCode] : undefined
  if (statusCode !== null && method === undefined) {
    report.warning(childOf(at, 'statusCode') ?? at, `the method declares no response ${statusCode}: Amazon refuses "Invalid response status code specified"; here it is answered`)
  }
  const mappings = childOf(at, 'responseParameters')
  const undeclared = mappingsOf(mappings, 'method-response', report).map((mapping) => String(mapping.at.key)).filter((target) => method !== undefined && !hasHeader(method.responseParameters, target))
  if (undeclared.length === 0 || mappings === null) return
  report.warning(
    mappings,
    `the method's response ${statusCode ?? ''} declares no header for ${undeclared.join(', ')}: Amazon refuses "Invalid mapping expression parameter specified: ${undeclared[0] ?? ''}"; here it is sent`,
  )
}

function hasHeader(declared: Readonly<Record<string, boolean>>, target: string): boolean {
  return Object.keys(declared).some((name) => name.toLowerCase() === target.toLowerCase())
}

function checkPattern(at: Place, report: Report): void {
  const pattern = String(at.key)
  if (pattern === 'default') return
  const compiled = compileSelectionPattern(pattern)
  if (!compiled.ok) report.error(at, `the selection pattern ${JSON.stringify(pattern)} can't be used: ${compiled.reason}`)
}

/** Checks the API's own form of a gateway response, as PutGatewayResponse does (aws-rest 3.3). */
export function checkGatewayResponse({ at, type, document }: DefinedGatewayResponse, report: Report): void {
  if (type === 'REQUEST_TOO_LARGE') report.warning(at, 'REQUEST_TOO_LARGE can not be customised: the default is answered')
  if (document.statusCode?.startsWith('1') === true) report.error(childOf(at, 'statusCode') ?? at, `${document.statusCode} is no status of a final answer`)
  mappingsOf(childOf(at, 'responseParameters'), 'gateway-response', report)
  const templates = childOf(at, 'responseTemplates')
  for (const template of templates === null ? [] : childrenOf(templates)) checkGatewayTemplate(template, report)
}

function checkGatewayTemplate(at: Place, report: Report): void {
  const source = textAt(at)
  if (source === null || source === '') return report.error(at, 'Invalid null or empty value in responseTemplates')
  const [directive] = /#(?:if|set|foreach|else|end)\b|\$(?:util|input)\b/u.exec(source) ?? []
  if (directive !== undefined) report.warning(at, `templates of gateway responses are not VTL: ${directive} stays as it is written; only $context, $stageVariables and $method.request are replaced`)
}

interface CheckedMapping {
  readonly at: Place
  readonly name: string
  /** The expression as written; null when it is no text, which is reported where it is read. */
  readonly source: string | null
}

/** The mappings of a map whose targets and expressions are sound; the others are reported. */
function mappingsOf(mappings: Place | null, side: MappingSide, report: Report): readonly CheckedMapping[] {
  return (mappings === null ? [] : childrenOf(mappings)).flatMap((at) => {
    const target = parseTarget(String(at.key), side)
    if (target === null) {
      report.error(at, side === 'gateway-response' ? 'Invalid parameter name specified' : invalid(`Invalid mapping expression parameter specified: ${String(at.key)}`))
      return []
    }
    if (!NAME.test(target.name) || (target.location === 'header' && !isHeaderName(target.name))) report.error(at, invalid(`Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$`))
    const source = textAt(at)
    if (side === 'gateway-response' && source === '') report.error(at, 'Invalid null or empty value in responseParameters')
    else if (source !== null && parseExpression(source, side) === null) report.error(at, invalid(`Invalid mapping expression specified: ${source}`))
    return [{ at, name: target.name, source }]
  })
}

/** Amazon wraps what is wrong with a mapping in these words (aws-rest 5.1). */
function invalid(message: string): string {
  return `Invalid mapping expression specified: Validation Result: warnings : [], errors : [${message}]`
}

function textAt(place: Place | null): string | null {
  if (place === null || place.node.kind !== 'scalar') return null
  return typeof place.node.value === 'string' ? place.node.value : null
}
