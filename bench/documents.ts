import type { DeploymentDocument, ResourceDocument } from '../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../kv-schemas/documents/stage.ts'
import { apiIdSchema, deploymentIdSchema, stageNameSchema } from '../kv-schemas/id-schemas.ts'
import { deploymentKey, stageKey } from '../kv-schemas/keys.ts'
import { writeDeploymentText } from '../worker/semantics/compile/deployment-text.ts'
import { emptyStage, toStageDocument } from '../worker/semantics/stages/stage-record.ts'

const API = apiIdSchema.parse('bench')
const STAGE = stageNameSchema.parse('prod')
const DEPLOYMENT = deploymentIdSchema.parse('0'.repeat(20))

/** The KV documents of an API with so many routes, each a plain proxy to the upstream. The route of number `i` is `/r<i>/items/{id}`. `settings` are the stage's. */
export function proxyDocuments(routes: number, upstream: string, settings: Partial<StageDocument> = {}): Record<string, string> {
  const deployment: DeploymentDocument = {
    schema: 1,
    apiId: API,
    deploymentId: DEPLOYMENT,
    name: 'bench',
    apiKeySource: 'HEADER',
    binaryMediaTypes: [],
    minimumCompressionSize: null,
    disableExecuteApiEndpoint: false,
    endpointConfiguration: { type: 'EDGE', vpcEndpointIds: [] },
    policy: null,
    models: {},
    authorizers: {},
    gatewayResponses: {},
    resources: Array.from({ length: routes }, (_, index) => proxyResource(index, upstream)),
  }
  const stage = { ...toStageDocument({ ...emptyStage(API, STAGE, 0), deploymentId: DEPLOYMENT, revision: 1 }), ...settings }
  return { [deploymentKey(API, DEPLOYMENT)]: writeDeploymentText(deployment), [stageKey(API, STAGE)]: JSON.stringify(stage) }
}

function proxyResource(index: number, upstream: string): ResourceDocument {
  return {
    id: `r${index}`,
    path: `/r${index}/items/{id}`,
    methods: {
      GET: {
        operationName: null,
        authorizationType: 'NONE',
        authorizerId: null,
        authorizationScopes: [],
        apiKeyRequired: false,
        requestParameters: { 'method.request.path.id': true },
        requestModels: {},
        requestValidator: null,
        methodResponses: {},
        integration: {
          type: 'HTTP_PROXY',
          httpMethod: 'GET',
          uri: `${upstream}/items/{id}`,
          connectionType: 'INTERNET',
          connectionId: null,
          credentials: null,
          requestParameters: { 'integration.request.path.id': 'method.request.path.id' },
          requestTemplates: {},
          passthroughBehavior: 'WHEN_NO_MATCH',
          contentHandling: null,
          timeoutInMillis: 29_000,
          cacheNamespace: `r${index}`,
          cacheKeyParameters: [],
          responseTransferMode: 'BUFFERED',
          tlsConfig: null,
          integrationResponses: [],
        },
      },
    },
  }
}
