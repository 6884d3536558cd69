import type {
  AuthorizerDocument,
  DeploymentDocument,
  GatewayResponseDocument,
  IntegrationDocument,
  MethodDocument,
} from '../../../kv-schemas/documents/deployment.ts'
import type { HttpMethod } from '../../../kv-schemas/http-methods.ts'
import type { Place } from '../source/place.ts'
import type { JsonValue } from '../source/source-node.ts'

/** An API as its definition says it, in Amazon's nouns. `at` is where each part stands, so that later checks can point there. */
export interface Definition {
  readonly at: Place
  readonly name: string
  readonly apiKeySource: DeploymentDocument['apiKeySource']
  readonly binaryMediaTypes: readonly string[]
  readonly minimumCompressionSize: number | null
  readonly disableExecuteApiEndpoint: boolean
  readonly endpointConfiguration: DeploymentDocument['endpointConfiguration']
  /** The resource policy; null when there is none. */
  readonly policy: Place | null
  readonly authorizers: readonly DefinedAuthorizer[]
  readonly models: readonly DefinedModel[]
  readonly gatewayResponses: readonly DefinedGatewayResponse[]
  /** The shorthand for CORS of the whole API; null when there is none. */
  readonly cors: DefinedCors | null
  readonly resources: readonly DefinedResource[]
}

/** `x-stagedoor-cors`: who may read answers from a browser, in the words of `x-amazon-apigateway-cors` of HTTP APIs. */
export interface DefinedCors {
  readonly at: Place
  /** Origins, or one star. */
  readonly allowOrigins: readonly string[]
  /** Empty for the methods that the resource has. */
  readonly allowMethods: readonly string[]
  /** Empty for those that Amazon's console writes. */
  readonly allowHeaders: readonly string[]
  readonly exposeHeaders: readonly string[]
  readonly allowCredentials: boolean
  readonly maxAge: number | null
}

/** A path of the definition. */
export interface DefinedResource {
  readonly at: Place
  /** After the base path mode was applied; as written otherwise. */
  readonly path: string
  readonly methods: readonly DefinedMethod[]
  /** The path's own shorthand for CORS; false where it turns that of the API off, null where it says nothing. */
  readonly cors: DefinedCors | false | null
}

/** An operation: a method of a resource. */
export interface DefinedMethod {
  readonly at: Place
  readonly httpMethod: HttpMethod
  readonly document: Omit<MethodDocument, 'integration'>
  /** Null when the operation has none: it can be documented, but not deployed. */
  readonly integration: DefinedIntegration | null
}

/** What an operation calls. */
export interface DefinedIntegration {
  readonly at: Place
  /** `cacheNamespace` is null when the definition leaves it to the resource's id. */
  readonly document: Omit<IntegrationDocument, 'cacheNamespace'> & { readonly cacheNamespace: string | null }
}

/** An authorizer, by the name of its security scheme. */
export interface DefinedAuthorizer {
  readonly at: Place
  readonly name: string
  readonly document: Omit<AuthorizerDocument, 'id'>
}

/** A schema that a method's `requestModels` names: of the components by its own name, or written in place. */
export interface DefinedModel {
  readonly at: Place
  readonly name: string
  /** Writes it as JSON Schema draft 4; null when a `$ref` in it leads nowhere, which is reported. Only what a request can meet is written. */
  toSchema(): JsonValue | null
}

/** The API's own form of a gateway response. */
export interface DefinedGatewayResponse {
  readonly at: Place
  readonly type: string
  readonly document: GatewayResponseDocument
}
