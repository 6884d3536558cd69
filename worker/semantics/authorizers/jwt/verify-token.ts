import { importJWK, type JWK } from 'jose'
import { decodeBase64Url, type Token } from './parse-token.ts'

/** Gives a key of a key set as the runtime verifies with it, for one algorithm; null when it can't. */
export type ImportedKeys = (key: JWK, algorithm: string) => Promise<CryptoKey | null>

/** A token whose signature was found right, and the key of its issuer that made it: good as long as the issuer publishes that key. */
export interface ProvenToken {
  readonly token: Token
  readonly key: JWK
}

/** RFC 7518 sections 3.3 and 3.5: RSA keys of fewer bits are not to be used. */
const RSA_BITS_MIN = 2048

const encoder = new TextEncoder()

/** Which of the keys signed a token; null when none did. The algorithm is the one that the header was admitted with. */
export async function findProvingKey({ text, header }: Token, keys: readonly JWK[], imported: ImportedKeys): Promise<JWK | null> {
  const end = text.lastIndexOf('.')
  const signature = decodeBase64Url(text.slice(end + 1))
  const signed = text.slice(0, end)
  for (const key of keys) {
    const cryptoKey = await imported(key, header.algorithm)
    if (cryptoKey !== null && (await isSignedBy(cryptoKey, header.algorithm, { signature, signed }))) return key
  }
  return null
}

interface SignedText {
  readonly signature: Uint8Array<ArrayBuffer>
  readonly signed: string
}

async function isSignedBy(key: CryptoKey, algorithm: string, { signature, signed }: SignedText): Promise<boolean> {
  const parameters = toParameters(algorithm)
  if (parameters === null) return false
  try {
    return await crypto.subtle.verify(parameters, key, signature, encoder.encode(signed))
  } catch {
    // A key that is not for signatures, or a signature of a length that is none: either way this key did not sign the token.
    return false
  }
}

/** An algorithm of JWS (RFC 7518 section 3.1, RFC 8037, RFC 9864) in the words of Web Crypto; null when it is not one for public keys. */
function toParameters(algorithm: string): string | { readonly name: string; readonly saltLength: number } | { readonly name: string; readonly hash: string } | null {
  const bits = algorithm.slice(2)
  switch (algorithm) {
    case 'RS256':
    case 'RS384':
    case 'RS512':
      return 'RSASSA-PKCS1-v1_5'
    case 'PS256':
    case 'PS384':
    case 'PS512':
      return { name: 'RSA-PSS', saltLength: Number(bits) / 8 }
    case 'ES256':
    case 'ES384':
    case 'ES512':
      return { name: 'ECDSA', hash: `SHA-${bits}` }
    case 'EdDSA':
    case 'Ed25519':
      return 'Ed25519'
    default:
      return null
  }
}

/** Prepares a public key of a key set for one algorithm; null when it is not a key for it, or one too short to trust. */
export async function importPublicKey(key: JWK, algorithm: string): Promise<CryptoKey | null> {
  try {
    const imported = await importJWK(key, algorithm)
    if (imported instanceof Uint8Array || imported.type !== 'public') return null
    const bits: unknown = Reflect.get(imported.algorithm, 'modulusLength')
    return typeof bits === 'number' && bits < RSA_BITS_MIN ? null : imported
  } catch {
    // Not a key, or not one for this algorithm: nothing was signed with it.
    return null
  }
}
