const encoder = new TextEncoder()
const IV_BYTES = 12

/** Says why a sealed secret does not open: another key, another access key, or not what was sealed. */
export type OpenedSecret = { readonly kind: 'opened'; readonly secret: string } | { readonly kind: 'unreadable' }

/** The two keys that a passphrase of the environment gives: one to encrypt with, one to choose the initialisation vector. */
export interface SealingKeys {
  readonly encryption: CryptoKey
  readonly vector: CryptoKey
}

/** Derives the keys from the environment's `CREDENTIALS_KEY` (HKDF, so that the two have nothing in common). */
export async function deriveSealingKeys(passphrase: string): Promise<SealingKeys> {
  const base = await crypto.subtle.importKey('raw', new Uint8Array(encoder.encode(passphrase)), 'HKDF', false, ['deriveKey'])
  const encryption = await crypto.subtle.deriveKey(hkdf('stagedoor credential encryption'), base, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const vector = await crypto.subtle.deriveKey(hkdf('stagedoor credential vector'), base, { name: 'HMAC', hash: 'SHA-256', length: 256 }, false, ['sign'])
  return { encryption, vector }
}

function hkdf(info: string) {
  return { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: new Uint8Array(encoder.encode(info)) }
}

/**
 * Encrypts a secret for storage with AES-GCM, bound to the access key it belongs to. The initialisation vector is made from both, so that sealing the same
 * secret again gives the same text (a push that changes nothing writes nothing) and no vector ever serves two secrets.
 */
export async function sealSecret(secret: string, accessKeyId: string, keys: SealingKeys): Promise<string> {
  const name = new Uint8Array(encoder.encode(accessKeyId))
  const plain = new Uint8Array(encoder.encode(secret))
  const mac = await crypto.subtle.sign('HMAC', keys.vector, new Uint8Array(encoder.encode(`${accessKeyId.length}:${accessKeyId}${secret}`)))
  const iv = new Uint8Array(mac).slice(0, IV_BYTES)
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: name }, keys.encryption, plain))
  return btoa(String.fromCharCode(...iv, ...sealed))
}

/** Decrypts what `sealSecret` made. */
export async function openSecret(sealed: string, accessKeyId: string, keys: SealingKeys): Promise<OpenedSecret> {
  try {
    const bytes = Uint8Array.from(atob(sealed), (character) => character.charCodeAt(0))
    const algorithm = { name: 'AES-GCM', iv: bytes.slice(0, IV_BYTES), additionalData: new Uint8Array(encoder.encode(accessKeyId)) }
    const plain = await crypto.subtle.decrypt(algorithm, keys.encryption, bytes.slice(IV_BYTES))
    return { kind: 'opened', secret: new TextDecoder().decode(plain) }
  } catch {
    // Not base64, too short, or the tag does not fit: it was not sealed with this key for this access key.
    return { kind: 'unreadable' }
  }
}
