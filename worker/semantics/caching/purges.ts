import type { CachePurge } from '../../../kv-schemas/documents/stage.ts'
import type { CachedAnswer } from './entry.ts'
import { LIMITS } from './limits.ts'

/** The method and tags under which an answer can be purged. */
interface Purgeable {
  /** Resource path and method, as in `methodSettings`: `pets/{petId}/GET`. */
  readonly methodKey: string
  readonly answer: Pick<CachedAnswer, 'requestedAtMs' | 'tags'>
}

/** Whether a purge of its method or of one of its tags came after the answer was asked for. */
export function isPurged(purges: readonly CachePurge[], { methodKey, answer }: Purgeable): boolean {
  return purges.some((purge) => {
    if (answer.requestedAtMs > purge.atMs) return false
    switch (purge.kind) {
      case 'method':
        return purge.value === methodKey
      case 'tag':
        return answer.tags.includes(purge.value)
      default:
        return purge.kind satisfies never
    }
  })
}

/**
 * The stage's purges after one more. Those that no kept answer can be older than are dropped; null when there are too many to remember, and the whole cache is to be
 * flushed instead.
 */
export function addPurge(purges: readonly CachePurge[], purge: CachePurge, purgesMax: number): readonly CachePurge[] | null {
  const oldestMs = purge.atMs - LIMITS.keepSecondsMax * 1000
  const others = purges.filter((other) => other.atMs > oldestMs && !(other.kind === purge.kind && other.value === purge.value))
  return others.length < purgesMax ? [...others, purge] : null
}
