import { describe, expect, it } from 'vitest'
import { problemsOf } from '../rules/folder.ts'

const INVALID = 'Invalid mapping expression specified: Validation Result: warnings : [], errors : '

interface Row {
  readonly name: string
  readonly integration?: unknown
  readonly operation?: unknown
  readonly root?: unknown
  readonly problems: readonly string[]
}

const http = { type: 'http', httpMethod: 'GET', uri: 'https://example.com/' }
const answers = (response: object): object => ({ ...http, responses: { default: { statusCode: '200', ...response } } })
const ok = { '200': { description: 'ok', headers: { 'X-Declared': { schema: { type: 'string' } } } } }

/** aws-rest 3.3, 5.1, 5.2, 6.4. */
const rows: readonly Row[] = [
  {
    name: 'sound mappings',
    operation: { parameters: [{ name: 'q', in: 'query' }, { name: 'X-H', in: 'header' }], responses: ok },
    integration: {
      ...http,
      requestParameters: {
        'integration.request.querystring.q': 'method.request.multivaluequerystring.q',
        'integration.request.header.X-A': 'method.request.header.X-H',
        'integration.request.header.X-B': "'text'",
        'integration.request.header.X-C': 'context.identity.sourceIp',
        'integration.request.header.X-D': 'stageVariables.name',
        'integration.request.header.X-E': 'method.request.body.pets[0].name',
      },
      responses: {
        default: { statusCode: '200', responseParameters: { 'method.response.header.x-declared': 'integration.response.header.Location' } },
        '4\\d{2}': { statusCode: '200', responseParameters: { 'method.response.header.X-Declared': 'integration.response.body.message' } },
      },
    },
    problems: [],
  },
  { name: 'an expression that is none', integration: { ...http, requestParameters: { 'integration.request.header.a': 'true' } }, problems: [`error ${INVALID}[Invalid mapping expression specified: true]`] },
  { name: 'an expression of the other side', integration: { ...http, requestParameters: { 'integration.request.header.a': 'integration.response.header.b' } }, problems: [`error ${INVALID}[Invalid mapping expression specified: integration.response.header.b]`] },
  { name: 'a target that is none', integration: { ...http, requestParameters: { 'integration.request.cookie.a': "'b'" } }, problems: [`error ${INVALID}[Invalid mapping expression parameter specified: integration.request.cookie.a]`] },
  { name: 'a name with a blank', integration: { ...http, requestParameters: { 'integration.request.header.a b': "'b'" } }, problems: [`error ${INVALID}[Parameter name should match the following regular expression: ^[a-zA-Z0-9._$-]+$]`] },
  {
    name: 'a parameter that is not declared',
    integration: { ...http, requestParameters: { 'integration.request.header.a': 'method.request.multivaluequerystring.q' } },
    problems: ['warning the method does not declare method.request.querystring.q: Amazon refuses "Invalid mapping expression parameter specified: method.request.multivaluequerystring.q"; here it is mapped'],
  },
  {
    name: 'a header of the gateway',
    integration: { ...http, requestParameters: { 'integration.request.header.Content-Length': "'3'" } },
    problems: ['warning the gateway sets Content-Length itself: every request that maps it gets 500'],
  },
  { name: 'an expression of the request in a response', operation: { responses: ok }, integration: answers({ responseParameters: { 'method.response.header.X-Declared': 'method.request.header.a' } }), problems: [`error ${INVALID}[Invalid mapping expression specified: method.request.header.a]`] },
  { name: 'a response target that is none', operation: { responses: ok }, integration: answers({ responseParameters: { 'integration.response.header.a': "'b'" } }), problems: [`error ${INVALID}[Invalid mapping expression parameter specified: integration.response.header.a]`] },
  {
    name: 'a response header that is not declared',
    operation: { responses: ok },
    integration: answers({ responseParameters: { 'method.response.header.X-Other': "'b'", 'method.response.header.X-More': "'c'" } }),
    problems: [
      'warning the method\'s response 200 declares no header for method.response.header.X-Other, method.response.header.X-More: Amazon refuses "Invalid mapping expression parameter specified: method.response.header.X-Other"; here it is sent',
    ],
  },
  { name: 'a status that is not declared', operation: { responses: ok }, integration: answers({ statusCode: '404' }), problems: ['warning the method declares no response 404: Amazon refuses "Invalid response status code specified"; here it is answered'] },
  {
    name: 'selection patterns that this engine does not have',
    operation: { responses: ok },
    integration: { ...http, responses: { 'a++': { statusCode: '200' }, '(?>a)': { statusCode: '200' }, '(': { statusCode: '200' }, '(?s).*Error.*': { statusCode: '200' } } },
    problems: [
      'error the selection pattern "a++" can\'t be used: possessive quantifiers such as a++ do not exist here',
      'error the selection pattern "(?>a)" can\'t be used: atomic groups (?>...) do not exist here',
      expect.stringMatching(/^error the selection pattern "\(" can't be used: /u) as string,
    ],
  },
  { name: 'answers of a proxy do not matter', integration: { ...http, type: 'http_proxy', responses: { 'a++': { statusCode: '200', responseParameters: { x: 'y' } } } }, problems: [] },
  {
    name: 'gateway responses',
    root: {
      'x-amazon-apigateway-gateway-responses': {
        THROTTLED: { responseParameters: { 'gatewayresponse.header.A': "'a'", 'gatewayresponse.path.B': 'context.stage', 'gatewayresponse.cookie.C': "'c'", 'gatewayresponse.header.D': '', 'gatewayresponse.header.E': 'method.request.body' } },
        QUOTA_EXCEEDED: { responseTemplates: { 'application/json': '#if($context.stage)$input.body#end', 'text/html': '' } },
        REQUEST_TOO_LARGE: { statusCode: 400 },
        UNAUTHORIZED: { statusCode: 100 },
      },
    },
    integration: { ...http, type: 'http_proxy' },
    problems: [
      'error Invalid parameter name specified',
      'error Invalid null or empty value in responseParameters',
      `error ${INVALID}[Invalid mapping expression specified: method.request.body]`,
      'warning templates of gateway responses are not VTL: #if stays as it is written; only $context, $stageVariables and $method.request are replaced',
      'error Invalid null or empty value in responseTemplates',
      'warning REQUEST_TOO_LARGE can not be customised: the default is answered',
      'error 100 is no status of a final answer',
    ],
  },
  {
    name: 'a model whose pattern is none',
    root: { 'x-amazon-apigateway-request-validators': { body: { validateRequestBody: true, validateRequestParameters: false } } },
    operation: { 'x-amazon-apigateway-request-validator': 'body', requestBody: { content: { 'application/json': { schema: { type: 'object', properties: { a: { type: 'string', pattern: '(' } } } } } } },
    integration: { ...http, type: 'http_proxy' },
    problems: [expect.stringMatching(/^error the model MODEL\w+ is no schema: \/properties\/a\/pattern "\(" is no regular expression of ECMA 262$/u) as string],
  },
]

describe('checks of mappings at deploy', () => {
  for (const { name, integration, operation, root, problems } of rows) {
    it(`finds ${name}`, async () => {
      const definition = {
        openapi: '3.0.1',
        info: { title: 'T', version: '1' },
        paths: { '/a': { get: { ...(operation as object), 'x-amazon-apigateway-integration': integration } } },
        ...(root as object),
      }
      const found = await problemsOf({ 'apis/a/api.json': JSON.stringify(definition, null, 1) })
      // The file and the place stand in front: `error apis/a/api.json:1:2 path message`.
      const messages = found.map((problem) => problem.replace(/^(\w+) \S+ (?:(?:[A-Za-z_$][\w$-]*|\[(?:"(?:[^"\\]|\\.)*"|\d+)\]|\.)+ )?/u, '$1 '))
      expect(messages.filter((message) => !message.includes('no stage'))).toEqual(problems)
    })
  }
})
