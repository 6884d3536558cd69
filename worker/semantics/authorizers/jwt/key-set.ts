import type { JWK } from 'jose'
import { JWT_LIMITS } from './limits.ts'
import type { TokenHeader } from './parse-token.ts'

/** The public keys of an issuer as an isolate knows them. */
export interface KeySet {
  readonly keys: readonly JWK[]
  /** When the keys were fetched; null when they never were. */
  readonly fetchedAtMs: number | null
  /** When the issuer was last asked, whatever it answered. */
  readonly askedAtMs: number
}

/** What to do with a token, given the keys we have. */
export type KeyChoice =
  /** Try these keys; with `isStale`, renew the set behind the request. */
  | { readonly kind: 'use'; readonly keys: readonly JWK[]; readonly isStale: boolean }
  /** Ask the issuer first, then choose again. */
  | { readonly kind: 'fetch' }
  /** The issuer has no such key, or it was asked too lately to ask again. */
  | { readonly kind: 'unknown-key' }
  /** No key was ever seen, and the issuer does not answer. */
  | { readonly kind: 'no-keys' }

const FAMILIES: Readonly<Record<string, string>> = { RS: 'RSA', PS: 'RSA', ES: 'EC', Ed: 'OKP' }

/**
 * Chooses the keys that may have signed a token. A key id that nobody knows makes us ask the issuer, at most once a cool-down, so that rotation is seen at
 * once and forged ids can't make us a source of load; an issuer that is down leaves us with the keys that we know.
 */
export function chooseKeys(keySet: KeySet | null, header: TokenHeader, nowMs: number): KeyChoice {
  if (keySet === null) return { kind: 'fetch' }
  const sinceAskedMs = nowMs - keySet.askedAtMs
  if (keySet.fetchedAtMs === null) return sinceAskedMs >= JWT_LIMITS.outageCooldownMs ? { kind: 'fetch' } : { kind: 'no-keys' }
  const keys = keySet.keys.filter((key) => mayHaveSigned(key, header))
  if (keys.length > 0) {
    const isOld = nowMs - keySet.fetchedAtMs >= JWT_LIMITS.keySetMaxAgeMs
    return { kind: 'use', keys, isStale: isOld && sinceAskedMs >= JWT_LIMITS.unknownKeyCooldownMs }
  }
  return sinceAskedMs >= JWT_LIMITS.unknownKeyCooldownMs ? { kind: 'fetch' } : { kind: 'unknown-key' }
}

/** The set after the issuer was asked: its answer, or, when `document` is null or no key set, what was known before. */
export function renewKeySet(known: KeySet | null, document: unknown, askedAtMs: number): KeySet {
  const keys = parseKeySet(document)
  // A slow answer never takes the place of a later one.
  if (known !== null && askedAtMs < known.askedAtMs) return known
  if (keys !== null) return { keys, fetchedAtMs: askedAtMs, askedAtMs }
  return { keys: known?.keys ?? [], fetchedAtMs: known?.fetchedAtMs ?? null, askedAtMs }
}

function parseKeySet(document: unknown): readonly JWK[] | null {
  if (typeof document !== 'object' || document === null || !('keys' in document) || !Array.isArray(document.keys)) return null
  const list: readonly unknown[] = document.keys
  return list.slice(0, JWT_LIMITS.keysMax).filter(isPublicKey)
}

/** A key for signatures that is not a secret: a symmetric key in a public document is nobody's. */
function isPublicKey(key: unknown): key is JWK {
  if (typeof key !== 'object' || key === null || !('kty' in key)) return false
  const isPublic = (key.kty === 'RSA' || key.kty === 'EC' || key.kty === 'OKP') && !('d' in key) && !('k' in key)
  return isPublic && (!('use' in key) || key.use === 'sig')
}

function mayHaveSigned(key: JWK, { algorithm, keyId }: TokenHeader): boolean {
  if (key.kty !== FAMILIES[algorithm.slice(0, 2)]) return false
  if (key.alg !== undefined && key.alg !== algorithm) return false
  return keyId === null || key.kid === keyId
}
