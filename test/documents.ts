import { deploymentSchema, type AuthorizerDocument, type DeploymentDocument, type IntegrationDocument, type IntegrationResponseDocument, type MethodDocument } from '../kv-schemas/documents/deployment.ts'
import { stageSchema, type StageDocument } from '../kv-schemas/documents/stage.ts'
import { PLAIN_INTEGRATION, PLAIN_METHOD } from '../worker/semantics/compile/plain-method.ts'

/** An integration with Amazon's defaults; a test writes what it is about. */
export function integrationOf(parts: Partial<IntegrationDocument> = {}): IntegrationDocument {
  return { ...PLAIN_INTEGRATION, httpMethod: 'ANY', uri: 'http://backend.test/', cacheNamespace: 'resource', ...parts }
}

/** A mock that answers 200, and more as a test says. */
export function mockOf(parts: Partial<IntegrationDocument> = {}): IntegrationDocument {
  return integrationOf({ type: 'MOCK', httpMethod: null, uri: null, requestTemplates: { 'application/json': '{"statusCode": 200}' }, integrationResponses: [answerOf()], ...parts })
}

/** The default answer of a non-proxy integration. */
export function answerOf(parts: Partial<IntegrationResponseDocument> = {}): IntegrationResponseDocument {
  return { selectionPattern: null, statusCode: '200', responseParameters: {}, responseTemplates: {}, contentHandling: null, ...parts }
}

/** An open method without validator. */
export function methodOf(integration: IntegrationDocument, parts: Partial<Omit<MethodDocument, 'integration'>> = {}): MethodDocument {
  return { ...PLAIN_METHOD, integration, ...parts }
}

/** The resources of a deployment: methods by path and HTTP method. */
export type Resources = Readonly<Record<string, Readonly<Partial<Record<string, MethodDocument>>>>>

/** A deployment of these resources; checked against its schema, so that a test can't run what no compiler writes. */
export function deploymentOf(resources: Resources, parts: Partial<Omit<DeploymentDocument, 'resources'>> = {}): DeploymentDocument {
  return deploymentSchema.parse({
    schema: 1,
    apiId: 'test',
    deploymentId: '0123456789abcdef0123',
    name: 'test',
    apiKeySource: 'HEADER',
    binaryMediaTypes: [],
    minimumCompressionSize: null,
    disableExecuteApiEndpoint: false,
    endpointConfiguration: { type: 'EDGE', vpcEndpointIds: [] },
    policy: null,
    models: {},
    authorizers: {},
    gatewayResponses: {},
    ...parts,
    resources: Object.entries(resources).map(([path, methods], index) => ({ id: `resource${index}`, path, methods })),
  })
}

/** A Lambda authorizer of type TOKEN whose results are not kept. */
export function authorizerOf(parts: Partial<AuthorizerDocument> = {}): AuthorizerDocument {
  return {
    id: 'door',
    type: 'TOKEN',
    authorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:door/invocations',
    authorizerCredentials: null,
    identitySource: ['method.request.header.Authorization'],
    identityValidationExpression: null,
    authorizerResultTtlInSeconds: 0,
    providerARNs: [],
    jwtConfiguration: null,
    ...parts,
  }
}

/** The stage `dev` of that deployment. */
export function stageOf(parts: Partial<StageDocument> = {}): StageDocument {
  return stageSchema.parse({
    schema: 1,
    apiId: 'test',
    stageName: 'dev',
    revision: 1,
    deploymentId: '0123456789abcdef0123',
    cacheEpoch: 0,
    variables: {},
    methodSettings: {},
    canarySettings: null,
    cacheClusterEnabled: false,
    cacheClusterSize: null,
    accessLogSettings: null,
    tracingEnabled: false,
    webAcl: null,
    description: '',
    tags: {},
    ...parts,
  })
}
