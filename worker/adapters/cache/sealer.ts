import type { Bytes, CachePlace } from '../../ports.ts'
import { deriveStageKey, type KeyRing, type RingKey } from '../../semantics/caching/key-ring.ts'
import { readKeyId, seal, unseal } from '../../semantics/caching/sealing.ts'

/** What came of opening bytes that the store gave for an encrypted place. */
export type Opened = { readonly kind: 'opened'; readonly bytes: Bytes } | { readonly kind: 'not-sealed' } | { readonly kind: 'unknown-key' } | { readonly kind: 'tampered' }

/** Encrypts what leaves the isolate. */
export interface Sealer {
  /** Null when there is no key to encrypt with; then the entry stays in the isolate. */
  close(plain: Bytes, place: CachePlace, keyDigest: string): Promise<Bytes | null>
  open(bytes: Bytes, place: CachePlace, keyDigest: string): Promise<Opened>
}

const IV_BYTES = 12

/** Seals with the first key of the ring and opens with any; the derived keys are kept in `stageKeys`. */
export function createSealer(ring: () => KeyRing, stageKeys: Map<string, CryptoKey>): Sealer {
  const stageKeyOf = async (key: RingKey, { stage }: CachePlace): Promise<CryptoKey> => {
    const name = `${key.id} ${stage.apiId}/${stage.stageName}`
    const known = stageKeys.get(name)
    if (known !== undefined) return known
    const derived = await deriveStageKey(key.secret, stage)
    stageKeys.set(name, derived)
    return derived
  }
  return {
    async close(plain, place, keyDigest) {
      const [current] = ring()
      if (current === undefined) return null
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
      return seal(plain, { keyId: current.id, key: await stageKeyOf(current, place), iv, keyDigest })
    },
    async open(bytes, place, keyDigest) {
      const id = readKeyId(bytes)
      if (id === null) return { kind: 'not-sealed' }
      const key = ring().find((candidate) => candidate.id === id)
      if (key === undefined) return { kind: 'unknown-key' }
      const plain = await unseal(bytes, await stageKeyOf(key, place), keyDigest)
      return plain === null ? { kind: 'tampered' } : { kind: 'opened', bytes: plain }
    },
  }
}
