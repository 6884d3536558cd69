import { describe, expect, test } from 'vitest'
import { readAuthorizerAnswer } from '../../../../../worker/semantics/authorizers/lambda/authorizer-answer.ts'
import { parseIdentitySource, readIdentity, type IdentityReader } from '../../../../../worker/semantics/authorizers/lambda/identity-source.ts'
import { createGrantCache, toGrantKey } from '../../../../../worker/semantics/authorizers/lambda/result-cache.ts'
import { compileValidationExpression } from '../../../../../worker/semantics/authorizers/lambda/validation-expression.ts'
import type { FunctionOutcome } from '../../../../../worker/semantics/integrations/functions/function-call.ts'

const POLICY = { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }] }
const GRANT = { principalId: 'alice', policyDocument: POLICY }

function answer(payload: unknown, functionError: string | null = null): FunctionOutcome {
  const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return { kind: 'answered', statusCode: 200, payload: new TextEncoder().encode(text), functionError, headers: new Headers() }
}

function outcomeOf(outcome: FunctionOutcome): string {
  const read = readAuthorizerAnswer(outcome)
  return read.kind === 'granted' ? 'granted' : `${read.refusal.responseType} ${read.refusal.errorType} ${read.refusal.message}`
}

describe('answers of the function', () => {
  const broken = 'AUTHORIZER_CONFIGURATION_ERROR AuthorizerConfigurationException null'
  const failed = 'AUTHORIZER_FAILURE AuthorizerFailureException null'
  const rows: readonly (readonly [string, FunctionOutcome, string])[] = [
    ['a grant', answer(GRANT), 'granted'],
    ['a grant with members that nobody knows', answer({ ...GRANT, more: 1 }), 'granted'],
    ['an empty list of statements', answer({ ...GRANT, policyDocument: { Statement: [] } }), 'granted'],
    ['one statement', answer({ ...GRANT, policyDocument: { Statement: POLICY.Statement[0] } }), 'granted'],
    ['context and key', answer({ ...GRANT, context: { a: 'x', b: 1, c: true, d: null }, usageIdentifierKey: 'k' }), 'granted'],
    ['null context and key', answer({ ...GRANT, context: null, usageIdentifierKey: null }), 'granted'],
    ['Unauthorized', answer({ errorMessage: 'Unauthorized', errorType: 'Error' }, 'Unhandled'), 'UNAUTHORIZED UnauthorizedException Unauthorized'],
    ['unauthorized in another case', answer({ errorMessage: 'unauthorized' }, 'Unhandled'), broken],
    ['another error', answer({ errorMessage: 'boom' }, 'Unhandled'), broken],
    ['an error that is no JSON', answer('boom', 'Unhandled'), broken],
    ['Unauthorized that was returned, not thrown', answer('"Unauthorized"'), broken],
    ['a returned errorMessage', answer({ errorMessage: 'Unauthorized' }), broken],
    ['nothing', answer(''), broken],
    ['null', answer('null'), broken],
    ['a list', answer([GRANT]), broken],
    ['no JSON', answer('{'), broken],
    ['no principal', answer({ policyDocument: POLICY }), broken],
    ['an empty principal', answer({ ...GRANT, principalId: '' }), broken],
    ['a number for a principal', answer({ ...GRANT, principalId: 1 }), broken],
    ['no policy', answer({ principalId: 'alice' }), broken],
    ['a policy as text', answer({ ...GRANT, policyDocument: JSON.stringify(POLICY) }), broken],
    ['a policy without statements', answer({ ...GRANT, policyDocument: {} }), broken],
    ['a policy with a principal', answer({ ...GRANT, policyDocument: { Statement: { ...POLICY.Statement[0], Principal: '*' } } }), broken],
    ['an effect in lower case', answer({ ...GRANT, policyDocument: { Statement: { ...POLICY.Statement[0], Effect: 'allow' } } }), broken],
    ['a condition that is none', answer({ ...GRANT, policyDocument: { Statement: { ...POLICY.Statement[0], Condition: { Maybe: {} } } } }), broken],
    ['a resource that is too long', answer({ ...GRANT, policyDocument: { Statement: { ...POLICY.Statement[0], Resource: 'x'.repeat(513) } } }), broken],
    ['an object in the context', answer({ ...GRANT, context: { a: {} } }), broken],
    ['a list in the context', answer({ ...GRANT, context: { a: [] } }), broken],
    ['a list for the context', answer({ ...GRANT, context: [] }), broken],
    ['a number for the key', answer({ ...GRANT, usageIdentifierKey: 1 }), broken],
    ['the simple form of HTTP APIs', answer({ isAuthorized: true }), broken],
    ['too much', answer({ ...GRANT, context: { a: 'x'.repeat(70_000) } }), broken],
    ['no permission', { kind: 'not-permitted', cause: 'x' }, broken],
    ['no such function', { kind: 'not-found', cause: 'x' }, broken],
    ['throttled', { kind: 'throttled', cause: 'x' }, failed],
    ['rejected', { kind: 'rejected', statusCode: 502, cause: 'x' }, failed],
    ['unreachable', { kind: 'unreachable', cause: 'x' }, failed],
    ['timed out', { kind: 'timed-out' }, failed],
  ]
  test.each(rows)('%s', (_name, outcome, expected) => expect(outcomeOf(outcome)).toBe(expected))

  test('the context is made of texts', () => {
    const read = readAuthorizerAnswer(answer('{"principalId":"a","policyDocument":{"Statement":[]},"context":{"n":1,"t":true,"s":"x","__proto__":"p","none":null}}'))
    if (read.kind === 'refused') throw new Error('must grant')
    expect(Object.entries(read.grant.context)).toEqual([['n', '1'], ['t', 'true'], ['s', 'x'], ['__proto__', 'p']])
  })
})

describe('identity sources', () => {
  const rows = [
    ['method.request.header.Authorization', { from: 'header', name: 'Authorization' }], ['$request.header.x', { from: 'header', name: 'x' }],
    ['method.request.querystring.token', { from: 'querystring', name: 'token' }], ['stageVariables.tenant', { from: 'stageVariable', name: 'tenant' }],
    ['context.identity.sourceIp', { from: 'context', name: 'identity.sourceIp' }], ['$context.stage', { from: 'context', name: 'stage' }],
    ['method.request.path.id', null], ['method.request.body', null], ['method.request.header.', null], ['Authorization', null], ['', null],
  ] as const
  test.each(rows)('%s', (text, expected) => expect(parseIdentitySource(text)).toEqual(expected))

  const reader: IdentityReader = {
    header: (name) => (name === 'a' ? '1' : null), querystring: (name) => (name === 'b' ? '' : null), stageVariable: () => 'v', context: () => null,
  }
  test('all must be there, and not empty', () => {
    expect(readIdentity([{ from: 'header', name: 'a' }, { from: 'stageVariable', name: 'x' }], reader)).toEqual(['1', 'v'])
    expect(readIdentity([], reader)).toEqual([])
    expect(readIdentity([{ from: 'header', name: 'a' }, { from: 'querystring', name: 'b' }], reader)).toBeNull()
    expect(readIdentity([{ from: 'context', name: 'x' }], reader)).toBeNull()
  })
})

describe('validation expressions match the whole text', () => {
  const rows = [
    ['Bearer .+', 'Bearer x', true], ['Bearer', 'Bearer x', false], ['a|b', 'ab', false], ['(?i)bearer .*', 'BEARER x', true], ['x*', '', true],
    ['^Bearer [-0-9a-zA-Z\\._]*$', 'Bearer a.b', true], ['(?m)^a$', 'b\na', false], ['a', 'a\n', false], ['.*', 'x'.repeat(10_241), false],
  ] as const
  test.each(rows)('%s on %s', (pattern, text, expected) => {
    const compiled = compileValidationExpression(pattern)
    expect(compiled.kind === 'expression' && compiled.matches(text)).toBe(expected)
  })
  test.each(['(', 'a++', '\\G'])('%s is none', (pattern) => expect(compileValidationExpression(pattern).kind).toBe('invalid'))
})

describe('results', () => {
  const scope = { apiId: 'a', stage: 's', deploymentId: 'd', authorizerId: 'z' }
  const grant = { principalId: 'x', policy: { statements: [] }, context: {}, usageIdentifierKey: null }

  test('are kept until they end, the latest used ones', () => {
    const cache = createGrantCache(2)
    cache.put('a', { grant, expiresAtMs: 10 })
    cache.put('b', { grant, expiresAtMs: 10 })
    expect([cache.get('a', 9), cache.get('c', 9)]).toEqual([grant, null])
    cache.put('c', { grant, expiresAtMs: 10 })
    expect([cache.get('a', 9), cache.get('b', 9), cache.get('c', 9)]).toEqual([grant, null, grant])
    expect([cache.get('a', 10), cache.get('a', 9)]).toEqual([null, null])
  })

  test('are told apart by every value', () => {
    const keys = [['ab', 'c'], ['a', 'bc'], ['abc'], ['abc', ''], ['2:ab1:c']].map((identity) => toGrantKey(scope, identity))
    expect(new Set(keys).size).toBe(5)
    expect(toGrantKey({ ...scope, stage: 't' }, ['x'])).not.toBe(toGrantKey(scope, ['x']))
  })
})
