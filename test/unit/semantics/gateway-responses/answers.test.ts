import { describe, expect, it } from 'vitest'
import type { GatewayResponseDocument } from '../../../../kv-schemas/documents/deployment.ts'
import { GATEWAY_RESPONSES, type GatewayResponseType } from '../../../../worker/semantics/gateway-responses/catalog.ts'
import { openGatewayResponses } from '../../../../worker/semantics/gateway-responses/ready-gateway-response.ts'
import { renderCustomAnswer, renderDefaultAnswer, type GatewayAnswer, type GatewayError } from '../../../../worker/semantics/gateway-responses/render-gateway-response.ts'
import { toRequestParameters } from '../../../../worker/semantics/mapping/request-parameters.ts'

const custom = (parts: Partial<GatewayResponseDocument>): GatewayResponseDocument => ({ statusCode: null, responseParameters: {}, responseTemplates: {}, ...parts })

function answer(type: GatewayResponseType, documents: Record<string, GatewayResponseDocument> = {}, accept: string | null = null): GatewayAnswer {
  const entry = GATEWAY_RESPONSES[type]
  const error: GatewayError = { type, message: entry.message, statusCode: entry.statusCode ?? 500, errorType: entry.errorType }
  const ready = openGatewayResponses(documents)(type)
  if (ready === null) return renderDefaultAnswer(error)
  const parameters = toRequestParameters({ pathParameters: {}, rawQuery: '', headers: new Headers({ origin: 'https://a.test' }) })
  const context = { error: { message: error.message, messageString: JSON.stringify(error.message), responseType: type } }
  return renderCustomAnswer(error, ready, { accept, sources: { parameters, context, stageVariables: {}, responseHeaders: null, body: null } })
}

/** aws-rest 3.1 and 3.2, byte for byte. */
const defaults: Readonly<Record<GatewayResponseType, readonly [status: number, errorType: string, body: string]>> = {
  ACCESS_DENIED: [403, 'AccessDeniedException', '{"Message":"User is not authorized to access this resource"}'],
  API_CONFIGURATION_ERROR: [500, 'InternalServerErrorException', '{"message": "Internal server error"}'],
  AUTHORIZER_CONFIGURATION_ERROR: [500, 'AuthorizerConfigurationException', '{"message":null}'],
  AUTHORIZER_FAILURE: [500, 'AuthorizerFailureException', '{"message":null}'],
  BAD_REQUEST_PARAMETERS: [400, 'BadRequestException', '{"message": "Bad Request"}'],
  BAD_REQUEST_BODY: [400, 'BadRequestException', '{"message": "Invalid request body"}'],
  DEFAULT_4XX: [500, 'BadRequestException', '{"message": null}'],
  DEFAULT_5XX: [500, 'InternalServerErrorException', '{"message": "Internal server error"}'],
  EXPIRED_TOKEN: [403, 'ExpiredTokenException', '{"message":"The security token included in the request is expired"}'],
  INTEGRATION_FAILURE: [504, 'InternalServerErrorException', '{"message": "Internal server error"}'],
  INTEGRATION_TIMEOUT: [504, 'InternalServerErrorException', '{"message": "Endpoint request timed out"}'],
  INVALID_API_KEY: [403, 'ForbiddenException', '{"message":"Forbidden"}'],
  INVALID_SIGNATURE: [
    403,
    'InvalidSignatureException',
    '{"message":"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details."}',
  ],
  MISSING_AUTHENTICATION_TOKEN: [403, 'MissingAuthenticationTokenException', '{"message":"Missing Authentication Token"}'],
  QUOTA_EXCEEDED: [429, 'LimitExceededException', '{"message":"Limit Exceeded"}'],
  REQUEST_TOO_LARGE: [413, 'RequestTooLargeException', 'HTTP content length exceeded 10485760 bytes.'],
  RESOURCE_NOT_FOUND: [404, 'ResourceNotFoundException', '{"message":"Not Found"}'],
  THROTTLED: [429, 'TooManyRequestsException', '{"message":"Too Many Requests"}'],
  UNAUTHORIZED: [401, 'UnauthorizedException', '{"message":"Unauthorized"}'],
  UNSUPPORTED_MEDIA_TYPE: [415, 'BadRequestException', '{"message": "Unsupported Media Type"}'],
  WAF_FILTERED: [403, 'ForbiddenException', '{"message":"Forbidden"}'],
}

describe('default answers', () => {
  for (const [type, [status, errorType, body]] of Object.entries(defaults) as [GatewayResponseType, (typeof defaults)[GatewayResponseType]][]) {
    it(`answers ${type}`, () => {
      const contentType = type === 'REQUEST_TOO_LARGE' ? 'text/plain' : 'application/json'
      expect(answer(type)).toEqual({ statusCode: status, headers: [['Content-Type', contentType], ['x-amzn-ErrorType', errorType]], body })
    })
  }

  it('has the length that Amazon sends', () => {
    expect(answer('DEFAULT_5XX').body).toHaveLength(36)
    expect(answer('MISSING_AUTHENTICATION_TOKEN').body).toHaveLength(42)
    expect(answer('INTEGRATION_TIMEOUT').body).toHaveLength(41)
  })
})

const TEMPLATE = { 'application/json': '{"type":"$context.error.responseType"}' }

interface CustomRow {
  readonly name: string
  readonly type: GatewayResponseType
  readonly documents: Record<string, GatewayResponseDocument>
  readonly status: number
  readonly body: string
}

/** aws-rest 3.3. */
const inheritance: readonly CustomRow[] = [
  { name: 'a status of its own, body as before', type: 'THROTTLED', documents: { THROTTLED: custom({ statusCode: '503' }) }, status: 503, body: '{"message":"Too Many Requests"}' },
  { name: 'a template of its own', type: 'THROTTLED', documents: { THROTTLED: custom({ responseTemplates: TEMPLATE }) }, status: 429, body: '{"type":"THROTTLED"}' },
  { name: 'DEFAULT_4XX gives status and template', type: 'THROTTLED', documents: { DEFAULT_4XX: custom({ statusCode: '499', responseTemplates: TEMPLATE }) }, status: 499, body: '{"type":"THROTTLED"}' },
  { name: 'DEFAULT_4XX with templates alone keeps the status', type: 'UNAUTHORIZED', documents: { DEFAULT_4XX: custom({ responseTemplates: TEMPLATE }) }, status: 401, body: '{"type":"UNAUTHORIZED"}' },
  { name: 'DEFAULT_5XX with 599 changes every 5XX type', type: 'AUTHORIZER_FAILURE', documents: { DEFAULT_5XX: custom({ statusCode: '599' }) }, status: 599, body: '{"message":null}' },
  { name: 'DEFAULT_5XX does not touch 4XX', type: 'THROTTLED', documents: { DEFAULT_5XX: custom({ statusCode: '599' }) }, status: 429, body: '{"message":"Too Many Requests"}' },
  { name: 'DEFAULT_4XX does not touch 5XX', type: 'AUTHORIZER_FAILURE', documents: { DEFAULT_4XX: custom({ statusCode: '499' }) }, status: 500, body: '{"message":null}' },
  { name: 'a type of its own ignores DEFAULT_4XX', type: 'THROTTLED', documents: { THROTTLED: custom({}), DEFAULT_4XX: custom({ statusCode: '499', responseTemplates: TEMPLATE }) }, status: 429, body: '{"message":"Too Many Requests"}' },
  { name: 'DEFAULT_5XX itself', type: 'DEFAULT_5XX', documents: { DEFAULT_5XX: custom({ statusCode: '599', responseTemplates: TEMPLATE }) }, status: 599, body: '{"type":"DEFAULT_5XX"}' },
  { name: 'INTEGRATION_FAILURE counts as 5XX', type: 'INTEGRATION_FAILURE', documents: { DEFAULT_5XX: custom({ statusCode: '502' }) }, status: 502, body: '{"message": "Internal server error"}' },
  { name: 'REQUEST_TOO_LARGE stays', type: 'REQUEST_TOO_LARGE', documents: { REQUEST_TOO_LARGE: custom({ statusCode: '400' }), DEFAULT_4XX: custom({ statusCode: '499' }) }, status: 413, body: 'HTTP content length exceeded 10485760 bytes.' },
  { name: 'a null message is JSON null', type: 'AUTHORIZER_FAILURE', documents: { DEFAULT_5XX: custom({ responseTemplates: { 'application/json': '{"m":$context.error.messageString,"t":"$context.error.message"}' } }) }, status: 500, body: '{"m":null,"t":""}' },
]

describe('customised answers', () => {
  for (const { name, type, documents, status, body } of inheritance) {
    it(`renders ${name}`, () => {
      const got = answer(type, documents)
      expect([got.statusCode, got.body]).toEqual([status, body])
    })
  }

  it('adds headers, and keeps the error type', () => {
    const responseParameters = {
      'gatewayresponse.header.Access-Control-Allow-Origin': "'*'",
      'gatewayresponse.header.X-Origin': 'method.request.header.Origin',
      'gatewayresponse.header.X-Type': 'context.error.responseType',
      'gatewayresponse.header.X-None': 'method.request.header.None',
      'gatewayresponse.path.x': "'ignored'",
    }
    expect(answer('THROTTLED', { DEFAULT_4XX: custom({ responseParameters }) }).headers).toEqual([
      ['Content-Type', 'application/json'],
      ['x-amzn-ErrorType', 'TooManyRequestsException'],
      ['Access-Control-Allow-Origin', '*'],
      ['X-Origin', 'https://a.test'],
      ['X-Type', 'THROTTLED'],
    ])
  })

  const accepts: readonly (readonly [accept: string | null, contentType: string])[] = [
    [null, 'application/json'],
    ['*/*', 'application/json'],
    ['text/html', 'text/html'],
    ['image/png, TEXT/HTML;q=0.9', 'text/html'],
    ['application/xml', 'application/xml'],
    ['application/json, text/html', 'application/json'],
    ['image/png', 'application/json'],
  ]
  const responseTemplates = { 'text/html': '<p>', 'application/json': '{}', 'application/xml': '<x/>' }
  for (const [accept, contentType] of accepts) {
    it(`Accept ${accept ?? 'missing'} gets ${contentType}`, () => {
      expect(answer('THROTTLED', { THROTTLED: custom({ responseTemplates }) }, accept).headers[0]).toEqual(['Content-Type', contentType])
    })
  }

  it('takes the only template there is', () => {
    expect(answer('THROTTLED', { THROTTLED: custom({ responseTemplates: { 'text/html': '<p>' } }) }, '*/*')).toMatchObject({ body: '<p>', headers: [['Content-Type', 'text/html'], expect.anything()] })
  })
})
