import type { IntegrationDocument, IntegrationResponseDocument, MethodDocument } from '../../kv-schemas/documents/deployment.ts'
import type { RuleSet } from '../../worker/semantics/rules/rule-set.ts'
import { didYouMean } from '../../worker/semantics/source/nearest-word.ts'

/** Which template of a rule folder is meant. */
export type TemplateName = {
  readonly apiId: string
  readonly method: string
  readonly path: string
  /** The status of an integration response, or `default`; null for the request template. */
  readonly response: string | null
  /** The content type it is kept under; null for the only one, or else for JSON. */
  readonly contentType: string | null
}

/** A template of a method, with what its neighbours need to know. */
export type MethodTemplate = {
  readonly source: string
  /** What it is called in messages: `petstore POST /pets request application/json`. */
  readonly title: string
  readonly resourceId: string
  readonly isResponse: boolean
  /** The request template of the same method, where this is a response template; null when there is none. */
  readonly earlier: string | null
}

const REFERENCE = /^(GET|PUT|POST|DELETE|PATCH|OPTIONS|HEAD|ANY) (\/\S*) (?:request|response (\S+?))(?: (\S+\/\S+|\$default))?$/u

/** Reads the line by which a golden file names a method's template: `POST /pets request`, `GET /pets response 404 text/html`. */
export function parseTemplateName(apiId: string, line: string): TemplateName | null {
  const found = REFERENCE.exec(line.trim())
  if (found === null) return null
  const [, method = '', path = '', response = null, contentType = null] = found
  return { apiId, method, path, response, contentType }
}

/** Finds a template in a compiled rule folder, or says what there is instead. */
export function findMethodTemplate(rules: RuleSet, name: TemplateName): MethodTemplate | { readonly problem: string } {
  const deployment = rules.deployments.find(({ apiId }) => apiId === name.apiId)
  if (deployment === undefined) return { problem: `there is no API ${name.apiId}${didYouMean(name.apiId, rules.deployments.map(({ apiId }) => apiId))}` }
  const resource = deployment.resources.find(({ path }) => path === name.path)
  if (resource === undefined) return { problem: `${name.apiId} has no resource ${name.path}${didYouMean(name.path, deployment.resources.map(({ path }) => path))}` }
  const methods = new Map<string, MethodDocument>(Object.entries(resource.methods))
  const method = methods.get(name.method) ?? methods.get('ANY')
  if (method === undefined) return { problem: `${name.path} has no method ${name.method}; it has ${Array.from(methods.keys()).join(', ')}` }
  const { integration } = method
  const templates = name.response === null ? integration.requestTemplates : findResponse(integration, name.response)?.responseTemplates
  const kind = name.response === null ? 'request' : `response ${name.response}`
  if (templates === undefined) return { problem: `${name.method} ${name.path} has no integration response ${name.response}; it has ${listResponses(integration)}` }
  const contentTypes = Object.keys(templates)
  const contentType = name.contentType ?? (contentTypes.length === 1 ? contentTypes[0] : JSON_TYPE) ?? ''
  const source = new Map(Object.entries(templates)).get(contentType)
  if (source === undefined) return { problem: `${name.method} ${name.path} ${kind} has no template${contentTypes.length === 0 ? '' : ` for ${contentType}; it has ${contentTypes.join(', ')}`}` }
  const requests = new Map(Object.entries(integration.requestTemplates))
  const earlier = name.response === null ? null : (requests.get(JSON_TYPE) ?? Array.from(requests.values())[0] ?? null)
  return { source, title: `${name.apiId} ${name.method} ${name.path} ${kind} ${contentType}`, resourceId: resource.id, isResponse: name.response !== null, earlier }
}

const JSON_TYPE = 'application/json'

function findResponse(integration: IntegrationDocument, response: string): IntegrationResponseDocument | undefined {
  return integration.integrationResponses.find(({ selectionPattern, statusCode }) => (response === 'default' ? selectionPattern === null : statusCode === response))
}

function listResponses(integration: IntegrationDocument): string {
  const names = integration.integrationResponses.map(({ selectionPattern, statusCode }) => (selectionPattern === null ? `${statusCode} (default)` : statusCode))
  return names.length === 0 ? 'none' : names.join(', ')
}
