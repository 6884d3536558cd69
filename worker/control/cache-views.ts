import type { CacheEntriesView, CacheEntryView, CacheStatsView } from '../../kv-schemas/control-api/cache.ts'
import type { ApiId, StageName } from '../../kv-schemas/ids.ts'
import { cacheEntryKey, cacheIndexName } from '../../kv-schemas/keys.ts'
import { createKvCacheStore } from '../adapters/cache/kv-cache-store.ts'
import { openEntry } from '../adapters/cache/open-entry.ts'
import type { Env } from '../adapters/env.ts'
import type { CacheStats } from '../objects/cache-books.ts'
import type { CacheIndex } from '../objects/cache-index.ts'
import type { CacheWritten } from '../semantics/caching/books.ts'
import type { CacheEntry } from '../semantics/caching/entry.ts'

/** The object that keeps the books of a stage's cache. */
export const cacheIndexOf = (env: Env, apiId: ApiId, stageName: StageName): DurableObjectStub<CacheIndex> => env.CACHE_INDEX.getByName(cacheIndexName(apiId, stageName))

/** Shows the statistics of a stage's cache. */
export function toStatsView({ counts: { alarm, ...counts }, latenciesMs, methods, ...stats }: CacheStats): CacheStatsView {
  const mean = (tier: keyof typeof counts): number => (counts[tier] === 0 ? 0 : Math.round((100 * latenciesMs[tier]) / counts[tier]) / 100)
  const meanLatenciesMs = { memory: mean('memory'), kv: mean('kv'), fill: mean('fill'), miss: mean('miss') }
  return { ...stats, counts, cacheHitCount: counts.memory + counts.kv + counts.fill, cacheMissCount: counts.miss, meanLatenciesMs, alarms: alarm, methods: [...methods] }
}

/** Shows a line of the books. */
export function toLine({ keyDigest, methodKey, bytes, usedAtMs, keepUntilMs }: CacheWritten): CacheEntriesView['entries'][number] {
  return { keyDigest, methodKey, bytes, usedAt: toIso(usedAtMs), keepUntil: toIso(keepUntilMs) }
}

/** Looks at one entry in the store; what it may be read as is shown, its body is not. */
export async function showEntry(env: Env, stage: { readonly apiId: ApiId; readonly stageName: StageName }, line: CacheWritten): Promise<CacheEntryView> {
  const bytes = await createKvCacheStore(env.CACHE).get(cacheEntryKey(stage.apiId, stage.stageName, line.keyDigest))
  const entry = bytes === null ? null : await openEntry(bytes, { stage, keyDigest: line.keyDigest, secrets: env.CACHE_ENCRYPTION_KEY })
  return { ...toLine(line), isStored: bytes !== null, ...describe(entry) }
}

function describe(entry: CacheEntry | null): Omit<CacheEntryView, keyof CacheEntriesView['entries'][number] | 'isStored'> {
  const nothing = { kind: null, statusCode: null, headers: [], bodyBytes: null, storedAt: null, freshUntil: null, tags: [], variesBy: [] }
  if (entry === null) return nothing
  if (entry.kind === 'vary') return { ...nothing, kind: 'vary', variesBy: [...entry.names] }
  return {
    kind: 'answer',
    statusCode: entry.statusCode,
    headers: [...entry.headers],
    bodyBytes: entry.body.byteLength,
    storedAt: toIso(entry.storedAtMs),
    freshUntil: toIso(entry.freshUntilMs),
    tags: [...entry.tags],
    variesBy: [],
  }
}

const toIso = (ms: number): string => new Date(ms).toISOString()
