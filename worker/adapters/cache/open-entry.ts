import type { ApiId, StageName } from '../../../kv-schemas/ids.ts'
import type { Bytes } from '../../ports.ts'
import { decodeEntry } from '../../semantics/caching/entry-codec.ts'
import type { CacheEntry } from '../../semantics/caching/entry.ts'
import { deriveStageKey, parseKeyRing } from '../../semantics/caching/key-ring.ts'
import { readKeyId, unseal } from '../../semantics/caching/sealing.ts'

/** Whose entry it is, and how it may be opened. */
export interface OpenEntryOptions {
  readonly stage: { readonly apiId: ApiId; readonly stageName: StageName }
  readonly keyDigest: string
  /** `CACHE_ENCRYPTION_KEY`. */
  readonly secrets: string | undefined
}

/** Reads an entry for somebody who looks at the cache, encrypted or not; null when it can't be read. */
export async function openEntry(bytes: Bytes, { stage, keyDigest, secrets }: OpenEntryOptions): Promise<CacheEntry | null> {
  const id = readKeyId(bytes)
  const plain = id === null ? bytes : await openSealed(bytes, id, { stage, keyDigest, secrets })
  const decoded = plain === null ? null : decodeEntry(plain, keyDigest)
  return decoded?.kind === 'entry' ? decoded.entry : null
}

async function openSealed(bytes: Bytes, id: string, { stage, keyDigest, secrets }: OpenEntryOptions): Promise<Bytes | null> {
  const parsed = secrets === undefined ? null : parseKeyRing(secrets)
  const key = parsed?.kind === 'ring' ? parsed.ring.find((candidate) => candidate.id === id) : undefined
  return key === undefined ? null : unseal(bytes, await deriveStageKey(key.secret, stage), keyDigest)
}
