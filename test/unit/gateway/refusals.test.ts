import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { GATEWAY_RESPONSES, type GatewayResponseType } from '../../../worker/semantics/gateway-responses/catalog.ts'
import { usagePlanSchema } from '../../../kv-schemas/documents/access.ts'
import type { Limits } from '../../../worker/ports.ts'
import { accessOf } from '../../access.ts'
import { integrationOf, methodOf, mockOf, type Resources } from '../../documents.ts'
import { gatewayOf, type TestGateway, type TestOptions } from '../../gateway.ts'

/** A request that is refused with a type. */
interface Scenario {
  readonly resources?: Resources
  readonly options?: TestOptions
  readonly ask?: RequestInit & { readonly path?: string }
  readonly status: number
  readonly body: string
}

const proxy = methodOf(integrationOf())
const validated = (parts: Parameters<typeof methodOf>[1]): Resources => ({ '/a': { ANY: methodOf(mockOf(), { requestValidator: { validateRequestBody: true, validateRequestParameters: true }, ...parts }) } })
const ERROR = '{"message": "Internal server error"}'
const DENY = { Version: '2012-10-17', Statement: [{ Effect: 'Deny', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }] }

const API_KEY = 'a-key-of-twenty-characters'
const QUOTA_ACCESS = accessOf({
  apiKeys: { [API_KEY]: { id: 'k', usagePlanIds: ['gold'] } },
  usagePlans: [usagePlanSchema.parse({ schema: 1, id: 'gold', apiStages: [{ apiId: 'test', stage: 'dev' }], quota: { limit: 10, period: 'DAY' } })],
})

/** Limits that are used up. */
function limitsOf({ isEmpty = false, isQuotaUsedUp = false }: { readonly isEmpty?: boolean; readonly isQuotaUsedUp?: boolean }): Limits {
  return {
    take: (buckets) => buckets.slice(0, 1).map(() => (isEmpty ? { kind: 'refused', retryAfterMs: 10, isOwnShare: false } : { kind: 'taken', remaining: 1, isOwnShare: false })),
    useQuota: async () => (isQuotaUsedUp ? { kind: 'used-up', allowance: 10, resetsInMs: 60_000 } : { kind: 'counted' }),
    giveBackQuota: () => undefined,
  }
}

/**
 * Each type of the catalog, produced by a request, or the file (below test/unit) whose tests produce it; that file must name the type.
 * A text that names no file says why nothing produces the type.
 */
const SCENARIOS: Readonly<Record<GatewayResponseType, Scenario | string>> = {
  ACCESS_DENIED: { options: { api: { policy: DENY } }, status: 403, body: '{"Message":"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:test/dev/GET/a with an explicit deny"}' },
  API_CONFIGURATION_ERROR: { resources: { '/a': { GET: methodOf(mockOf({ integrationResponses: [] })) } }, status: 500, body: ERROR },
  AUTHORIZER_CONFIGURATION_ERROR: 'semantics/authorizers/lambda/lambda.test.ts',
  AUTHORIZER_FAILURE: 'semantics/authorizers/lambda/lambda.test.ts',
  BAD_REQUEST_PARAMETERS: { resources: validated({ requestParameters: { 'method.request.querystring.q': true } }), status: 400, body: '{"message": "Missing required request parameters: [q]"}' },
  BAD_REQUEST_BODY: { resources: validated({ requestModels: { 'application/json': 'Empty' } }), ask: { method: 'POST', body: '[]', headers: { 'content-type': 'application/json' } }, status: 400, body: '{"message": "Invalid request body"}' },
  DEFAULT_4XX: {
    resources: { '/a': { ANY: methodOf(integrationOf({ requestParameters: { 'integration.request.header.a': 'method.request.body' } })) } },
    ask: { method: 'POST', body: '{' },
    status: 400,
    body: '{"message": "Invalid JSON in request body"}',
  },
  DEFAULT_5XX: { options: { backend: () => { throw new Error('a fault of ours') } }, status: 500, body: ERROR },
  EXPIRED_TOKEN: 'semantics/gateway-responses/answers.test.ts',
  INTEGRATION_FAILURE: { options: { backend: () => ({ kind: 'unreachable', cause: 'no route' }) }, status: 500, body: ERROR },
  INTEGRATION_TIMEOUT: { options: { backend: () => ({ kind: 'timed-out' }) }, status: 504, body: '{"message": "Endpoint request timed out"}' },
  INVALID_API_KEY: { resources: { '/a': { GET: methodOf(mockOf(), { apiKeyRequired: true }) } }, status: 403, body: '{"message":"Forbidden"}' },
  INVALID_SIGNATURE: 'semantics/gateway-responses/answers.test.ts',
  MISSING_AUTHENTICATION_TOKEN: { ask: { path: '/none' }, status: 403, body: '{"message":"Missing Authentication Token"}' },
  QUOTA_EXCEEDED: {
    resources: { '/a': { GET: methodOf(mockOf(), { apiKeyRequired: true }) } },
    options: { ports: { access: QUOTA_ACCESS, limits: limitsOf({ isQuotaUsedUp: true }) } },
    ask: { headers: { 'x-api-key': API_KEY } },
    status: 429,
    body: '{"message":"Limit Exceeded"}',
  },
  REQUEST_TOO_LARGE: { resources: validated({ requestModels: { $default: 'Empty' } }), ask: { method: 'POST', body: 'a'.repeat(10_485_761) }, status: 413, body: 'HTTP content length exceeded 10485760 bytes.' },
  RESOURCE_NOT_FOUND: 'Amazon lists it, and is not seen to answer it (aws-rest 1.5)',
  THROTTLED: { options: { ports: { limits: limitsOf({ isEmpty: true }) } }, status: 429, body: '{"message":"Too Many Requests"}' },
  UNAUTHORIZED: 'semantics/authorizers/lambda/lambda.test.ts',
  UNSUPPORTED_MEDIA_TYPE: { resources: { '/a': { GET: methodOf(mockOf({ requestTemplates: {}, passthroughBehavior: 'NEVER' })) } }, status: 415, body: '{"message": "Unsupported Media Type"}' },
  WAF_FILTERED: { options: { stage: { webAcl: { ipSet: { block: ['127.0.0.1'] } } } }, status: 403, body: '{"message":"Forbidden"}' },
}

function gatewayFor({ resources = { '/a': { ANY: proxy } }, options = {} }: Scenario): TestGateway {
  return gatewayOf(resources, options)
}

describe('every type of refusal', () => {
  const produced = Object.entries(SCENARIOS).flatMap(([type, scenario]) => (typeof scenario === 'string' ? [] : [[type as GatewayResponseType, scenario] as const]))
  for (const [type, scenario] of produced) {
    it(`${type} is produced by a request`, async () => {
      const gateway = gatewayFor(scenario)
      const answer = await gateway.ask(scenario.ask?.path ?? '/a', scenario.ask)
      expect([answer.status, await answer.text(), answer.headers.get('x-amzn-errortype')]).toEqual([scenario.status, scenario.body, GATEWAY_RESPONSES[type].errorType])
      expect(gateway.lines.at(-1)?.['errorType']).toBe(type)
    })
  }

  const elsewhere = Object.entries(SCENARIOS).flatMap(([type, scenario]) => (typeof scenario === 'string' && scenario.endsWith('.ts') ? [[type, scenario] as const] : []))
  for (const [type, file] of elsewhere) {
    it(`${type} is produced by ${file}`, () => {
      expect(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')).toContain(type)
    })
  }

  it('but for one has a test', () => {
    expect(produced.length + elsewhere.length).toBe(Object.keys(GATEWAY_RESPONSES).length - 1)
  })
})
