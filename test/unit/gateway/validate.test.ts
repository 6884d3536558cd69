import { describe, expect, it } from 'vitest'
import type { MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { answerOf, methodOf, mockOf } from '../../documents.ts'
import { gatewayOf, type TestGateway } from '../../gateway.ts'

const OK = mockOf({ requestTemplates: { $default: '{"statusCode":200}' }, integrationResponses: [answerOf()] })
const BOTH = { validateRequestBody: true, validateRequestParameters: true }
const NUMBERS = { title: 'testSchema', type: 'object', properties: { a: { type: 'number' }, b: { type: 'number' } }, required: ['a', 'b'] }

function gateway(parts: Partial<MethodDocument>, api: Parameters<typeof gatewayOf>[1] = {}): TestGateway {
  const models = { Numbers: { contentType: 'application/json', schema: NUMBERS }, List: { contentType: 'application/json', schema: { type: 'array' } }, Any: { contentType: 'application/json', schema: { type: 'object' } } }
  return gatewayOf({ '/test/{test}': { ANY: methodOf(OK, { requestValidator: BOTH, ...parts }) } }, { ...api, api: { models, ...api?.api } })
}

const missing = (names: string): string => `400 {"message": "Missing required request parameters: [${names}]"}`
const INVALID = '400 {"message": "Invalid request body"}'

interface Row {
  readonly name: string
  readonly method: Partial<MethodDocument>
  readonly ask: RequestInit & { readonly path?: string }
  readonly answer: string
}

const params = (...names: readonly string[]): Record<string, boolean> => Object.fromEntries(names.map((name) => [`method.request.${name}`, true]))
const json = (body: string): RequestInit => ({ method: 'POST', body, headers: { 'content-type': 'application/json' } })

/** aws-rest 4.2 and 4.3. */
const rows: readonly Row[] = [
  { name: 'everything there', method: { requestParameters: params('path.test', 'querystring.q', 'header.X-H') }, ask: { path: '?q=1', headers: { 'x-h': '1' } }, answer: '200 ' },
  { name: 'a path parameter that does not exist', method: { requestParameters: params('path.issuer') }, ask: {}, answer: missing('issuer') },
  { name: 'missing ones by their whole key', method: { requestParameters: params('querystring.qs1', 'path.issuer', 'header.x-header-param') }, ask: {}, answer: missing('x-header-param, issuer, qs1') },
  { name: 'a blank query parameter', method: { requestParameters: params('querystring.q1') }, ask: { path: '?q1=' }, answer: missing('q1') },
  { name: 'a query parameter of blanks', method: { requestParameters: params('querystring.q1') }, ask: { path: '?q1=%20+' }, answer: missing('q1') },
  { name: 'a query parameter in another case', method: { requestParameters: params('querystring.q1') }, ask: { path: '?Q1=1' }, answer: missing('q1') },
  { name: 'a header that the gateway drops', method: { requestParameters: params('header.Connection') }, ask: { headers: { connection: 'close' } }, answer: missing('Connection') },
  { name: 'an optional parameter', method: { requestParameters: { 'method.request.querystring.q': false } }, ask: {}, answer: '200 ' },
  { name: 'no validator, no check', method: { requestValidator: null, requestParameters: params('querystring.q'), requestModels: { 'application/json': 'Numbers' } }, ask: {}, answer: '200 ' },
  { name: 'a validator of bodies alone', method: { requestValidator: { validateRequestBody: true, validateRequestParameters: false }, requestParameters: params('querystring.q') }, ask: {}, answer: '200 ' },
  { name: 'a validator of parameters alone', method: { requestValidator: { validateRequestBody: false, validateRequestParameters: true }, requestModels: { 'application/json': 'Numbers' } }, ask: json('{}'), answer: '200 ' },
  { name: 'parameters before the body', method: { requestParameters: params('querystring.q'), requestModels: { 'application/json': 'Numbers' } }, ask: json('{}'), answer: missing('q') },
  { name: 'a body that fits', method: { requestModels: { 'application/json': 'Numbers' } }, ask: json('{"a":1,"b":2}'), answer: '200 ' },
  { name: 'a body that does not', method: { requestModels: { 'application/json': 'Numbers' } }, ask: json('{"test":"test"}'), answer: INVALID },
  { name: 'no JSON', method: { requestModels: { 'application/json': 'Any' } }, ask: json('{'), answer: INVALID },
  { name: 'no body on GET, where properties are required', method: { requestModels: { 'application/json': 'Numbers' } }, ask: {}, answer: INVALID },
  { name: 'no body where nothing is required', method: { requestModels: { 'application/json': 'Any' } }, ask: { method: 'POST' }, answer: '200 ' },
  { name: 'no body where a list is wanted', method: { requestModels: { 'application/json': 'List' } }, ask: { method: 'POST' }, answer: INVALID },
  { name: 'a list', method: { requestModels: { 'application/json': 'List' } }, ask: json('[]'), answer: '200 ' },
  { name: 'parameters of the content type', method: { requestModels: { 'application/json': 'Numbers' } }, ask: { method: 'POST', body: '{}', headers: { 'content-type': 'application/json; charset=utf-8' } }, answer: INVALID },
  { name: 'no content type is JSON', method: { requestModels: { 'application/json': 'Numbers' } }, ask: { method: 'POST', body: new TextEncoder().encode('{}') }, answer: INVALID },
  { name: 'a content type without model', method: { requestModels: { 'application/json': 'Numbers' } }, ask: { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }, answer: '200 ' },
  { name: '$default for all others', method: { requestModels: { 'application/json': 'Any', $default: 'Numbers' } }, ask: { method: 'POST', body: '{}', headers: { 'content-type': 'text/plain' } }, answer: INVALID },
  { name: 'the model Empty that every API has', method: { requestModels: { 'application/json': 'Empty' } }, ask: json('[]'), answer: INVALID },
  { name: 'a megabyte of brackets', method: { requestModels: { 'application/json': 'Any' } }, ask: json('['.repeat(1_000_000)), answer: INVALID },
  { name: '__proto__ as a key', method: { requestModels: { 'application/json': 'Numbers' } }, ask: json('{"__proto__":{"a":1,"b":2}}'), answer: INVALID },
  { name: 'invalid UTF-8 in a text', method: { requestModels: { 'application/json': 'Numbers' } }, ask: { ...json(''), body: new Uint8Array([...new TextEncoder().encode('{"a":1,"b":2,"c":"'), 0xff, 0xc3, ...new TextEncoder().encode('"}')]) }, answer: '200 ' },
  { name: 'NUL bytes', method: { requestModels: { 'application/json': 'Any' } }, ask: { ...json(''), body: new Uint8Array(100) }, answer: INVALID },
]

describe('validation', () => {
  for (const { name, method, ask, answer } of rows) {
    it(`of ${name}: ${answer}`, async () => {
      const response = await gateway(method).ask(`/test/value${ask.path ?? ''}`, ask)
      expect(`${response.status} ${await response.text()}`).toBe(answer)
      expect(response.headers.get('x-amzn-errortype')).toBe(response.status === 400 ? 'BadRequestException' : null)
    })
  }

  it('tells the details in $context.error.validationErrorString and in the log', async () => {
    const template = '{"message":$context.error.messageString,"details":"$context.error.validationErrorString"}'
    const made = gateway(
      { requestModels: { 'application/json': 'Numbers' } },
      { api: { gatewayResponses: { BAD_REQUEST_BODY: { statusCode: '422', responseParameters: {}, responseTemplates: { 'application/json': template } } } }, stage: { accessLogSettings: { format: '$context.requestId $context.error.validationErrorString' } } },
    )
    const response = await made.ask('/test/value', json('{"a":1}'))
    expect(`${response.status} ${await response.text()}`).toBe('422 {"message":"Invalid request body","details":"[object has missing required properties (["b"])]"}')
    expect(made.lines[0]).toMatchObject({
      cause: 'Request body does not match model schema for content type application/json: [object has missing required properties (["b"])]',
      accessLog: '00000000-0000-4000-8000-000000000001 [object has missing required properties (["b"])]',
    })
  })
})
