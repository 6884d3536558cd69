import { DurableObject } from 'cloudflare:workers'
import { bucketPartName } from '../../kv-schemas/keys.ts'
import type { Limit } from '../semantics/throttling/gcra.ts'
import { answerAsk } from '../semantics/throttling/leases/answer-ask.ts'
import { LEASE_LIMITS } from '../semantics/throttling/leases/lease-limits.ts'
import { openBucket, type LentBucket, type SavedBucket } from '../semantics/throttling/leases/lent-bucket.ts'
import type { Ask, Reply } from '../semantics/throttling/leases/protocol.ts'
import { bringBackOne, takeOne, type TakenOne } from '../semantics/throttling/leases/take-one.ts'
import { createBucketPart, type BucketPart } from './bucket-part.ts'

/** The key under which the state is kept. */
const SAVED = 'bucket'

/** What the object of a bucket needs of the Worker: its parts are objects of the same class. */
interface Bindings {
  readonly TOKEN_BUCKET: DurableObjectNamespace<TokenBucket>
}

/** Which part of which bucket an object is. */
export interface PartOf {
  readonly bucket: string
  readonly part: number
}

/**
 * One token bucket, for all isolates: it gives single tokens (mode `exact`) and lends them (mode `lease`). What is written runs ahead of the bucket, so that a restart never
 * lets more through than the limit, and not every request writes. An answer leaves after what it depends on is durable. Or a part of a hot bucket, between it and some of the
 * isolates; a part writes nothing.
 */
export class TokenBucket extends DurableObject<Bindings> {
  #bucket: LentBucket | null = null
  #part: BucketPart | null = null
  /** How many parts were woken. */
  #woken = 0

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
    this.#wakeParts(reply.parts, ask.limit)
    return reply
  }

  /** Takes the report of a holder that asks a part, and lends of what the part has. */
  askPart(of: PartOf, ask: Ask): Promise<Reply> {
    return this.#openPart(of).ask(ask)
  }

  /** Lets a part get in touch with its bucket. */
  wakePart(of: PartOf, limit: Limit): void {
    this.#openPart(of).wake(limit)
  }

  #openPart({ bucket, part }: PartOf): BucketPart {
    this.#part ??= createBucketPart(part, (ask) => this.env.TOKEN_BUCKET.getByName(bucket).ask(ask))
    return this.#part
  }

  /** Parts begin near their bucket, and before anybody asks them. */
  #wakeParts(parts: number, limit: Limit): void {
    const bucket = this.ctx.id.name
    if (bucket === undefined) return
    for (let part = this.#woken + 1; part <= parts; part += 1) {
      // One that does not wake now will when it is asked.
      this.ctx.waitUntil(Promise.resolve(this.env.TOKEN_BUCKET.getByName(bucketPartName(bucket, part)).wakePart({ bucket, part }, limit)).catch(() => null))
    }
    this.#woken = parts
  }

  #open(limit: Limit, nowMs: number): LentBucket {
    this.#bucket ??= openBucket(this.ctx.storage.kv.get<SavedBucket>(SAVED) ?? null, limit, nowMs, LEASE_LIMITS)
    return this.#bucket
  }

  #save(save: SavedBucket | null): void {
    if (save !== null) this.ctx.storage.kv.put(SAVED, save)
  }
}
