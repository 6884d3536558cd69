import type { Bytes } from './entry.ts'

/** A secret of `CACHE_ENCRYPTION_KEY`, with the id that entries name it by. */
export interface RingKey {
  readonly id: string
  readonly secret: Bytes
}

/** The secrets, the one that encrypts first; the others only decrypt, until what they encrypted has expired. */
export type KeyRing = readonly RingKey[]

/** A ring, or what is wrong with the text. */
export type ParsedKeyRing = { readonly kind: 'ring'; readonly ring: KeyRing } | { readonly kind: 'refused'; readonly reason: string }

/** A secret shorter than this is no secret (NIST SP 800-107: as long as the hash's security strength). */
const SECRET_BYTES_MIN = 32
const KEYS_MAX = 8

/**
 * Reads `CACHE_ENCRYPTION_KEY`: base64 of at least 32 random bytes, or several as `id:base64,id:base64`, the current one first. To rotate: put the new one in front,
 * and take the old one away an hour later, when all that it encrypted has expired.
 */
export function parseKeyRing(text: string): ParsedKeyRing {
  const parts = text.split(',').map((part) => part.trim())
  if (parts.length > KEYS_MAX) return refused(`it has more than ${KEYS_MAX} keys`)
  const ring: RingKey[] = []
  for (const part of parts) {
    const colon = part.indexOf(':')
    const id = colon === -1 ? 'default' : part.slice(0, colon)
    if (!/^[A-Za-z0-9_-]{1,32}$/u.test(id)) return refused('an id is 1 to 32 letters, digits, _ and -')
    if (ring.some((key) => key.id === id)) return refused(`two keys have the id ${id}`)
    const secret = fromBase64(part.slice(colon + 1))
    if (secret === null) return refused(`the key ${id} is not base64`)
    if (secret.byteLength < SECRET_BYTES_MIN) return refused(`the key ${id} is shorter than ${SECRET_BYTES_MIN} bytes`)
    ring.push({ id, secret })
  }
  return { kind: 'ring', ring }
}

/** Derives the AES key of one stage from a secret (HKDF with SHA-256), so that no stage can read what another stored. */
export async function deriveStageKey(secret: Bytes, stage: { readonly apiId: string; readonly stageName: string }): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode(`stagedoor cache entry 1 ${stage.apiId}/${stage.stageName}`)
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info }
  return crypto.subtle.deriveKey(algorithm, material, { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
}

function fromBase64(text: string): Bytes | null {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  } catch {
    // Not base64.
    return null
  }
}

function refused(reason: string): ParsedKeyRing {
  return { kind: 'refused', reason: `CACHE_ENCRYPTION_KEY: ${reason}` }
}
