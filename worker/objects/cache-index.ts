import { DurableObject } from 'cloudflare:workers'
import { cacheEntryPrefix, splitCacheIndexName } from '../../kv-schemas/keys.ts'
import { fromMetadata, type CacheNews, type CacheReport, type CacheWritten } from '../semantics/caching/books.ts'
import { openBooks, type CacheStats, type StageBooks } from './cache-books.ts'
import { openChanges, type StageChanges } from './stage-changes.ts'
import { createStageFills, type StageFills, type StageTurn } from './stage-fills.ts'

/** The bindings that the object needs. */
interface CacheIndexEnv {
  readonly CACHE: KVNamespace
}

/** How often the books are compared with the store, how far one comparison reads, and how new an entry may be that the store does not show yet. */
const LIMITS = { reconcileEveryMs: 3_600_000, pagesMax: 10, settleMs: 120_000 } as const

/**
 * The books of one stage's response cache: which entries the store holds, how large, when last used. It evicts the oldest when the cache is larger than its
 * `cacheClusterSize`, and gives the duty to fill an entry to one isolate at a time where the stage asks for that. No response waits for the books.
 *
 * A report that got lost is repaired: an entry comes back into the books when an isolate reads it, and every hour they are compared with the store itself.
 */
export class CacheIndex extends DurableObject<CacheIndexEnv> {
  readonly #books: StageBooks
  readonly #changes: StageChanges
  readonly #fills: StageFills

  constructor(state: DurableObjectState, env: CacheIndexEnv) {
    super(state, env)
    this.#books = openBooks(state.storage.sql)
    this.#changes = openChanges(state.storage.sql)
    this.#fills = createStageFills(() => Date.now())
  }

  /** Enters what an isolate tells, and tells it what others changed. */
  async report(report: CacheReport): Promise<CacheNews> {
    this.#changes.enter(report.changed, Date.now())
    const evicted = this.#books.enter(report, Date.now())
    if ((await this.ctx.storage.getAlarm()) === null) await this.ctx.storage.setAlarm(Date.now() + LIMITS.reconcileEveryMs)
    const prefix = this.#prefix()
    for (const keyDigest of evicted) await this.env.CACHE.delete(`${prefix}${keyDigest}`)
    return this.#changes.since(report.changesSeen)
  }

  /** Gives the duty to fill an entry, or what another isolate filled in meanwhile. */
  async join(keyDigest: string, waitMs: number): Promise<StageTurn> {
    return this.#fills.join(keyDigest, waitMs)
  }

  /** Ends a fill: with the entry, or null when it can't be stored. */
  async finish(keyDigest: string, bytes: Uint8Array | null): Promise<void> {
    this.#fills.finish(keyDigest, bytes)
  }

  /** A flush of the stage: what stands under earlier epochs counts no more. */
  async flush(cacheEpoch: number): Promise<void> {
    this.#books.flush(cacheEpoch)
  }

  /** What the cache holds and how it did. */
  async stats(): Promise<CacheStats> {
    return this.#books.stats()
  }

  /** The entries whose digest begins with a prefix, the last used first. */
  async find(keyDigestPrefix: string, entriesMax: number): Promise<readonly CacheWritten[]> {
    return this.#books.find(keyDigestPrefix, entriesMax)
  }

  /** Compares the books with the store; goes on every hour while there is anything in them. */
  override async alarm(): Promise<void> {
    const { found, isWhole } = await this.#listStore()
    this.#books.reconcile(found, isWhole ? Date.now() - LIMITS.settleMs : 0)
    if (this.#books.stats().entries > 0) await this.ctx.storage.setAlarm(Date.now() + LIMITS.reconcileEveryMs)
  }

  async #listStore(): Promise<{ readonly found: readonly CacheWritten[]; readonly isWhole: boolean }> {
    const prefix = this.#prefix()
    const found: CacheWritten[] = []
    let cursor: string | null = null
    for (let page = 0; page < LIMITS.pagesMax; page += 1) {
      const list: KVNamespaceListResult<unknown> = await this.env.CACHE.list({ prefix, cursor })
      for (const { name, metadata } of list.keys) {
        const written = fromMetadata(name.slice(prefix.length), metadata, Date.now())
        if (written !== null) found.push(written)
      }
      if (list.list_complete) return { found, isWhole: true }
      cursor = list.cursor
    }
    return { found, isWhole: false }
  }

  #prefix(): string {
    const { apiId, stageName } = splitCacheIndexName(this.ctx.id.name ?? '')
    return cacheEntryPrefix(apiId, stageName)
  }
}
