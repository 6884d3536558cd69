import { describe, expect, test } from 'vitest'
import { combineEffects, requireAllow } from '../../../../worker/semantics/policy/combine-effects.ts'
import { renderAuthorizerDenial, renderDenial } from '../../../../worker/semantics/policy/denial-text.ts'
import { expandResource } from '../../../../worker/semantics/policy/expand-resource.ts'
import { isInBlock, parseIpAddress, parseIpBlock } from '../../../../worker/semantics/policy/ip-address.ts'
import { toGuardedArns, toMethodArn } from '../../../../worker/semantics/policy/method-arn.ts'
import { ANONYMOUS } from '../../../../worker/semantics/policy/principal.ts'
import { createContextLookup, isKnownKey, type CallFacts } from '../../../../worker/semantics/policy/request-context.ts'

describe('tables A and B of aws-rest 12.2', () => {
  const rows = [
    ['Allow', 'Allow', 'allowed', 'allowed'],
    ['Allow', 'silent', 'allowed', 'implicitly-denied'],
    ['Allow', 'Deny', 'explicitly-denied', 'explicitly-denied'],
    ['silent', 'Allow', 'allowed', 'implicitly-denied'],
    ['silent', 'silent', 'implicitly-denied', 'implicitly-denied'],
    ['silent', 'Deny', 'explicitly-denied', 'explicitly-denied'],
    ['Deny', 'Allow', 'explicitly-denied', 'explicitly-denied'],
    ['Deny', 'silent', 'explicitly-denied', 'explicitly-denied'],
    ['Deny', 'Deny', 'explicitly-denied', 'explicitly-denied'],
    ['Allow', null, 'allowed', 'implicitly-denied'],
    ['silent', null, 'implicitly-denied', 'implicitly-denied'],
    ['Deny', null, 'explicitly-denied', 'explicitly-denied'],
  ] as const
  test.each(rows)('identity %s, resource %s: %s, from another account %s', (identity, resource, same, other) => {
    expect(combineEffects(identity, resource, 'same-account')).toBe(same)
    expect(combineEffects(identity, resource, 'other-account')).toBe(other)
  })

  test('a resource policy alone', () => {
    expect([requireAllow('Allow'), requireAllow('silent'), requireAllow('Deny')]).toEqual(['allowed', 'implicitly-denied', 'explicitly-denied'])
  })
})

describe('ARNs', () => {
  const call = { region: 'us-east-1', accountId: '123456789012', apiId: 'abc', stage: 'prod', httpMethod: 'GET', path: '/' }
  const prefix = 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/GET/'
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ['/', ['']],
    ['/pets/1', ['pets/1']],
    ['/pets/', ['pets']],
    ['//pets', ['pets']],
    ['/a//b', ['a//b', 'a/b']],
    ['/admin%2Fusers', ['admin%2Fusers', 'admin/users']],
    ['/x/%2e%2e%2Fadmin', ['x/%2e%2e%2Fadmin', 'x/../admin', 'admin']],
    ['/caf%C3%A9', ['caf%C3%A9', 'café']],
    ['/%ff', ['%ff']],
    ['/a%252Fb', ['a%252Fb', 'a%2Fb']],
  ]
  test.each(rows)('of %s', (path, expected) => expect(toGuardedArns({ ...call, path })).toEqual(expected.map((rest) => prefix + rest)))

  test('texts', () => {
    const arn = toMethodArn({ ...call, path: '/pets' })
    expect(renderDenial(ANONYMOUS, arn, 'implicitly-denied')).toBe(
      'User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:abc/prod/GET/pets',
    )
    expect(renderDenial({ kind: 'aws', accountId: '1', arn: 'arn:x' }, arn, 'explicitly-denied')).toBe(
      'User: arn:x is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********9012:abc/prod/GET/pets with an explicit deny',
    )
    expect(renderAuthorizerDenial('implicitly-denied')).toBe('User is not authorized to access this resource')
    expect(renderAuthorizerDenial('explicitly-denied')).toBe('User is not authorized to access this resource with an explicit deny')
  })
})

describe('resources of an API\'s own policy', () => {
  const owner = { region: 'eu-west-1', accountId: '123456789012', apiId: 'mine' }
  const prefix = 'arn:aws:execute-api:eu-west-1:123456789012:mine'
  const rows = [
    ['execute-api:/*', `${prefix}/*`],
    ['execute-api:/prod/GET/pets', `${prefix}/prod/GET/pets`],
    ['execute-api:prod/*', `${prefix}/prod/*`],
    ['execute-api:*', `${prefix}/*`],
    ['arn:aws:execute-api:us-east-1:999999999999:other/prod/*', `${prefix}/prod/*`],
    ['arn:aws:execute-api:*:*:*/*', `${prefix}/*`],
    ['arn:aws:execute-api:us-east-1:999999999999:*', `${prefix}/*`],
    ['arn:aws:execute-api:us-east-1:999999999999:other', prefix],
    ['*', '*'],
    ['arn:aws:s3:::bucket/*', 'arn:aws:s3:::bucket/*'],
  ] as const
  test.each(rows)('%s', (resource, expected) => expect(expandResource(resource, owner)).toBe(expected))
})

describe('addresses', () => {
  const good = ['1.2.3.4', '::', '::1', '1::', '2001:db8::1', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4', '1:2:3:4:5:6:1.2.3.4', 'fe80::1%eth0']
  test.each(good)('%s is one', (text) => expect(parseIpAddress(text)).toHaveLength(16))
  const bad = ['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.-4', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1::2::3', ':1', '12345::', 'g::', '1.2.3.4:1', '::1.2.3', '0x7f.1']
  test.each(bad)('%s is none', (text) => expect(parseIpAddress(text)).toBeUndefined())
  const badBlocks = ['1.2.3.4/33', '::/129', '1.2.3.4/', '1.2.3.4/a', '1.2.3.4/8/8', '/8', '1.2.3.4/-1', '1.2.3.4/ 8']
  test.each(badBlocks)('%s is no block', (text) => expect(parseIpBlock(text)).toBeUndefined())

  test('every IPv6 block of nothing holds every IPv6 and no IPv4', () => {
    const all = parseIpBlock('::/0')
    const [v6, v4] = [parseIpAddress('2001::1'), parseIpAddress('1.2.3.4')]
    if (all === undefined || v6 === undefined || v4 === undefined) throw new Error('must parse')
    expect([isInBlock(v6, all), isInBlock(v4, all)]).toEqual([true, false])
  })
})

describe('condition keys of a call', () => {
  const facts: CallFacts = {
    nowMs: Date.parse('2025-01-01T00:00:00Z'), sourceIp: '192.0.2.1', isSecure: true, userAgent: 'curl', referer: null, region: 'us-east-1',
    privateNetwork: null,
    caller: {
      arn: 'arn:aws:iam::1:user/alice', accountId: '1', userId: 'AIDA', userName: 'alice', principalType: 'User', organizationId: 'o-1',
      tags: { Team: 'blue' }, hasSession: true, issuedAtMs: 0,
    },
  }
  const rows: readonly (readonly [string, Partial<CallFacts>, readonly string[] | undefined])[] = [
    ['aws:currenttime', {}, ['2025-01-01T00:00:00.000Z']], ['aws:epochtime', {}, ['1735689600']], ['aws:securetransport', {}, ['true']],
    ['aws:sourceip', {}, ['192.0.2.1']], ['aws:useragent', {}, ['curl']], ['aws:referer', {}, undefined], ['aws:requestedregion', {}, ['us-east-1']],
    ['aws:sourcevpce', {}, undefined], ['aws:sourcevpce', { privateNetwork: { vpcId: null, vpceId: 'vpce-1', sourceIp: '10.0.0.1' } }, ['vpce-1']],
    ['aws:sourcevpc', { privateNetwork: { vpcId: null, vpceId: 'vpce-1', sourceIp: null } }, undefined],
    ['aws:vpcsourceip', { privateNetwork: { vpcId: null, vpceId: 'vpce-1', sourceIp: '10.0.0.1' } }, ['10.0.0.1']],
    ['aws:sourceip', { privateNetwork: { vpcId: null, vpceId: 'vpce-1', sourceIp: '10.0.0.1' } }, undefined],
    ['aws:principalarn', {}, ['arn:aws:iam::1:user/alice']], ['aws:principalarn', { caller: null }, undefined], ['aws:principalaccount', {}, ['1']],
    ['aws:principaltype', {}, ['User']], ['aws:principalorgid', {}, ['o-1']], ['aws:userid', {}, ['AIDA']], ['aws:username', {}, ['alice']],
    ['aws:principaltag/team', {}, ['blue']], ['aws:principaltag/other', {}, undefined], ['aws:tokenissuetime', {}, ['1970-01-01T00:00:00.000Z']],
    ['aws:multifactorauthpresent', {}, ['false']], ['aws:multifactorauthpresent', { caller: null }, undefined], ['constructor', {}, undefined], ['aws:sourcearn', {}, undefined],
  ]
  test.each(rows)('%s', (key, change, expected) => expect(createContextLookup({ ...facts, ...change })(key)).toEqual(expected))

  test('known and unknown keys', () => {
    expect([isKnownKey('AWS:SourceIP'), isKnownKey('aws:PrincipalTag/x'), isKnownKey('aws:nothing')]).toEqual([true, true, false])
  })
})
