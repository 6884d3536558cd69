import { toOriginExpression } from '../mapping/allowed-origin.ts'
import type { DefinedCors, DefinedGatewayResponse, DefinedIntegration, DefinedMethod, DefinedResource, Definition } from '../openapi/definition.ts'
import { PLAIN_INTEGRATION, PLAIN_METHOD } from './plain-method.ts'
import { EMPTY_ANSWER, isProxy } from './proxy-responses.ts'

/** The headers that Amazon's console lets through (aws-rest 13). */
const ALLOW_HEADERS = ['Content-Type', 'X-Amz-Date', 'Authorization', 'X-Api-Key', 'X-Amz-Security-Token']
const ALL_METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']
const ALLOW_ORIGIN = 'Access-Control-Allow-Origin'

/** Headers by name, as mapping expressions. */
type CorsHeaders = Readonly<Record<string, string>>

/**
 * Writes `x-stagedoor-cors` out in Amazon's constructs, as its console would (aws-rest 13): an OPTIONS mock for every resource without OPTIONS, headers on the
 * answers of every method, and headers on the gateway responses, so that a browser may read errors too. What the definition says itself stays.
 * Differs from Amazon: proxies get the headers too, where the backend sends none; several origins are matched by an expression of ours.
 */
export function expandCors(definition: Definition): Definition {
  const resources = definition.resources.map((resource) => expandResource(resource, definition.cors))
  const all = [definition.cors, ...definition.resources.map(({ cors }) => cors)].filter((cors) => cors !== null && cors !== false)
  const [first] = all
  if (first === undefined) return definition
  return { ...definition, resources, gatewayResponses: expandGatewayResponses(definition.gatewayResponses, first.at, toAnswerHeaders(all)) }
}

function expandResource(resource: DefinedResource, ofApi: DefinedCors | null): DefinedResource {
  const cors = resource.cors ?? ofApi
  if (cors === null || cors === false || resource.methods.length === 0) return resource
  const headers = toAnswerHeaders([cors])
  const methods = resource.methods.map((method) => (method.httpMethod === 'OPTIONS' ? method : expandMethod(method, headers)))
  return methods.some(({ httpMethod }) => httpMethod === 'OPTIONS') ? { ...resource, methods } : { ...resource, methods: [...methods, toPreflight(resource, cors)] }
}

function expandMethod(method: DefinedMethod, headers: CorsHeaders): DefinedMethod {
  const { integration, document } = method
  if (integration === null) return method
  const methodResponses = Object.fromEntries(
    Object.entries(document.methodResponses).map(([status, response]) => [status, { ...response, responseParameters: { ...declare(headers), ...response.responseParameters } }]),
  )
  if (isFixed(headers[ALLOW_ORIGIN] ?? '')) return { ...method, document: { ...document, methodResponses }, integration: expandIntegration(integration, headers) }
  // An answer that tells its reader's origin may be kept for that origin alone.
  const requestParameters = { [ORIGIN]: false, ...document.requestParameters }
  const keyed = { ...integration, document: { ...integration.document, cacheKeyParameters: Array.from(new Set([...integration.document.cacheKeyParameters, ORIGIN])) } }
  return { ...method, document: { ...document, methodResponses, requestParameters }, integration: expandIntegration(keyed, headers) }
}

const ORIGIN = 'method.request.header.Origin'

function expandIntegration(integration: DefinedIntegration, headers: CorsHeaders): DefinedIntegration {
  const { document } = integration
  const answers = isProxy(document.type) && document.integrationResponses.length === 0 ? [EMPTY_ANSWER] : document.integrationResponses
  const integrationResponses = answers.map((answer) => ({ ...answer, responseParameters: addMappings(answer.responseParameters, toMappings(headers)) }))
  return { ...integration, document: { ...document, integrationResponses } }
}

/** The OPTIONS method that answers preflight requests. */
function toPreflight({ at, methods }: DefinedResource, cors: DefinedCors): DefinedMethod {
  const headers = toPreflightHeaders(cors, methods)
  return {
    at: cors.at,
    httpMethod: 'OPTIONS',
    document: { ...PLAIN_METHOD, methodResponses: { '200': { responseParameters: declare(headers), responseModels: {} } } },
    integration: { at, document: { ...MOCK, integrationResponses: [{ ...EMPTY_ANSWER, responseParameters: toMappings(headers) }] } },
  }
}

/** The mock of Amazon's console; text even where every media type is binary, which breaks it at Amazon (aws-rest 13). */
const MOCK: DefinedIntegration['document'] = {
  ...PLAIN_INTEGRATION,
  type: 'MOCK',
  requestTemplates: { 'application/json': '{"statusCode": 200}' },
  contentHandling: 'CONVERT_TO_TEXT',
  cacheNamespace: null,
}

function toPreflightHeaders(cors: DefinedCors, methods: readonly DefinedMethod[]): CorsHeaders {
  const declared = methods.flatMap(({ httpMethod }) => (httpMethod === 'ANY' ? ALL_METHODS : [httpMethod]))
  const allowed = cors.allowMethods.length > 0 ? cors.allowMethods : Array.from(new Set([...declared, 'OPTIONS'])).sort()
  return {
    'Access-Control-Allow-Headers': literal(cors.allowHeaders.length > 0 ? cors.allowHeaders : ALLOW_HEADERS),
    'Access-Control-Allow-Methods': literal(allowed),
    ...toOriginHeaders([cors]),
    ...(cors.maxAge === null ? {} : { 'Access-Control-Max-Age': literal([String(cors.maxAge)]) }),
  }
}

/** The headers of answers that a script may read. */
function toAnswerHeaders(all: readonly DefinedCors[]): CorsHeaders {
  const exposed = Array.from(new Set(all.flatMap(({ exposeHeaders }) => exposeHeaders)))
  return { ...toOriginHeaders(all), ...(exposed.length === 0 ? {} : { 'Access-Control-Expose-Headers': literal(exposed) }) }
}

function toOriginHeaders(all: readonly DefinedCors[]): CorsHeaders {
  const origin = toOriginExpression(Array.from(new Set(all.flatMap(({ allowOrigins }) => allowOrigins))))
  return {
    [ALLOW_ORIGIN]: origin,
    ...(isFixed(origin) ? {} : { Vary: literal(['Origin']) }),
    ...(all.every(({ allowCredentials }) => allowCredentials) ? { 'Access-Control-Allow-Credentials': literal(['true']) } : {}),
  }
}

function isFixed(expression: string): boolean {
  return expression.startsWith("'")
}

function literal(values: readonly string[]): string {
  return `'${values.join(',')}'`
}

function toMappings(headers: CorsHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, expression]) => [`method.response.header.${name}`, expression]))
}

/** What the definition maps itself stays, however it spells the header. */
function addMappings(own: Readonly<Record<string, string>>, added: CorsHeaders): Record<string, string> {
  const taken = new Set(Object.keys(own).map((target) => target.toLowerCase()))
  return { ...own, ...Object.fromEntries(Object.entries(added).filter(([target]) => !taken.has(target.toLowerCase()))) }
}

function declare(headers: CorsHeaders): Record<string, boolean> {
  return Object.fromEntries(Object.keys(headers).map((name) => [`method.response.header.${name}`, false]))
}

/**
 * The two fallbacks, and every type that the API has a form of its own for: such a type does not inherit (aws-rest 3.3). Gateway responses belong to the API: an error
 * may be read by every origin that may read any of its paths.
 */
function expandGatewayResponses(defined: readonly DefinedGatewayResponse[], at: DefinedCors['at'], headers: CorsHeaders): readonly DefinedGatewayResponse[] {
  const missing = ['DEFAULT_4XX', 'DEFAULT_5XX'].filter((type) => !defined.some((response) => response.type === type))
  const all = [...defined, ...missing.map((type) => ({ at, type, document: { statusCode: null, responseParameters: {}, responseTemplates: {} } }))]
  const mappings = Object.fromEntries(Object.entries(headers).map(([name, expression]) => [`gatewayresponse.header.${name}`, expression]))
  return all.map((response) => ({ ...response, document: { ...response.document, responseParameters: addMappings(response.document.responseParameters, mappings) } }))
}
