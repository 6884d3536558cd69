import * as z from 'zod'
import { HTTP_METHODS } from '../http-methods.ts'
import { apiIdSchema, deploymentIdSchema } from '../id-schemas.ts'

const textMapSchema = z.record(z.string(), z.string())
const contentHandlingSchema = z.enum(['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT']).nullable()

/**
 * One answer of an integration; a `selectionPattern` of null is the default answer. A proxy has that one at most: its content handling, and the headers that the CORS
 * shorthand adds to answers that do not have them.
 */
export const integrationResponseSchema = z.strictObject({
  selectionPattern: z.string().nullable(),
  statusCode: z.string().regex(/^[1-5][0-9][0-9]$/u),
  responseParameters: textMapSchema,
  responseTemplates: textMapSchema,
  contentHandling: contentHandlingSchema,
})
export type IntegrationResponseDocument = z.infer<typeof integrationResponseSchema>

/** When a failed call of an HTTP backend is tried again (docs/integrations.md); absent: never. */
export const retrySchema = z.strictObject({
  attempts: z.int().min(2).max(5),
  statusCodes: z.array(z.int().min(400).max(599)),
  budgetPercent: z.number().min(0).max(100),
  backoffInMillis: z.int().min(0).max(10_000),
})

/** When an HTTP backend is left alone for a while (docs/integrations.md); absent: never. */
export const circuitBreakerSchema = z.strictObject({
  failurePercent: z.number().min(1).max(100),
  minimumCalls: z.int().min(1),
  windowInMillis: z.int().min(100).max(600_000),
  openInMillis: z.int().min(100).max(600_000),
  probes: z.int().min(1).max(100),
})

/** What a method calls; Amazon's fields with their defaults filled in (aws-rest 6.1). */
export const integrationSchema = z.strictObject({
  type: z.enum(['HTTP', 'HTTP_PROXY', 'MOCK', 'AWS', 'AWS_PROXY']),
  httpMethod: z.string().nullable(),
  uri: z.string().nullable(),
  connectionType: z.enum(['INTERNET', 'VPC_LINK']),
  connectionId: z.string().nullable(),
  credentials: z.string().nullable(),
  requestParameters: textMapSchema,
  requestTemplates: textMapSchema,
  passthroughBehavior: z.enum(['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER']),
  contentHandling: contentHandlingSchema,
  timeoutInMillis: z.int(),
  cacheNamespace: z.string(),
  cacheKeyParameters: z.array(z.string()),
  responseTransferMode: z.enum(['BUFFERED', 'STREAM']),
  tlsConfig: z.strictObject({ insecureSkipVerification: z.boolean() }).nullable(),
  integrationResponses: z.array(integrationResponseSchema),
  retry: retrySchema.optional(),
  circuitBreaker: circuitBreakerSchema.optional(),
})
export type IntegrationDocument = z.infer<typeof integrationSchema>

/** What the method declares of one answer; documentation for clients, and the list of headers a mapping may set. */
const methodResponseSchema = z.strictObject({
  responseParameters: z.record(z.string(), z.boolean()),
  responseModels: textMapSchema,
})

/** A method of a resource (aws-rest 4.1, 6.1, 11.1). */
export const methodSchema = z.strictObject({
  operationName: z.string().nullable(),
  authorizationType: z.enum(['NONE', 'AWS_IAM', 'CUSTOM', 'COGNITO_USER_POOLS']),
  authorizerId: z.string().nullable(),
  authorizationScopes: z.array(z.string()),
  apiKeyRequired: z.boolean(),
  requestParameters: z.record(z.string(), z.boolean()),
  requestModels: textMapSchema,
  requestValidator: z.strictObject({ validateRequestBody: z.boolean(), validateRequestParameters: z.boolean() }).nullable(),
  methodResponses: z.record(z.string(), methodResponseSchema),
  integration: integrationSchema,
})
export type MethodDocument = z.infer<typeof methodSchema>

/** A resource: a node of the path tree that has methods. */
export const resourceSchema = z.strictObject({
  id: z.string(),
  path: z.string(),
  methods: z.partialRecord(z.enum(HTTP_METHODS), methodSchema),
})
export type ResourceDocument = z.infer<typeof resourceSchema>

/** An authorizer, keyed by its name in the definition (aws-rest 11, 16.2). */
export const authorizerSchema = z.strictObject({
  id: z.string(),
  type: z.enum(['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS', 'JWT']),
  authorizerUri: z.string().nullable(),
  authorizerCredentials: z.string().nullable(),
  identitySource: z.array(z.string()),
  identityValidationExpression: z.string().nullable(),
  authorizerResultTtlInSeconds: z.int(),
  providerARNs: z.array(z.string()),
  jwtConfiguration: z.strictObject({ issuer: z.string(), audience: z.array(z.string()) }).nullable(),
})
export type AuthorizerDocument = z.infer<typeof authorizerSchema>

/** The API's own form of one gateway response; a statusCode of null keeps the default (aws-rest 3.3). */
export const gatewayResponseSchema = z.strictObject({
  statusCode: z.string().nullable(),
  responseParameters: textMapSchema,
  responseTemplates: textMapSchema,
})
export type GatewayResponseDocument = z.infer<typeof gatewayResponseSchema>

/** A request model: a JSON Schema of draft 4, after `$ref`s to other models became `#/definitions/...` (aws-rest 4.4). */
const modelSchema = z.strictObject({ contentType: z.string(), schema: z.json() })

/**
 * A deployment: an API as the data plane runs it. Immutable and content-addressed: `deploymentId` is made from the rest.
 * It holds what a request needs and nothing else; models that no validator uses stay in the Ledger.
 */
export const deploymentSchema = z.strictObject({
  schema: z.literal(1),
  apiId: apiIdSchema,
  deploymentId: deploymentIdSchema,
  name: z.string(),
  apiKeySource: z.enum(['HEADER', 'AUTHORIZER']),
  binaryMediaTypes: z.array(z.string()),
  minimumCompressionSize: z.int().nullable(),
  disableExecuteApiEndpoint: z.boolean(),
  endpointConfiguration: z.strictObject({ type: z.enum(['EDGE', 'REGIONAL', 'PRIVATE']), vpcEndpointIds: z.array(z.string()) }),
  policy: z.json().nullable(),
  models: z.record(z.string(), modelSchema),
  authorizers: z.record(z.string(), authorizerSchema),
  gatewayResponses: z.record(z.string(), gatewayResponseSchema),
  resources: z.array(resourceSchema),
})
export type DeploymentDocument = z.infer<typeof deploymentSchema>
