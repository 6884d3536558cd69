import { CompactSign, exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose'
import { checkClaims, type ClaimsExpectation } from '../../../../../worker/semantics/authorizers/jwt/check-claims.ts'
import { chooseKeys, type KeySet } from '../../../../../worker/semantics/authorizers/jwt/key-set.ts'
import { parseToken } from '../../../../../worker/semantics/authorizers/jwt/parse-token.ts'
import { findProvingKey, importPublicKey } from '../../../../../worker/semantics/authorizers/jwt/verify-token.ts'

/** Somebody who signs tokens. */
export interface Signer {
  readonly algorithm: string
  readonly publicKey: JWK
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>
  /** Signs claims as they are written. */
  signText(claims: string, header?: Readonly<Record<string, unknown>>): Promise<string>
}

export const NOW_MS = Date.parse('2025-01-01T00:00:00Z')
export const NOW_SECONDS = NOW_MS / 1000
export const ISSUER = 'https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool'

/** Claims of an ID token of a user pool. */
export const ID_CLAIMS: JWTPayload = { iss: ISSUER, sub: 'alice', aud: 'client', token_use: 'id', iat: NOW_SECONDS - 10, exp: NOW_SECONDS + 3600 }

/** Makes a signer with keys of its own. */
export async function createSigner(algorithm = 'RS256', keyId = 'key-1'): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true })
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: keyId, alg: algorithm, use: 'sig' }
  return {
    algorithm,
    publicKey: jwk,
    sign: (claims, header = {}) => new SignJWT(claims).setProtectedHeader({ alg: algorithm, kid: keyId, ...header }).sign(privateKey),
    signText: (claims, header = {}) => new CompactSign(new TextEncoder().encode(claims)).setProtectedHeader({ alg: algorithm, kid: keyId, ...header }).sign(privateKey),
  }
}

/** A part of a token, written by hand. */
export function encodePart(value: unknown): string {
  return btoa(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** What becomes of a token, given the keys that its issuer publishes: `in`, or why not. */
export async function verdictOf(token: string, keys: KeySet['keys'], expected: ClaimsExpectation, algorithms: readonly string[]): Promise<string> {
  const parsed = parseToken(token, algorithms)
  if (parsed.kind === 'malformed') return parsed.problem
  const choice = chooseKeys({ keys, fetchedAtMs: NOW_MS, askedAtMs: NOW_MS }, parsed.token.header, NOW_MS)
  if (choice.kind !== 'use') return choice.kind
  if ((await findProvingKey(parsed.token, choice.keys, importPublicKey)) === null) return 'wrong signature'
  return checkClaims(parsed.token.claims, expected, NOW_MS)?.note ?? 'in'
}
