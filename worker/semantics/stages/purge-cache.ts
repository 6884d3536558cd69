import type { CachePurge } from '../../../kv-schemas/documents/stage.ts'
import { CACHE_PURGES_MAX } from '../../../kv-schemas/limits.ts'
import { addPurge } from '../caching/purges.ts'
import { revise, type StageOutcome } from './stage-change.ts'
import type { StageRecord } from './stage-record.ts'

/** Empties a stage's response cache: entries of an earlier epoch are never read again (aws-rest 9). */
export function flushCache(record: StageRecord): StageOutcome {
  return revise(record, { cacheEpoch: record.cacheEpoch + 1, cachePurges: [] })
}

/** Takes one method or one tag out of a stage's response cache; the whole, when there are more purges than a stage remembers. */
export function purgeCache(record: StageRecord, purge: CachePurge): StageOutcome {
  const cachePurges = addPurge(record.cachePurges, purge, CACHE_PURGES_MAX)
  return cachePurges === null ? flushCache(record) : revise(record, { cachePurges })
}
