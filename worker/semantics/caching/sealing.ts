import type { Bytes } from './entry.ts'

/** A sealed entry taken apart: everything but the meaning. */
interface Sealed {
  readonly keyId: string
  readonly iv: Bytes
  readonly ciphertext: Bytes
}

/** Begins every sealed entry. */
const MAGIC = 0x53_44_43_45
const IV_BYTES = 12

/** What `seal` needs beyond the bytes. */
export interface SealOptions {
  readonly keyId: string
  readonly key: CryptoKey
  /** Twelve random bytes, never used twice with the same key (NIST SP 800-38D). */
  readonly iv: Bytes
  /** The digest of the cache key, authenticated with the entry: bytes that stand under another key do not open. */
  readonly keyDigest: string
}

/** Encrypts an entry with AES-GCM: the magic, the length of the key id, the key id, the IV, the ciphertext. */
export async function seal(plain: Bytes, { keyId, key, iv, keyDigest }: SealOptions): Promise<Bytes> {
  const ciphertext = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: toBytes(keyDigest) }, key, plain)
  const id = toBytes(keyId)
  const sealed = new Uint8Array(5 + id.byteLength + IV_BYTES + ciphertext.byteLength)
  new DataView(sealed.buffer).setUint32(0, MAGIC)
  sealed[4] = id.byteLength
  sealed.set(id, 5)
  sealed.set(iv, 5 + id.byteLength)
  sealed.set(new Uint8Array(ciphertext), 5 + id.byteLength + IV_BYTES)
  return sealed
}

/** The id of the key that sealed an entry; null when the bytes are not a sealed entry. */
export function readKeyId(bytes: Bytes): string | null {
  return takeApart(bytes)?.keyId ?? null
}

/** Decrypts an entry; null when it was changed, or sealed for another key of the cache. */
export async function unseal(bytes: Bytes, key: CryptoKey, keyDigest: string): Promise<Bytes | null> {
  const sealed = takeApart(bytes)
  if (sealed === null) return null
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: sealed.iv, additionalData: toBytes(keyDigest) }, key, sealed.ciphertext))
  } catch {
    // The tag does not fit: tampered with, or moved here from another key.
    return null
  }
}

function takeApart(bytes: Bytes): Sealed | null {
  if (bytes.byteLength < 5 + IV_BYTES) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const ivAt = 5 + view.getUint8(4)
  if (view.getUint32(0) !== MAGIC || bytes.byteLength < ivAt + IV_BYTES) return null
  return { keyId: new TextDecoder().decode(bytes.subarray(5, ivAt)), iv: bytes.subarray(ivAt, ivAt + IV_BYTES), ciphertext: bytes.subarray(ivAt + IV_BYTES) }
}

function toBytes(text: string): Bytes {
  return new Uint8Array(new TextEncoder().encode(text))
}
