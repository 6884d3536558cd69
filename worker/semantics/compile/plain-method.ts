import type { IntegrationDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'

/*
 * A method and an integration of which a definition says nothing but what they call. What a document in KV does not say is as here: a change of these values is a change of the
 * form of all documents (`DOCUMENT_SCHEMA`).
 */

/** An open method without parameters, models and a validator. */
export const PLAIN_METHOD: Omit<MethodDocument, 'integration'> = {
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

/** A proxy over the internet, without mappings and templates. */
export const PLAIN_INTEGRATION: IntegrationDocument = {
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
