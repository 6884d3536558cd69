import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import { cacheIndexName } from '../../../kv-schemas/keys.ts'
import type { CacheIndex } from '../../objects/cache-index.ts'
import type { CacheBooks } from './books.ts'

/** The books in the `CacheIndex` object of each stage. */
export function createObjectBooks(namespace: DurableObjectNamespace<CacheIndex>): CacheBooks {
  const of = (stage: StageDocument): DurableObjectStub<CacheIndex> => namespace.getByName(cacheIndexName(stage.apiId, stage.stageName))
  return {
    report: async (stage, report) => of(stage).report(report),
    async join(stage, keyDigest, waitMs) {
      const turn = await of(stage).join(keyDigest, waitMs)
      return turn.kind === 'filled' ? { kind: 'filled', bytes: new Uint8Array(turn.bytes) } : turn
    },
    finish: async (stage, keyDigest, bytes) => of(stage).finish(keyDigest, bytes),
  }
}
