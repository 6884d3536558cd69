import { describe, expect, test } from 'vitest'
import { compilePolicy, type Policy } from '../../../../worker/semantics/policy/compile-policy.ts'
import { evaluatePolicies, evaluatePolicy, INVOKE, type PolicyRequest } from '../../../../worker/semantics/policy/evaluate-policy.ts'
import { ANONYMOUS, type Principal } from '../../../../worker/semantics/policy/principal.ts'

const ARN = 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/pets/1'
const ALICE: Principal = { kind: 'aws', accountId: '123456789012', arn: 'arn:aws:iam::123456789012:user/alice' }
const SESSION: Principal = { kind: 'aws', accountId: '123456789012', arn: 'arn:aws:sts::123456789012:assumed-role/ops/laptop' }

function compile(document: unknown, kind: 'resource' | 'identity' = 'resource'): Policy {
  const compilation = compilePolicy(document, { kind })
  if (compilation.kind === 'invalid') throw new Error(JSON.stringify(compilation.issues))
  return compilation.policy
}

function ask(statement: unknown, context: Readonly<Record<string, string | readonly string[]>> = {}, request: Partial<PolicyRequest> = {}): string {
  const list = [statement].flat().map((one) => Object.assign({ Effect: 'Allow', Principal: '*', Action: 'execute-api:Invoke', Resource: '*' }, one))
  const policy = compile({ Version: '2012-10-17', Statement: list })
  const lookup = (key: string): readonly string[] | undefined => (Object.hasOwn(context, key) ? [context[key] ?? ''].flat() : undefined)
  return evaluatePolicy(policy, { action: INVOKE, resources: [ARN], principal: ANONYMOUS, context: lookup, ...request })
}

describe('actions and resources', () => {
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['everything', {}, 'Allow'],
    ['the action in any case', { Action: 'Execute-API:invoke' }, 'Allow'],
    ['all actions', { Action: '*' }, 'Allow'],
    ['a list of actions', { Action: ['s3:GetObject', 'execute-api:*'] }, 'Allow'],
    ['another action', { Action: 'execute-api:InvalidateCache' }, 'silent'],
    ['all but the action', { Action: undefined, NotAction: 'execute-api:Invoke' }, 'silent'],
    ['all but another action', { Action: undefined, NotAction: 's3:*' }, 'Allow'],
    ['the ARN itself', { Resource: ARN }, 'Allow'],
    ['a star spans slashes', { Resource: 'arn:aws:execute-api:*:*:abc/*' }, 'Allow'],
    ['a star in the middle', { Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc/*/GET/*/1' }, 'Allow'],
    ['one character', { Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/pets/?' }, 'Allow'],
    ['one character too many', { Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/pets/??' }, 'silent'],
    ['another method', { Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/POST/*' }, 'silent'],
    ['a prefix is no match', { Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/pets' }, 'silent'],
    ['the case of a resource counts', { Resource: 'arn:aws:execute-api:us-east-1:123456789012:abc/PROD/*' }, 'silent'],
    ['all but the resource', { Resource: undefined, NotResource: '*/pets/*' }, 'silent'],
    ['all but another resource', { Resource: undefined, NotResource: '*/users/*' }, 'Allow'],
    ['a deny beats an allow, before', [{ Effect: 'Deny' }, {}], 'Deny'],
    ['a deny beats an allow, after', [{}, { Effect: 'Deny' }], 'Deny'],
    ['a deny of something else', [{}, { Effect: 'Deny', Resource: '*/users/*' }], 'Allow'],
  ]
  test.each(rows)('%s', (_name, statement, expected) => expect(ask(statement)).toBe(expected))

  test('a pattern of many stars takes no exponential time', () => {
    expect(ask({ Resource: `${'*a'.repeat(200)}*b` }, {}, { resources: ['a'.repeat(1600)] })).toBe('silent')
  })

  test('a Deny of another reading of the path denies, an Allow of one does not allow', () => {
    const resources = ['x/GET/admin%2Fusers', 'x/GET/admin/users'] as const
    expect(ask([{}, { Effect: 'Deny', Resource: 'x/GET/admin/*' }], {}, { resources })).toBe('Deny')
    expect(ask({ Resource: 'x/GET/admin/*' }, {}, { resources })).toBe('silent')
    expect(ask([{}, { Effect: 'Deny', Resource: undefined, NotResource: 'x/GET/admin/*' }], {}, { resources })).toBe('Deny')
  })
})

describe('principals', () => {
  const rows: readonly (readonly [string, unknown, Principal, string])[] = [
    ['everybody', '*', ANONYMOUS, 'Allow'],
    ['everybody, the long way', { AWS: '*' }, ANONYMOUS, 'Allow'],
    ['an account', { AWS: '123456789012' }, ALICE, 'Allow'],
    ['an account by its root', { AWS: 'arn:aws:iam::123456789012:root' }, ALICE, 'Allow'],
    ['another account', { AWS: '999999999999' }, ALICE, 'silent'],
    ['nobody known', { AWS: '123456789012' }, ANONYMOUS, 'silent'],
    ['a user', { AWS: ['arn:aws:iam::1:user/x', 'arn:aws:iam::123456789012:user/alice'] }, ALICE, 'Allow'],
    ['another user', { AWS: 'arn:aws:iam::123456789012:user/bob' }, ALICE, 'silent'],
    ['a star in an ARN is a star', { AWS: 'arn:aws:iam::123456789012:user/*' }, ALICE, 'silent'],
    ['a session', { AWS: 'arn:aws:sts::123456789012:assumed-role/ops/laptop' }, SESSION, 'Allow'],
    ['the role of a session', { AWS: 'arn:aws:iam::123456789012:role/ops' }, SESSION, 'Allow'],
    ['the role of another session', { AWS: 'arn:aws:iam::123456789012:role/dev' }, SESSION, 'silent'],
    ['a service', { Service: 'events.amazonaws.com' }, ANONYMOUS, 'silent'],
    ['one of several types', { Service: 'x.amazonaws.com', AWS: '123456789012' }, ALICE, 'Allow'],
  ]
  test.each(rows)('%s', (_name, element, principal, expected) => expect(ask({ Principal: element }, {}, { principal })).toBe(expected))

  test('all but one', () => {
    const statement = { Effect: 'Deny', Principal: undefined, NotPrincipal: { AWS: 'arn:aws:iam::123456789012:user/alice' } }
    expect(ask([{}, statement], {}, { principal: ALICE })).toBe('Allow')
    expect(ask([{}, statement], {}, { principal: SESSION })).toBe('Deny')
  })
})

const ip = (value: string) => ({ 'aws:sourceip': value })

describe('conditions', () => {
  const rows: readonly (readonly [string, unknown, Readonly<Record<string, string | readonly string[]>>, 'Allow' | 'silent'])[] = [
    ['IPv4 in a block', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, ip('10.255.0.1'), 'Allow'],
    ['IPv4 beside a block', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, ip('11.0.0.1'), 'silent'],
    ['IPv4 alone', { IpAddress: { 'aws:SourceIp': '192.0.2.1' } }, ip('192.0.2.1'), 'Allow'],
    ['one of several blocks', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '198.51.100.0/25'] } }, ip('198.51.100.127'), 'Allow'],
    ['just outside', { IpAddress: { 'aws:SourceIp': '198.51.100.0/25' } }, ip('198.51.100.128'), 'silent'],
    ['every IPv4', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, ip('203.0.113.9'), 'Allow'],
    ['every IPv4 is no IPv6', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, ip('2001:db8::1'), 'silent'],
    ['IPv4 written as IPv6', { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, ip('::ffff:192.0.2.7'), 'Allow'],
    ['IPv6 in a block', { IpAddress: { 'aws:SourceIp': '2001:db8::/33' } }, ip('2001:DB8:7fff::1'), 'Allow'],
    ['IPv6 beside a block', { IpAddress: { 'aws:SourceIp': '2001:db8::/33' } }, ip('2001:db8:8000::1'), 'silent'],
    ['IPv6 in another spelling', { IpAddress: { 'aws:SourceIp': '2001:db8:0:0:0:0:0:1' } }, ip('2001:db8::1'), 'Allow'],
    ['no address at all', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, {}, 'silent'],
    ['nonsense for an address', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, ip('10.0.0'), 'silent'],
    ['not in a block', { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, ip('11.0.0.1'), 'Allow'],
    ['not in any of the blocks', { NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '11.0.0.0/8'] } }, ip('11.0.0.1'), 'silent'],
    ['not in a block, without an address', { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, {}, 'Allow'],
    ['key in any case', { StringEquals: { 'AWS:useragent': 'x' } }, { 'aws:useragent': 'x' }, 'Allow'],
    ['text', { StringEquals: { 'aws:Referer': ['a', 'b'] } }, { 'aws:referer': 'b' }, 'Allow'],
    ['text in another case', { StringEquals: { 'aws:Referer': 'a' } }, { 'aws:referer': 'A' }, 'silent'],
    ['text, ignoring case', { StringEqualsIgnoreCase: { 'aws:Referer': 'a' } }, { 'aws:referer': 'A' }, 'Allow'],
    ['not a text, ignoring case', { StringNotEqualsIgnoreCase: { 'aws:Referer': 'a' } }, { 'aws:referer': 'A' }, 'silent'],
    ['a star is no wildcard in StringEquals', { StringEquals: { 'aws:Referer': 'a*' } }, { 'aws:referer': 'ab' }, 'silent'],
    ['a star in StringLike', { StringLike: { 'aws:Referer': 'https://*.example.com/?' } }, { 'aws:referer': 'https://www.example.com/x' }, 'Allow'],
    ['StringNotLike', { StringNotLike: { 'aws:UserAgent': '*bot*' } }, { 'aws:useragent': 'a bot b' }, 'silent'],
    ['StringNotLike without the header', { StringNotLike: { 'aws:UserAgent': '*bot*' } }, {}, 'Allow'],
    ['StringNotEquals without the key', { StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }, {}, 'Allow'],
    ['StringEquals without the key', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, {}, 'silent'],
    ['IfExists without the key', { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }, {}, 'Allow'],
    ['IfExists with another value', { StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }, { 'aws:sourcevpce': 'vpce-2' }, 'silent'],
    ['Null, absent', { Null: { 'aws:Referer': 'true' } }, {}, 'Allow'],
    ['Null, present', { Null: { 'aws:Referer': true } }, { 'aws:referer': '' }, 'silent'],
    ['not Null', { Null: { 'aws:Referer': 'false' } }, { 'aws:referer': 'x' }, 'Allow'],
    ['Bool', { Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:securetransport': 'true' }, 'Allow'],
    ['Bool, false', { Bool: { 'aws:SecureTransport': false } }, { 'aws:securetransport': 'true' }, 'silent'],
    ['date before', { DateLessThan: { 'aws:CurrentTime': '2025-01-02T00:00:00Z' } }, { 'aws:currenttime': '2025-01-01T23:59:59.999Z' }, 'Allow'],
    ['date not before', { DateLessThan: { 'aws:CurrentTime': '2025-01-02T00:00:00Z' } }, { 'aws:currenttime': '2025-01-02T00:00:00.000Z' }, 'silent'],
    ['date at most', { DateLessThanEquals: { 'aws:CurrentTime': '2025-01-02' } }, { 'aws:currenttime': '2025-01-02T00:00:00.000Z' }, 'Allow'],
    ['date after, as epoch', { DateGreaterThan: { 'aws:EpochTime': '1735689600' } }, { 'aws:epochtime': '1735689601' }, 'Allow'],
    ['date with a zone', { DateEquals: { 'aws:CurrentTime': '2025-01-01T02:00:00+02:00' } }, { 'aws:currenttime': '2025-01-01T00:00:00Z' }, 'Allow'],
    ['DateNotEquals', { DateNotEquals: { 'aws:CurrentTime': '2025-01-01T00:00:00Z' } }, { 'aws:currenttime': '2025-01-01T00:00:00Z' }, 'silent'],
    ['DateGreaterThanEquals', { DateGreaterThanEquals: { 'aws:CurrentTime': '2025-01-01T00:00:00Z' } }, { 'aws:currenttime': '2025-01-01T00:00:00Z' }, 'Allow'],
    ['number', { NumericLessThanEquals: { 'aws:EpochTime': '10' } }, { 'aws:epochtime': '10' }, 'Allow'],
    ['number less', { NumericLessThan: { 'aws:EpochTime': 10 } }, { 'aws:epochtime': '10' }, 'silent'],
    ['number greater', { NumericGreaterThan: { 'aws:EpochTime': '9.5' } }, { 'aws:epochtime': '10' }, 'Allow'],
    ['number at least', { NumericGreaterThanEquals: { 'aws:EpochTime': '11' } }, { 'aws:epochtime': '10' }, 'silent'],
    ['number equal', { NumericEquals: { 'aws:EpochTime': '10.0' } }, { 'aws:epochtime': '10' }, 'Allow'],
    ['number not equal', { NumericNotEquals: { 'aws:EpochTime': '10' } }, { 'aws:epochtime': '10' }, 'silent'],
    ['not a number in the request', { NumericEquals: { 'aws:UserAgent': '10' } }, { 'aws:useragent': 'ten' }, 'silent'],
    ['ArnLike', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ops-*' } }, { 'aws:principalarn': 'arn:aws:iam::123456789012:role/ops-x' }, 'Allow'],
    ['a star of an ARN stays in its part', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:*::*:role/x' } }, { 'aws:principalarn': 'arn:aws:iam:us:1:role/x' }, 'silent'],
    ['a star for a whole ARN', { ArnLike: { 'aws:PrincipalArn': '*' } }, { 'aws:principalarn': 'arn:aws:iam::1:role/x' }, 'Allow'],
    ['ArnNotLike', { ArnNotLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/ops' } }, { 'aws:principalarn': 'arn:aws:iam::1:role/ops' }, 'silent'],
    ['a variable', { StringEquals: { 'aws:Referer': 'https://${aws:UserAgent}/' } }, { 'aws:referer': 'https://x/', 'aws:useragent': 'x' }, 'Allow'],
    ['a variable\'s star is a star', { StringLike: { 'aws:Referer': '${aws:UserAgent}' } }, { 'aws:referer': 'anything', 'aws:useragent': '*' }, 'silent'],
    ['a variable that is not there', { StringLike: { 'aws:Referer': '${aws:username}*' } }, { 'aws:referer': 'x' }, 'silent'],
    ['a variable with a default', { StringLike: { 'aws:Referer': "${aws:username, 'x'}*" } }, { 'aws:referer': 'xyz' }, 'Allow'],
    ['an escaped star', { StringLike: { 'aws:Referer': 'a${*}' } }, { 'aws:referer': 'a*' }, 'Allow'],
    ['any of several', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } }, { 'aws:tagkeys': ['b', 'a'] }, 'Allow'],
    ['any of none', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } }, {}, 'silent'],
    ['any that is not', { 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['a'] } }, { 'aws:tagkeys': ['a', 'b'] }, 'Allow'],
    ['all of several', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:tagkeys': ['b', 'a'] }, 'Allow'],
    ['all but one', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }, { 'aws:tagkeys': ['b', 'a'] }, 'silent'],
    ['all of none', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }, {}, 'Allow'],
    ['all like', { 'ForAllValues:StringLikeIfExists': { 'aws:TagKeys': ['a*'] } }, { 'aws:tagkeys': ['ab'] }, 'Allow'],
    ['two operators must both hold', { StringEquals: { 'aws:Referer': 'x' }, Bool: { 'aws:SecureTransport': 'true' } }, { 'aws:referer': 'x', 'aws:securetransport': 'false' }, 'silent'],
    ['two keys must both hold', { StringEquals: { 'aws:Referer': 'x', 'aws:UserAgent': 'y' } }, { 'aws:referer': 'x' }, 'silent'],
    ['a tag of the caller', { StringEquals: { 'aws:PrincipalTag/Team': 'blue' } }, { 'aws:principaltag/team': 'blue' }, 'Allow'],
    ['binary', { BinaryEquals: { 'x:y': 'QmluYXJ5' } }, { 'x:y': 'QmluYXJ5' }, 'Allow'],
  ]
  test.each(rows)('%s', (_name, condition, context, expected) => expect(ask({ Condition: condition }, context)).toBe(expected))
})

test('policies of one principal count as one', () => {
  const allow = compile({ Statement: { Effect: 'Allow', Action: '*', Resource: '*' } }, 'identity')
  const deny = compile({ Statement: { Effect: 'Deny', Action: '*', Resource: '*/pets/*' } }, 'identity')
  const request: PolicyRequest = { action: INVOKE, resources: [ARN], principal: ALICE, context: () => undefined }
  expect(evaluatePolicies([], request)).toBe('silent')
  expect(evaluatePolicies([allow], request)).toBe('Allow')
  expect(evaluatePolicies([allow, deny], request)).toBe('Deny')
})

describe('what is no policy', () => {
  const fine = { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }
  const rows: readonly (readonly [string, unknown, readonly string[]])[] = [
    ['null', null, ['']],
    ['a text', '{}', ['']],
    ['no statement', {}, ['Statement', 'Statement[0]']],
    ['another version', { Version: '2020-01-01', Statement: fine }, ['Version']],
    ['an unknown element', { Statements: [], Statement: fine }, ['Statements']],
    ['a statement that is none', { Statement: [fine, 3] }, ['Statement[1]']],
    ['another effect', { Statement: { ...fine, Effect: 'allow' } }, ['Statement[0].Effect']],
    ['no principal', { Statement: { ...fine, Principal: undefined } }, ['Statement[0]']],
    ['both principals', { Statement: { ...fine, NotPrincipal: '*' } }, ['Statement[0]']],
    ['a principal that is none', { Statement: { ...fine, Principal: 'alice' } }, ['Statement[0].Principal']],
    ['an AWS principal that is none', { Statement: { ...fine, Principal: { AWS: 'alice' } } }, ['Statement[0].Principal.AWS']],
    ['an unknown type of principal', { Statement: { ...fine, Principal: { Aws: '*' } } }, ['Statement[0].Principal.Aws']],
    ['no action', { Statement: { ...fine, Action: undefined } }, ['Statement[0]']],
    ['an empty list of actions', { Statement: { ...fine, Action: [] } }, ['Statement[0].Action']],
    ['a number for a resource', { Statement: { ...fine, Resource: 1 } }, ['Statement[0].Resource']],
    ['both resources', { Statement: { ...fine, NotResource: '*' } }, ['Statement[0]']],
    ['an unknown statement element', { Statement: { ...fine, Conditions: {} } }, ['Statement[0].Conditions']],
    ['a condition that is none', { Statement: { ...fine, Condition: [] } }, ['Statement[0].Condition']],
    ['an operator without keys', { Statement: { ...fine, Condition: { StringEquals: 'x' } } }, ['Statement[0].Condition.StringEquals']],
    ['an unknown operator', { Statement: { ...fine, Condition: { StringIs: { a: 'b' } } } }, ['Statement[0].Condition.StringIs']],
    ['an operator of a prototype', { Statement: { ...fine, Condition: { constructor: { a: 'b' } } } }, ['Statement[0].Condition.constructor']],
    ['NullIfExists', { Statement: { ...fine, Condition: { NullIfExists: { a: 'true' } } } }, ['Statement[0].Condition.NullIfExists']],
    ['Null of something', { Statement: { ...fine, Condition: { Null: { a: 'maybe' } } } }, ['Statement[0].Condition.Null.a']],
    ['a block of too many bits', { Statement: { ...fine, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } } } }, ['Statement[0].Condition.IpAddress.aws:SourceIp']],
    ['a date that is none', { Statement: { ...fine, Condition: { DateEquals: { a: 'tomorrow' } } } }, ['Statement[0].Condition.DateEquals.a']],
    ['a number that is none', { Statement: { ...fine, Condition: { NumericEquals: { a: '1e3' } } } }, ['Statement[0].Condition.NumericEquals.a']],
    ['several things', { Version: 1, Statement: [{ ...fine, Effect: 1 }, { ...fine, Resource: [] }] }, ['Version', 'Statement[0].Effect', 'Statement[1].Resource']],
  ]
  test.each(rows)('%s', (_name, document, paths) => {
    const compilation = compilePolicy(document, { kind: 'resource' })
    expect(compilation.kind === 'invalid' ? compilation.issues.map((issue) => issue.path) : []).toEqual(paths)
  })

  test('the policy of a principal names none', () => {
    expect(compilePolicy({ Statement: fine }, { kind: 'identity' })).toMatchObject({ kind: 'invalid', issues: [{ path: 'Statement[0].Principal' }] })
  })
})
