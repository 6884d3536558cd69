import { describe, expect, test } from 'vitest'
import { checkClaims, type ClaimsExpectation } from '../../../../../worker/semantics/authorizers/jwt/check-claims.ts'
import { toClaimTexts } from '../../../../../worker/semantics/authorizers/jwt/claim-texts.ts'
import { parseDiscovery, parseUserPoolArn, toCognitoIssuer, toDiscoveryUrl } from '../../../../../worker/semantics/authorizers/jwt/issuer.ts'
import { chooseKeys, renewKeySet, type KeySet } from '../../../../../worker/semantics/authorizers/jwt/key-set.ts'
import { COGNITO_ALGORITHMS, JWT_ALGORITHMS } from '../../../../../worker/semantics/authorizers/jwt/parse-token.ts'
import { seededChance } from '../../../../chance.ts'
import { createSigner, encodePart, ID_CLAIMS, ISSUER, NOW_MS, NOW_SECONDS, verdictOf } from './tokens.ts'

const POOL: ClaimsExpectation = { kind: 'cognito', issuer: ISSUER, scopes: [], isAudience: null }
const JWT: ClaimsExpectation = { kind: 'jwt', issuer: 'https://issuer.example', scopes: [], audiences: ['me'] }
const JWT_CLAIMS = { iss: 'https://issuer.example', aud: ['other', 'me'], exp: NOW_SECONDS + 60 }

function check(token: string, keys: KeySet['keys'], expected: ClaimsExpectation = POOL, algorithms: readonly string[] = COGNITO_ALGORITHMS): Promise<string> {
  return verdictOf(token, keys, expected, algorithms)
}

describe('tokens', () => {
  test('of every allowed algorithm get in, with and without Bearer', async () => {
    for (const algorithm of JWT_ALGORITHMS) {
      const signer = await createSigner(algorithm)
      const token = await signer.sign(JWT_CLAIMS)
      for (const text of [token, `Bearer ${token}`, `bearer  ${token}`]) expect(await check(text, [signer.publicKey], JWT, JWT_ALGORITHMS)).toBe('in')
    }
  })

  test('of a key without an id, and without an algorithm, get in', async () => {
    const signer = await createSigner()
    const { kid: _kid, alg: _alg, ...bare } = signer.publicKey
    expect(await check(await signer.sign(ID_CLAIMS, { kid: undefined }), [bare])).toBe('in')
  })

  test('that are forged do not get in', async () => {
    const signer = await createSigner()
    const other = await createSigner('RS256', 'key-1')
    const token = await signer.sign(ID_CLAIMS)
    const [header = '', payload = '', signature = ''] = token.split('.')
    const withHeader = (change: Readonly<Record<string, unknown>>): string => [encodePart({ alg: 'RS256', kid: 'key-1', ...change }), payload, signature].join('.')
    const secret = new TextEncoder().encode(JSON.stringify(signer.publicKey))
    const hmacKey = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    const confused = `${encodePart({ alg: 'HS256', kid: 'key-1' })}.${payload}`
    const mac = new Uint8Array(await crypto.subtle.sign('HMAC', hmacKey, new TextEncoder().encode(confused)))
    const rows: readonly (readonly [string, string])[] = [
      ['', 'the token is not a JWT: three parts in base64url'],
      ['Bearer', 'the token is not a JWT: three parts in base64url'],
      [`${token}, ${token}`, 'the token is not a JWT: three parts in base64url'],
      [`${header}.${payload}`, 'the token is not a JWT: three parts in base64url'],
      [`${header}.${payload}.`, 'the token is not a JWT: three parts in base64url'],
      [`${token}.${signature}`, 'the token is not a JWT: three parts in base64url'],
      ['a'.repeat(10_241), 'the token is too long'],
      [`${'a'.repeat(1028)}.bbbb.cccc`, 'the header of the token is too long'],
      [`${encodePart('[]')}.${payload}.${signature}`, 'the header of the token is not JSON'],
      [`${encodePart('{')}.${payload}.${signature}`, 'the header of the token is not JSON'],
      [withHeader({ alg: 'none' }), 'the token is signed with an algorithm that is not allowed'],
      [withHeader({ alg: 'None' }), 'the token is signed with an algorithm that is not allowed'],
      [`${confused}.${encodePart(String.fromCharCode(...mac))}`, 'the token is signed with an algorithm that is not allowed'],
      [withHeader({ alg: ['RS256'] }), 'the token is signed with an algorithm that is not allowed'],
      [withHeader({ jku: 'https://evil.example/keys' }), 'the header of the token has jku'],
      [withHeader({ jwk: other.publicKey }), 'the header of the token has jwk'],
      [withHeader({ x5u: 'https://evil.example' }), 'the header of the token has x5u'],
      [withHeader({ x5c: [] }), 'the header of the token has x5c'],
      [withHeader({ crit: ['exp'] }), 'the header of the token has crit'],
      [withHeader({ b64: false }), 'the header of the token has b64'],
      [withHeader({ kid: 'x'.repeat(257) }), 'the key id of the token is not a short text'],
      [withHeader({ kid: { $ne: 1 } }), 'the key id of the token is not a short text'],
      [withHeader({ kid: '../../etc/passwd' }), 'unknown-key'],
      [withHeader({ typ: 'JWT' }), 'wrong signature'],
      [await other.sign(ID_CLAIMS), 'wrong signature'],
      [`${header}.${encodePart({ ...ID_CLAIMS, sub: 'root' })}.${signature}`, 'wrong signature'],
      [`${header}.${payload}.${signature.slice(0, -6)}`, 'wrong signature'],
    ]
    for (const [text, expected] of rows) expect([text.slice(0, 60), await check(text, [signer.publicKey])]).toEqual([text.slice(0, 60), expected])
  })

  test('with one bit changed do not get in', async () => {
    const signer = await createSigner()
    const token = await signer.sign(ID_CLAIMS)
    for (let seed = 0; seed < 200; seed += 1) {
      const chance = seededChance(seed)
      const at = chance.below(token.length)
      const letter = token.charAt(at) === 'A' ? 'B' : 'A'
      const forged = token.slice(0, at) + letter + token.slice(at + 1)
      expect(await check(forged, [signer.publicKey]), `seed ${seed}`).not.toBe('in')
    }
  })
})

describe('claims', () => {
  const access = { ...ID_CLAIMS, aud: undefined, client_id: 'client', token_use: 'access', scope: 'openid pets/read' }
  const withScopes = (...scopes: string[]): ClaimsExpectation => ({ ...POOL, scopes })
  const isClient: ClaimsExpectation = { ...POOL, isAudience: (audience) => audience === 'client' }
  const rows: readonly (readonly [string, Readonly<Record<string, unknown>>, ClaimsExpectation, string])[] = [
    ['an ID token', ID_CLAIMS, POOL, 'in'],
    ['another issuer', { ...ID_CLAIMS, iss: `${ISSUER}2` }, POOL, 'issuer does not match'],
    ['no issuer', { ...ID_CLAIMS, iss: undefined }, POOL, 'issuer does not match'],
    ['a list of issuers', { ...ID_CLAIMS, iss: [ISSUER] }, POOL, 'issuer does not match'],
    ['expired', { ...ID_CLAIMS, exp: NOW_SECONDS }, POOL, 'the token has expired'],
    ['still good', { ...ID_CLAIMS, exp: NOW_SECONDS + 1 }, POOL, 'in'],
    ['no expiry', { ...ID_CLAIMS, exp: undefined }, POOL, 'the token has no time of expiry'],
    ['expiry in words', { ...ID_CLAIMS, exp: '9999999999' }, POOL, 'the token has no time of expiry'],
    ['infinite expiry', { ...ID_CLAIMS, exp: Number.POSITIVE_INFINITY }, POOL, 'the token has no time of expiry'],
    ['negative expiry', { ...ID_CLAIMS, exp: -1 }, POOL, 'the token has no time of expiry'],
    ['not yet', { ...ID_CLAIMS, nbf: NOW_SECONDS + 61 }, POOL, 'the token is not valid yet'],
    ['a minute early', { ...ID_CLAIMS, nbf: NOW_SECONDS + 60 }, POOL, 'in'],
    ['not before some text', { ...ID_CLAIMS, nbf: 'x' }, POOL, 'the token is not valid yet'],
    ['issued tomorrow', { ...ID_CLAIMS, iat: NOW_SECONDS + 86_400 }, POOL, 'the token was issued in the future'],
    ['an access token without scopes on the method', access, POOL, 'an ID token is needed'],
    ['no token_use', { ...ID_CLAIMS, token_use: undefined }, POOL, 'an ID token is needed'],
    ['an ID token where scopes are', ID_CLAIMS, withScopes('pets/read'), 'an access token is needed'],
    ['a scope of the method', access, withScopes('pets/write', 'pets/read'), 'in'],
    ['no scope of the method', access, withScopes('pets/write'), 'the token has none of the scopes of the method'],
    ['a part of a scope', access, withScopes('pets'), 'the token has none of the scopes of the method'],
    ['no scope at all', { ...access, scope: undefined }, withScopes('openid'), 'the token has none of the scopes of the method'],
    ['the audience', ID_CLAIMS, isClient, 'in'],
    ['another audience', { ...ID_CLAIMS, aud: 'other' }, isClient, 'the token is for another audience'],
    ['an access token of the client', access, { ...isClient, scopes: ['openid'] }, 'in'],
    ['JWT', JWT_CLAIMS, JWT, 'in'],
    ['JWT for one', { ...JWT_CLAIMS, aud: 'me' }, JWT, 'in'],
    ['JWT for another', { ...JWT_CLAIMS, aud: 'you' }, JWT, 'the token does not have a valid audience'],
    ['JWT for another, by a client', { ...JWT_CLAIMS, aud: 'you', client_id: 'me' }, JWT, 'the token does not have a valid audience'],
    ['JWT of a client', { ...JWT_CLAIMS, aud: undefined, client_id: 'me' }, JWT, 'in'],
    ['JWT expired', { ...JWT_CLAIMS, exp: 1 }, JWT, 'the token has expired'],
    ['JWT with scp', { ...JWT_CLAIMS, scp: ['a', 'b'] }, { ...JWT, scopes: ['b'] }, 'in'],
    ['JWT without the scope', JWT_CLAIMS, { ...JWT, scopes: ['b'] }, 'the token has none of the scopes of the method'],
  ]
  test.each(rows)('%s', (_name, claims, expected, note) => expect(checkClaims(claims, expected, NOW_MS)?.note ?? 'in').toBe(note))

  test('what a client reads', () => {
    expect(checkClaims({ ...ID_CLAIMS, exp: 1 }, POOL, NOW_MS)).toMatchObject({ responseType: 'UNAUTHORIZED', message: 'The incoming token has expired' })
    expect(checkClaims({ ...ID_CLAIMS, iss: 'x' }, POOL, NOW_MS)).toEqual({ responseType: 'UNAUTHORIZED', errorType: 'UnauthorizedException', message: 'Unauthorized', note: 'issuer does not match' })
    expect(checkClaims({ ...JWT_CLAIMS, exp: 1 }, { ...JWT, scopes: ['a', 'b'] }, NOW_MS)).toMatchObject({
      message: 'Unauthorized', headers: { 'www-authenticate': 'Bearer scope="a b" error="invalid_token" error_description="the token has expired"' },
    })
    expect(checkClaims(JWT_CLAIMS, { ...JWT, scopes: ['a', 'b'] }, NOW_MS)).toMatchObject({
      responseType: 'ACCESS_DENIED', headers: { 'www-authenticate': 'Bearer scope="a b" error="insufficient_scope" error_description="expected scopes: [a b]"' },
    })
  })

  test('as texts', () => {
    const claims = { sub: 'a', n: 1, yes: true, groups: ['a', 'b'], nested: { x: 1 }, nothing: null, exp: 1_505_857_169, __proto__: null }
    expect(toClaimTexts(claims, 'cognito')).toEqual({ sub: 'a', n: '1', yes: 'true', groups: 'a,b', nested: '{"x":1}', exp: 'Tue Sep 19 21:39:29 UTC 2017' })
    expect(toClaimTexts(claims, 'jwt')).toEqual({ sub: 'a', n: '1', yes: 'true', groups: '[a b]', nested: '{"x":1}', exp: '1505857169' })
    expect(toClaimTexts({ exp: 1e300 }, 'cognito')).toEqual({ exp: '1e+300' })
  })
})

describe('keys', () => {
  const header = { algorithm: 'RS256', keyId: 'a' }
  const key = { kty: 'RSA', kid: 'a', n: 'x', e: 'AQAB' }
  const known = (change: Partial<KeySet> = {}): KeySet => ({ keys: [key], fetchedAtMs: 0, askedAtMs: 0, ...change })
  const rows: readonly (readonly [string, KeySet | null, typeof header, number, unknown])[] = [
    ['nothing known', null, header, 0, { kind: 'fetch' }],
    ['never answered, just asked', known({ keys: [], fetchedAtMs: null }), header, 1_999, { kind: 'no-keys' }],
    ['never answered, asked a while ago', known({ keys: [], fetchedAtMs: null }), header, 2_000, { kind: 'fetch' }],
    ['known', known(), header, 599_999, { kind: 'use', keys: [key], isStale: false }],
    ['known and old', known(), header, 600_000, { kind: 'use', keys: [key], isStale: true }],
    ['known and old, asked just now in vain', known({ askedAtMs: 599_000 }), header, 600_000, { kind: 'use', keys: [key], isStale: false }],
    ['unknown, just asked', known(), { ...header, keyId: 'b' }, 29_999, { kind: 'unknown-key' }],
    ['unknown', known(), { ...header, keyId: 'b' }, 30_000, { kind: 'fetch' }],
    ['of another family', known(), { ...header, algorithm: 'ES256' }, 0, { kind: 'unknown-key' }],
    ['for another algorithm', known({ keys: [{ ...key, alg: 'RS512' }] }), header, 0, { kind: 'unknown-key' }],
  ]
  test.each(rows)('%s', (_name, keySet, wanted, nowMs, expected) => expect(chooseKeys(keySet, wanted, nowMs)).toEqual(expected))

  test('an answer that is none leaves the keys that are known', () => {
    for (const document of [null, 'x', {}, { keys: 3 }]) expect(renewKeySet(known(), document, 5)).toEqual({ keys: [key], fetchedAtMs: 0, askedAtMs: 5 })
    expect(renewKeySet(null, null, 5)).toEqual({ keys: [], fetchedAtMs: null, askedAtMs: 5 })
  })

  test('a slow answer does not undo a later one', () => {
    expect(renewKeySet(known({ askedAtMs: 10 }), { keys: [] }, 5)).toEqual(known({ askedAtMs: 10 }))
  })

  test('only public signing keys are kept, and not without end', () => {
    const keys = [key, { ...key, d: 'secret' }, { kty: 'oct', k: 'c2VjcmV0' }, { ...key, use: 'enc' }, 'x', null]
    expect(renewKeySet(null, { keys }, 1).keys).toEqual([key])
    expect(renewKeySet(null, { keys: Array.from({ length: 1000 }, () => key) }, 1).keys).toHaveLength(100)
  })
})

describe('issuers', () => {
  test('of user pools', () => {
    const pool = parseUserPoolArn('arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbC')
    if (pool === null) throw new Error('must parse')
    expect(toCognitoIssuer(pool, null)).toBe('https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbC')
    expect(toCognitoIssuer(pool, 'http://127.0.0.1:9229/')).toBe('http://127.0.0.1:9229/eu-west-1_AbC')
    for (const arn of ['', 'arn:aws:cognito-idp:eu-west-1:1:userpool/x', 'arn:aws:iam::123456789012:user/x', 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/../x']) {
      expect(parseUserPoolArn(arn)).toBeNull()
    }
  })

  test('and their discovery', () => {
    const issuer = 'https://issuer.example'
    expect(toDiscoveryUrl(`${issuer}/`)).toBe(`${issuer}/.well-known/openid-configuration`)
    const rows: readonly (readonly [unknown, string | null])[] = [
      [{ issuer, jwks_uri: 'https://keys.example/k' }, 'https://keys.example/k'],
      [{ issuer, jwks_uri: 'http://127.0.0.1:9/k' }, 'http://127.0.0.1:9/k'],
      [{ issuer, jwks_uri: 'http://keys.example/k' }, null],
      [{ issuer, jwks_uri: 'file:///etc/passwd' }, null],
      [{ issuer: 'https://other.example', jwks_uri: 'https://keys.example/k' }, null],
      [{ issuer }, null], [{ issuer, jwks_uri: 3 }, null], [null, null], ['x', null],
    ]
    for (const [document, expected] of rows) expect(parseDiscovery(document, issuer)).toBe(expected)
  })
})
