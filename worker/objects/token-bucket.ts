import { DurableObject } from 'cloudflare:workers'
import { fillMsOf, takeTokens, tokensAt, type Limit } from '../semantics/throttling/gcra.ts'

/** What an object tells of a take. */
export type BucketAnswer = { readonly kind: 'taken'; readonly remaining: number } | { readonly kind: 'refused'; readonly retryAfterMs: number }

/** The key under which the state is kept, and how far it runs ahead of the bucket: the share of a filling that a restart may cost, and how often that is written. */
const SAVED = 'tatMs'
const SAVE_AHEAD_SHARE = 0.05

/**
 * One token bucket, for all isolates. Its whole state is one GCRA timestamp. What is written runs ahead of the bucket, so that a restart never lets more through than the
 * limit, and not every request writes.
 */
export class TokenBucket extends DurableObject<unknown> {
  #tatMs: number
  #savedMs: number

  constructor(state: DurableObjectState, env: unknown) {
    super(state, env)
    this.#savedMs = state.storage.kv.get<number>(SAVED) ?? 0
    this.#tatMs = this.#savedMs
  }

  /** Takes one token, or says when there will be one. The answer leaves after what it depends on is durable. */
  take(limit: Limit): BucketAnswer {
    const nowMs = Date.now()
    const taking = takeTokens(this.#tatMs, limit, { count: 1, nowMs })
    this.#tatMs = taking.tatMs
    if (taking.kind === 'refused') return { kind: 'refused', retryAfterMs: taking.retryAfterMs }
    if (this.#tatMs > this.#savedMs) {
      this.#savedMs = this.#tatMs + fillMsOf(limit) * SAVE_AHEAD_SHARE
      this.ctx.storage.kv.put(SAVED, this.#savedMs)
    }
    return { kind: 'taken', remaining: tokensAt(this.#tatMs, limit, nowMs) }
  }

  /** Puts one token back; what is saved stays ahead. */
  giveBack(limit: Limit): void {
    this.#tatMs -= 1000 / limit.rateLimit
  }
}
