import { JWT_LIMITS } from './limits.ts'

/** The algorithms that a JWT authorizer takes: public keys only, so that no public key can be made a shared secret. */
export const JWT_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const

/** What user pools sign with. */
export const COGNITO_ALGORITHMS = ['RS256'] as const

/** What the protected header of a token says; nothing in it is proved. */
export interface TokenHeader {
  readonly algorithm: string
  readonly keyId: string | null
}

/** A token that has the form of a JWT, or why it has not: `problem` is for the log and holds nothing of the token. */
export type TokenParse = { readonly kind: 'token'; readonly token: string; readonly header: TokenHeader } | { readonly kind: 'malformed'; readonly problem: string }

const COMPACT = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/u
/** Members by which a token would bring its own key, or ask for rules of its own. */
const REFUSED_MEMBERS = ['jku', 'jwk', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64', 'zip', 'enc'] as const

/** Takes a token, with or without `Bearer `, and reads its header; refuses everything that a plain signed JWT does not have. */
export function parseToken(text: string, algorithms: readonly string[]): TokenParse {
  const token = text.replace(/^bearer +/iu, '').trim()
  if (token.length > JWT_LIMITS.tokenLengthMax) return malformed('the token is too long')
  if (!COMPACT.test(token)) return malformed('the token is not a JWT: three parts in base64url')
  const encoded = token.slice(0, token.indexOf('.'))
  if (encoded.length > JWT_LIMITS.headerLengthMax) return malformed('the header of the token is too long')
  const header = decodeObject(encoded)
  if (header === null) return malformed('the header of the token is not JSON')
  const refused = REFUSED_MEMBERS.find((name) => Object.hasOwn(header, name))
  if (refused !== undefined) return malformed(`the header of the token has ${refused}`)
  const { alg, kid } = header
  if (typeof alg !== 'string' || !algorithms.includes(alg)) return malformed('the token is signed with an algorithm that is not allowed')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > JWT_LIMITS.keyIdLengthMax)) return malformed('the key id of the token is not a short text')
  return { kind: 'token', token, header: { algorithm: alg, keyId: kid ?? null } }
}

/** Reads base64url as a JSON object, or gives null. */
export function decodeObject(encoded: string): Readonly<Record<string, unknown>> | null {
  try {
    const bytes = Uint8Array.from(atob(encoded.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
    return isRecord(value) ? value : null
  } catch {
    // Not base64, not UTF-8 or not JSON: all the same to the caller.
    return null
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(problem: string): TokenParse {
  return { kind: 'malformed', problem }
}
