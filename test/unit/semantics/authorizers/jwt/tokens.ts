import { exportJWK, generateKeyPair, SignJWT, type JWK, type JWTPayload } from 'jose'

/** Somebody who signs tokens. */
export interface Signer {
  readonly algorithm: string
  readonly publicKey: JWK
  sign(claims: JWTPayload, header?: Readonly<Record<string, unknown>>): Promise<string>
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
  }
}

/** A part of a token, written by hand. */
export function encodePart(value: unknown): string {
  return btoa(typeof value === 'string' ? value : JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
