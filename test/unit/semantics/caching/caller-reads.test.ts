import { describe, expect, it } from 'vitest'
import type { IntegrationDocument } from '../../../../kv-schemas/documents/deployment.ts'
import { findCallerReads, hasCallerInKey } from '../../../../worker/semantics/caching/caller-reads.ts'
import { answerOf, integrationOf } from '../../../documents.ts'

const http = (parts: Partial<IntegrationDocument>): IntegrationDocument => integrationOf({ type: 'HTTP', httpMethod: 'GET', uri: 'http://backend.test/', ...parts })
const template = (text: string): IntegrationDocument => http({ requestTemplates: { 'application/json': text } })

const TEMPLATES: readonly (readonly [string, string, readonly (string | null)[]])[] = [
  ['a header', `{"a": "$input.params('Authorization')"}`, ['authorization']],
  ['a header in another case', `$input.params("AUTHORIZATION")`, ['authorization']],
  ['a header of the headers', `$input.params().header.Authorization`, ['authorization']],
  ['a header of the headers by get', `$input.params().get('header').get("x-api-key")`, ['x-api-key']],
  ['a header of the headers by index', `$input.params('header')['X-Api-Key']`, ['x-api-key']],
  ['all headers', `#foreach($name in $input.params().header.keySet())$name#end`, ['authorization']],
  ['all parameters', `#set($all = $input.params())$all`, ['authorization']],
  ['a header whose name is worked out', `#set($n = 'X')$input.params().header[$n]`, ['authorization']],
  ['a claim', `$context.authorizer.claims.sub`, [null]],
  ['a claim in formal notation, quiet', `$!{context.authorizer.principalId}`, [null]],
  ['an authorizer by get', `$context.get('authorizer').sub`, [null]],
  ['an API key', `$context.identity.apiKey $context.identity.apiKeyId`, ['x-api-key', 'x-api-key']],
  ['a principal', `$context.identity.userArn`, [null]],
  ['inside a call', `$util.escapeJavaScript($context.authorizer.x)`, [null]],
  ['inside a condition', `#if($context.authorizer.role == 'admin') a #else b #end`, [null]],
  ['inside a text', `#set($a = "for $context.authorizer.x")$a`, [null]],
  ['inside a list and a map', `#set($a = [$context.authorizer.x, {"k": $input.params('authorization')}])$a`, [null, 'authorization']],
  ['inside a macro', `#macro(m $p)$context.authorizer.x#end#m(1)`, [null]],
  ['another header', `$input.params('Accept')`, []],
  ['the path and the query', `$input.params().path.id $input.params('querystring').q`, []],
  ['the address', `$context.identity.sourceIp $context.identity.userAgent`, []],
  ['a comment', `## $context.authorizer.sub\n{}`, []],
  ['a name that only begins alike', `$context.authorizers $input.paramsOf('Authorization')`, []],
  ['a template that does not parse', `#if($context.authorizer.sub`, []],
]

describe('what a request template reads of the caller', () => {
  it.each(TEMPLATES)('%s', (_name, text, headers) => {
    expect(findCallerReads(template(text)).map((read) => read.header)).toEqual(headers)
  })
})

const ELSEWHERE: readonly (readonly [string, IntegrationDocument, readonly (readonly [string, string])[]])[] = [
  ['a mapped header', http({ requestParameters: { 'integration.request.header.X-Who': 'method.request.header.Authorization' } }), [['method.request.header.Authorization', 'its mapping of integration.request.header.X-Who']]],
  ['all values of a mapped header', http({ requestParameters: { 'integration.request.header.X': 'method.request.multivalueheader.authorization' } }), [['method.request.multivalueheader.authorization', 'its mapping of integration.request.header.X']]],
  ['a mapped claim', http({ requestParameters: { 'integration.request.querystring.user': 'context.authorizer.claims.sub' } }), [['context.authorizer.claims.sub', 'its mapping of integration.request.querystring.user']]],
  ['a response template', http({ integrationResponses: [answerOf({ responseTemplates: { 'text/plain': 'for $context.authorizer.x' } })] }), [['$context.authorizer.x', 'its response template']]],
  ['a response header', http({ integrationResponses: [answerOf({ responseParameters: { 'method.response.header.X': 'context.identity.apiKeyId' } })] }), [['context.identity.apiKeyId', 'its mapping of method.response.header.X']]],
  ['the credentials of the caller', http({ credentials: 'arn:aws:iam::*:user/*' }), [['arn:aws:iam::*:user/*', 'its integration (credentials)']]],
  ['a proxy, by itself', integrationOf({}), []],
  ['a proxy, whose templates do not count', integrationOf({ requestTemplates: { 'application/json': '$context.authorizer.x' } }), []],
  ['a proxy with a mapping', integrationOf({ requestParameters: { 'integration.request.header.X': 'context.authorizer.x' } }), [['context.authorizer.x', 'its mapping of integration.request.header.X']]],
  ['a query parameter of that name', http({ requestParameters: { 'integration.request.header.X': 'method.request.querystring.Authorization' } }), []],
  ['a header of the backend', http({ integrationResponses: [answerOf({ responseParameters: { 'method.response.header.X': 'integration.response.header.authorization' } })] }), []],
]

describe('what reads the caller elsewhere', () => {
  it.each(ELSEWHERE)('%s', (_name, integration, expected) => {
    expect(findCallerReads(integration).map(({ text, reader }) => [text, reader])).toEqual(expected)
  })
})

const KEYS: readonly (readonly [string, Partial<IntegrationDocument>, boolean])[] = [
  ['nothing', {}, false],
  ['the header', { cacheKeyParameters: ['method.request.header.authorization'] }, true],
  ['a target to which a claim is mapped', { cacheKeyParameters: ['integration.request.header.X'], requestParameters: { 'integration.request.header.X': 'context.authorizer.sub' } }, true],
  ['the API key', { cacheKeyParameters: ['method.request.header.x-api-key'] }, true],
  ['something else', { cacheKeyParameters: ['method.request.querystring.authorization', 'method.request.header.accept'] }, false],
]

describe('the caller is in the key by', () => {
  it.each(KEYS)('%s', (_name, parts, expected) => {
    expect(hasCallerInKey(http(parts))).toBe(expected)
  })
})
