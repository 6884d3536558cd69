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

/** A token taken apart once. Nothing of it is proved until its signature is (`findProvingKey`). */
export interface Token {
  /** The three parts in base64url, without `Bearer`. */
  readonly text: string
  readonly header: TokenHeader
  readonly claims: Readonly<Record<string, unknown>>
}

/** A token that has the form of a JWT, or why it has not: `problem` is for the log and holds nothing of the token. */
export type TokenParse = { readonly kind: 'token'; readonly token: Token } | { readonly kind: 'malformed'; readonly problem: string }

/**
 * Three parts, each in the one spelling that its bytes have in base64url: the last letter of a part carries bits that belong to no byte, and a token whose
 * letters differ from those that were signed is not let in, even if its bytes are the same.
 */
const PART = String.raw`(?:[\w-]{4})*(?:[\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?`
const COMPACT = new RegExp(String.raw`^${PART}\.${PART}\.${PART}$`, 'u')
/** Members by which a token would bring its own key, or ask for rules of its own. */
const REFUSED_MEMBERS = ['jku', 'jwk', 'x5u', 'x5c', 'x5t', 'x5t#S256', 'crit', 'b64', 'zip', 'enc'] as const

/** Takes a token, with or without `Bearer `, and reads it; refuses everything that a plain signed JWT does not have. */
export function parseToken(given: string, algorithms: readonly string[]): TokenParse {
  const text = given.replace(/^bearer +/iu, '').trim()
  if (text.length > JWT_LIMITS.tokenLengthMax) return malformed('the token is too long')
  const [encodedHeader = '', encodedClaims = '', signature = ''] = text.split('.', 3)
  if (!COMPACT.test(text) || encodedHeader === '' || encodedClaims === '' || signature === '') return malformed('the token is not a JWT: three parts in base64url')
  if (encodedHeader.length > JWT_LIMITS.headerLengthMax) return malformed('the header of the token is too long')
  const header = decodeObject(encodedHeader)
  if (header === null) return malformed('the header of the token is not JSON')
  const refused = REFUSED_MEMBERS.find((name) => Object.hasOwn(header, name))
  if (refused !== undefined) return malformed(`the header of the token has ${refused}`)
  const { alg, kid } = header
  if (typeof alg !== 'string' || !algorithms.includes(alg)) return malformed('the token is signed with an algorithm that is not allowed')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > JWT_LIMITS.keyIdLengthMax)) return malformed('the key id of the token is not a short text')
  const claims = decodeObject(encodedClaims)
  if (claims === null) return malformed('the claims of the token are not JSON')
  return { kind: 'token', token: { text, header: { algorithm: alg, keyId: kid ?? null }, claims } }
}

/** The bytes of a text in base64url; throws when it is none. */
export function decodeBase64Url(encoded: string): Uint8Array<ArrayBuffer> {
  return toBytes(toBinary(encoded))
}

function toBinary(encoded: string): string {
  return atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))
}

function toBytes(binary: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index)
  return bytes
}

const BEYOND_ASCII = /[^\0-\u{7f}]/u

/** Reads base64url as a JSON object, or gives null. */
function decodeObject(encoded: string): Readonly<Record<string, unknown>> | null {
  try {
    const binary = toBinary(encoded)
    // ASCII is its own UTF-8: most tokens need no decoder.
    const text = BEYOND_ASCII.test(binary) ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(toBytes(binary)) : binary
    const value: unknown = JSON.parse(text)
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
