import { DurableObject } from 'cloudflare:workers'
import type { Limit } from '../semantics/throttling/gcra.ts'
import { answerAsk } from '../semantics/throttling/leases/answer-ask.ts'
import { LEASE_LIMITS } from '../semantics/throttling/leases/lease-limits.ts'
import { openBucket, type LentBucket, type SavedBucket } from '../semantics/throttling/leases/lent-bucket.ts'
import type { Ask, Reply } from '../semantics/throttling/leases/protocol.ts'
import { bringBackOne, takeOne, type TakenOne } from '../semantics/throttling/leases/take-one.ts'

/** The key under which the state is kept. */
const SAVED = 'bucket'

/**
 * One token bucket, for all isolates: it gives single tokens (mode `exact`) and lends them (mode `lease`). What is written runs ahead of the bucket, so that a restart never
 * lets more through than the limit, and not every request writes. An answer leaves after what it depends on is durable.
 */
export class TokenBucket extends DurableObject<unknown> {
  #bucket: LentBucket | null = null

  /** Takes one token, or says when there will be one. */
  take(limit: Limit): TakenOne {
    const nowMs = Date.now()
    const { taken, save } = takeOne(this.#open(limit, nowMs), limit, nowMs, LEASE_LIMITS)
    this.#save(save)
    return taken
  }

  /** Puts one token back; what is saved stays ahead. */
  giveBack(limit: Limit, atMs: number): void {
    const nowMs = Date.now()
    bringBackOne(this.#open(limit, nowMs), atMs, nowMs)
  }

  /** Takes a holder's report and lends tokens. */
  ask(ask: Ask): Reply {
    const nowMs = Date.now()
    const { reply, save } = answerAsk(this.#open(ask.limit, nowMs), ask, nowMs, LEASE_LIMITS)
    this.#save(save)
    return reply
  }

  #open(limit: Limit, nowMs: number): LentBucket {
    this.#bucket ??= openBucket(this.ctx.storage.kv.get<SavedBucket>(SAVED) ?? null, limit, nowMs, LEASE_LIMITS)
    return this.#bucket
  }

  #save(save: SavedBucket | null): void {
    if (save !== null) this.ctx.storage.kv.put(SAVED, save)
  }
}
