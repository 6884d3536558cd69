import { describe, expect, it } from 'vitest'
import { parseExpression, type MappingSide } from '../../../../worker/semantics/mapping/expression.ts'
import { toMappedBody } from '../../../../worker/semantics/mapping/mapped-body.ts'
import { renderExpression, type MappingSources } from '../../../../worker/semantics/mapping/sources.ts'
import { parseQuery, toRequestParameters } from '../../../../worker/semantics/mapping/request-parameters.ts'

const sources: MappingSources = {
  parameters: toRequestParameters({
    pathParameters: { id: 'a%20b' },
    rawQuery: 'one=1&two=2a&two=2b&plus=a+b%2Bc&empty=&__proto__=x;semi=1',
    headers: new Headers({ 'X-Id': 'h', Connection: 'close', 'Content-Length': '3', 'cf-ray': '1' }),
    added: () => ({ 'x-amzn-trace-id': 'Root=1' }),
  }),
  context: { apiId: 'api', requestTimeEpoch: 12, isCanaryRequest: false, identity: { sourceIp: '1.2.3.4', user: null }, authorizer: { claims: { 'custom:a.b': 'dotted' } } },
  stageVariables: { name: 'value' },
  responseHeaders: new Headers([['x-back', 'b1'], ['x-multi', 'm1'], ['x-multi', 'm2']]),
  body: toMappedBody('{"a":1,"list":[{"name":"n"},{"name":2.5}],"object":{"k":"v"},"none":null,"text":"t","dash-ed":true,"__proto__":{"a":"own"}}'),
}

/** aws-rest 5.1. `null` means that the target is left out, `refused` that it is no expression on this side. */
const rows: readonly (readonly [side: MappingSide, text: string, value: unknown])[] = [
  ['integration-request', "'text'", 'text'],
  ['integration-request', "''", ''],
  ['integration-request', "'it's'", "it's"],
  ['integration-request', 'method.request.path.id', 'a%20b'],
  ['integration-request', 'method.request.path.none', null],
  ['integration-request', 'method.request.path.toString', null],
  ['integration-request', 'method.request.querystring.one', '1'],
  ['integration-request', 'method.request.querystring.two', '2b'],
  ['integration-request', 'method.request.querystring.One', null],
  ['integration-request', 'method.request.querystring.plus', 'a b+c'],
  ['integration-request', 'method.request.querystring.empty', ''],
  ['integration-request', 'method.request.querystring.__proto__', 'x'],
  ['integration-request', 'method.request.querystring.semi', '1'],
  ['integration-request', 'method.request.multivaluequerystring.two', ['2a', '2b']],
  ['integration-request', 'method.request.multivaluequerystring.one', '1'],
  ['integration-request', 'method.request.multivaluequerystring.none', null],
  ['integration-request', 'method.request.header.x-ID', 'h'],
  ['integration-request', 'method.request.header.Connection', null],
  ['integration-request', 'method.request.header.Content-Length', null],
  ['integration-request', 'method.request.header.CF-Ray', null],
  ['integration-request', 'method.request.header.X-Amzn-Trace-Id', 'Root=1'],
  ['integration-request', 'method.request.multivalueheader.x-id', 'h'],
  ['integration-request', 'method.request.body', '{"a":1,"list":[{"name":"n"},{"name":2.5}],"object":{"k":"v"},"none":null,"text":"t","dash-ed":true,"__proto__":{"a":"own"}}'],
  ['integration-request', 'method.request.body.text', 't'],
  ['integration-request', 'method.request.body.list[0].name', 'n'],
  ['integration-request', 'method.request.body.list[1].name', '2.5'],
  ['integration-request', 'method.request.body.list[2].name', null],
  ['integration-request', 'method.request.body.list', '[{"name":"n"},{"name":2.5}]'],
  ['integration-request', 'method.request.body.object', '{"k":"v"}'],
  ['integration-request', "method.request.body['dash-ed']", 'refused'],
  ['integration-request', "method.request.body.['dash-ed']", 'true'],
  ['integration-request', 'method.request.body..name', '["n",2.5]'],
  ['integration-request', 'method.request.body.__proto__.a', 'own'],
  ['integration-request', 'method.request.body.constructor', null],
  ['integration-request', 'method.request.body.list[', 'refused'],
  ['integration-request', 'method.request.body.a', '1'],
  ['integration-request', 'method.request.body.none', null],
  ['integration-request', 'context.apiId', 'api'],
  ['integration-request', 'context.identity.sourceIp', '1.2.3.4'],
  ['integration-request', 'context.identity', null],
  ['integration-request', 'context.identity.user', null],
  ['integration-request', 'context.identity.none', null],
  ['integration-request', 'context.constructor', null],
  ['integration-request', 'context.requestTimeEpoch', '12'],
  ['integration-request', 'context.isCanaryRequest', 'false'],
  ['integration-request', 'context.authorizer.claims.custom:a.b', 'dotted'],
  ['integration-request', 'stageVariables.name', 'value'],
  ['integration-request', 'stageVariables.none', null],
  ['integration-request', 'stageVariables.toString', null],
  ['integration-request', 'integration.response.header.x-back', 'refused'],
  ['integration-request', 'integration.response.body', 'refused'],
  ['integration-request', 'method.request.cookie.a', 'refused'],
  ['integration-request', 'method.request.bodyguard', 'refused'],
  ['integration-request', 'method.request.body.a b', 'refused'],
  ['integration-request', 'method.request.header.', 'refused'],
  ['integration-request', 'text', 'refused'],
  ['integration-request', 'true', 'refused'],
  ['integration-request', "'", 'refused'],
  ['integration-request', '', 'refused'],
  ['method-response', "'*'", '*'],
  ['method-response', 'integration.response.header.X-Back', 'b1'],
  ['method-response', 'integration.response.header.none', null],
  ['method-response', 'integration.response.multivalueheader.x-multi', 'm1,m2'],
  ['method-response', 'integration.response.body.a', '1'],
  ['method-response', 'context.apiId', 'api'],
  ['method-response', 'stageVariables.name', 'value'],
  ['method-response', 'method.request.header.x-id', 'refused'],
  ['method-response', 'method.request.body', 'refused'],
  ['gateway-response', "'*'", '*'],
  ['gateway-response', 'method.request.header.x-id', 'h'],
  ['gateway-response', 'method.request.multivaluequerystring.two', ['2a', '2b']],
  ['gateway-response', 'context.apiId', 'api'],
  ['gateway-response', 'method.request.body', 'refused'],
  ['gateway-response', 'integration.response.header.x-back', 'refused'],
]

describe('mapping expressions', () => {
  for (const [side, text, value] of rows) {
    it(`${side}: ${text} gives ${JSON.stringify(value)}`, () => {
      const expression = parseExpression(text, side)
      expect(expression === null ? 'refused' : renderExpression(expression, sources)).toEqual(value)
    })
  }
})

describe('query strings', () => {
  const queries: readonly (readonly [rawQuery: string, values: Readonly<Record<string, readonly string[]>>])[] = [
    ['', {}],
    ['a', { a: [''] }],
    ['a=%', { a: ['%'] }],
    ['a=%FF', { a: ['\uFFFD'] }],
    ['a=1&b=2&a=3', { a: ['1', '3'], b: ['2'] }],
    ['date=2023-06-12T18:05:10+00:00', { date: ['2023-06-12T18:05:10 00:00'] }],
  ]
  for (const [rawQuery, values] of queries) {
    it(`takes apart ${rawQuery}`, () => {
      expect(Object.fromEntries(parseQuery(rawQuery))).toEqual(values)
    })
  }
})

describe('bodies of expressions', () => {
  const bodies: readonly (readonly [body: string, text: string | null])[] = [
    ['', '{}'],
    ['  ', '{}'],
    ['{"a":1}', '{"a":1}'],
    [' {"a" : 1}\n', '{"a" : 1}'],
    ['<This is a body value>', '<This is a body value>'],
    ['12', '12'],
    ['"text"', '"text"'],
    ['\n{wrongjson', null],
    ["'single'", null],
    ['[1,', null],
    ['"open', null],
    ['{"a":1} more', null],
    [`${'['.repeat(500_000)}${']'.repeat(500_000)}`, null],
    ['\u0000', '\u0000'],
  ]
  for (const [body, text] of bodies) {
    it(`reads ${JSON.stringify(body.slice(0, 40))}`, () => {
      expect(toMappedBody(body)?.text ?? null).toBe(text)
    })
  }
})
