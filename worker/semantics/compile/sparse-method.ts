import type { IntegrationDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { isSameJson } from '../stages/same-json.ts'

/** A method without the members that most methods have alike: a third of the size, in KV and in each isolate. */
export type SparseMethod = Partial<Omit<MethodDocument, 'integration'>> & { readonly integration: Partial<IntegrationDocument> }

/** What a member is that a sparse method does not have. A change of these values is a change of the form of all documents (`DOCUMENT_SCHEMA`). */
const METHOD: Omit<MethodDocument, 'integration'> = {
  operationName: null,
  authorizationType: 'NONE',
  authorizerId: null,
  authorizationScopes: [],
  apiKeyRequired: false,
  requestParameters: {},
  requestModels: {},
  requestValidator: null,
  methodResponses: {},
}
const INTEGRATION: IntegrationDocument = {
  type: 'HTTP_PROXY',
  httpMethod: null,
  uri: null,
  connectionType: 'INTERNET',
  connectionId: null,
  credentials: null,
  requestParameters: {},
  requestTemplates: {},
  passthroughBehavior: 'WHEN_NO_MATCH',
  contentHandling: null,
  timeoutInMillis: 29_000,
  cacheNamespace: '',
  cacheKeyParameters: [],
  responseTransferMode: 'BUFFERED',
  tlsConfig: null,
  integrationResponses: [],
}

/** Leaves out what `fillMethod` puts back. */
export function toSparseMethod({ integration, ...method }: MethodDocument): SparseMethod {
  return { ...without(method, METHOD), integration: without(integration, INTEGRATION) }
}

/** The whole method again. */
export function fillMethod({ integration, ...method }: SparseMethod): MethodDocument {
  return { ...METHOD, ...method, integration: { ...INTEGRATION, ...integration } }
}

function without<Value extends object>(value: Value, defaults: Value): Partial<Value> {
  const known = new Map<string, unknown>(Object.entries(defaults))
  return Object.fromEntries(Object.entries(value).filter(([name, member]) => !known.has(name) || !isSameJson(member, known.get(name)))) as Partial<Value>
}
