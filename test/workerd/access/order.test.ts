import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { AuthorizerDocument, DeploymentDocument, IntegrationDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import { methodSettingSchema } from '../../../kv-schemas/rule-files/stage.ts'
import type { GatewayResponseType } from '../../../worker/semantics/gateway-responses/catalog.ts'
import { answerOf, integrationOf, methodOf } from '../../documents.ts'
import { publish } from '../mapping/publish.ts'

beforeEach(() => {
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.spyOn(globalThis, 'fetch').mockImplementation(async () => {
    throw new Error('the backend is down')
  })
})
afterEach(() => {
  vi.restoreAllMocks()
})

/** A thing that is wrong with an API, a stage or a request, and who says so. */
interface Fault {
  readonly name: string
  readonly says: GatewayResponseType
  readonly api?: Partial<DeploymentDocument>
  readonly stage?: Partial<StageDocument>
  readonly method?: Partial<Omit<MethodDocument, 'integration'>>
  readonly integration?: Partial<IntegrationDocument>
  readonly path?: string
}

const AUTHORIZER: AuthorizerDocument = {
  id: 'a', type: 'TOKEN', authorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations', authorizerCredentials: null,
  identitySource: ['method.request.header.Authorization'], identityValidationExpression: null, authorizerResultTtlInSeconds: 300, providerARNs: [], jwtConfiguration: null,
}
const DENY = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: 'execute-api:/*' }] }
const VALIDATOR = { validateRequestBody: true, validateRequestParameters: true }

/** In Amazon's order (aws-rest 2). */
const FAULTS: readonly Fault[] = [
  { name: 'the web ACL blocks the address', says: 'WAF_FILTERED', stage: { webAcl: { ipSet: { block: ['127.0.0.1'] } } } },
  { name: 'there is no route', says: 'MISSING_AUTHENTICATION_TOKEN', path: '/none' },
  { name: 'the resource policy denies', says: 'ACCESS_DENIED', api: { policy: DENY } },
  { name: 'the token is missing', says: 'UNAUTHORIZED', method: { authorizationType: 'CUSTOM', authorizerId: 'fn' } },
  { name: 'the API key is missing', says: 'INVALID_API_KEY', method: { apiKeyRequired: true } },
  { name: 'the method lets nobody through', says: 'THROTTLED', stage: { methodSettings: { '*/*': methodSettingSchema.parse({ throttlingRateLimit: 0, throttlingBurstLimit: 1, throttlingMode: 'local' }) } } },
  { name: 'a parameter is missing', says: 'BAD_REQUEST_PARAMETERS', method: { requestParameters: { 'method.request.querystring.must': true }, requestValidator: VALIDATOR } },
  { name: 'the body is not what the model says', says: 'BAD_REQUEST_BODY', api: { models: { Pet: { contentType: 'application/json', schema: { type: 'array' } } } }, method: { requestModels: { 'application/json': 'Pet' }, requestValidator: VALIDATOR } },
  { name: 'no template takes the media type', says: 'UNSUPPORTED_MEDIA_TYPE', integration: { passthroughBehavior: 'NEVER' } },
  { name: 'the backend is down', says: 'INTEGRATION_FAILURE' },
]

/** Each type answers with a status of its own, so that the answer tells who spoke. */
const statusOf = (says: GatewayResponseType): number => 440 + FAULTS.findIndex((fault) => fault.says === says)
const gatewayResponses: DeploymentDocument['gatewayResponses'] = Object.fromEntries(FAULTS.map(({ says }) => [says, { statusCode: String(statusOf(says)), responseParameters: {}, responseTemplates: {} }]))

async function answerTo(apiId: string, faults: readonly Fault[]): Promise<GatewayResponseType | number> {
  const all = { api: {}, stage: {}, method: {}, integration: {} }
  const merged = faults.reduce((sum, { api, stage, method, integration }) => ({ api: { ...sum.api, ...api }, stage: { ...sum.stage, ...stage }, method: { ...sum.method, ...method }, integration: { ...sum.integration, ...integration } }), all)
  const integration = integrationOf({ type: 'HTTP', httpMethod: 'POST', uri: 'http://backend.test/', integrationResponses: [answerOf()], ...merged.integration })
  const ask = await publish(apiId, { '/pets': { POST: methodOf(integration, merged.method) } }, { api: { authorizers: { fn: AUTHORIZER }, gatewayResponses, ...merged.api }, stage: merged.stage })
  const path = faults.find((fault) => fault.path !== undefined)?.path ?? '/pets'
  const { status } = await ask(path, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } })
  return FAULTS.find(({ says }) => statusOf(says) === status)?.says ?? status
}

describe('of two things wrong, the first in Amazon\'s order is told', () => {
  FAULTS.forEach((first, index) => {
    it(first.name, async () => {
      expect(await answerTo(`order-${index}`, [first])).toBe(first.says)
      for (const [offset, second] of FAULTS.slice(index + 1).entries()) expect([second.name, await answerTo(`order-${index}-${index + 1 + offset}`, [first, second])]).toEqual([second.name, first.says])
    })
  })
})
