import { compactVerify, type JWK } from 'jose'
import type { Claims } from './check-claims.ts'
import { decodeObject, type TokenHeader } from './parse-token.ts'

/**
 * The claims of a token if one of the keys signed it, else null. The algorithm is the one that the header was admitted with, so that the token can't change
 * the rules after it was checked.
 */
export async function verifyToken(token: string, header: TokenHeader, keys: readonly JWK[]): Promise<Claims | null> {
  for (const key of keys) {
    if (await isSignedBy(token, header, key)) return decodeObject(token.split('.', 2)[1] ?? '')
  }
  return null
}

async function isSignedBy(token: string, header: TokenHeader, key: JWK): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [header.algorithm] })
    return true
  } catch {
    // A wrong signature, or a key that is none: either way this key did not sign the token.
    return false
  }
}
