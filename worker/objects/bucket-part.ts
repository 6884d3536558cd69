import type { Limit } from '../semantics/throttling/gcra.ts'
import { onFailure } from '../semantics/throttling/leases/lease-asks.ts'
import { PART_LIMITS } from '../semantics/throttling/leases/lease-limits.ts'
import { answerPartAsk, isInTouch, nextPartAsk, onPartReply, openPart, partWakeMs, type Part } from '../semantics/throttling/leases/part.ts'
import type { Ask, Reply } from '../semantics/throttling/leases/protocol.ts'

/** A part of a hot bucket, in its object. */
export interface BucketPart {
  /** Answers an isolate; throws when the bucket can't be heard. */
  ask(ask: Ask): Promise<Reply>
  /** Gets in touch with the bucket before anybody asks. */
  wake(limit: Limit): void
}

/** How long an ask waits for word from the bucket, less than its isolate waits for the answer; and the least time between two looks at the clock. */
const LIMITS = { touchMs: 300, wakeMsMin: 10 } as const

/** Hosts a part: asks its bucket when it needs tokens, brings back what nobody needs, and lets nobody spend while it is out of touch. */
export function createBucketPart(index: number, askBucket: (ask: Ask) => Promise<Reply>): BucketPart {
  const holder = `part-${index}.${crypto.randomUUID()}`
  let part: Part | null = null
  let wakesAtMs = Infinity
  let touch = Promise.withResolvers<void>()

  const open = (limit: Limit): Part => (part ??= openPart(index, holder, limit, Date.now()))

  function pump(opened: Part): void {
    const ask = nextPartAsk(opened, Date.now())
    if (ask !== null) void send(opened, ask)
    const atMs = partWakeMs(opened)
    if (atMs !== null && atMs < wakesAtMs) void wakeAt(opened, atMs)
  }

  async function wakeAt(opened: Part, atMs: number): Promise<void> {
    wakesAtMs = atMs
    await scheduler.wait(Math.max(LIMITS.wakeMsMin, atMs - Date.now()))
    if (wakesAtMs !== atMs) return
    wakesAtMs = Infinity
    pump(opened)
  }

  async function send(opened: Part, ask: Ask): Promise<void> {
    try {
      onPartReply(opened, await askBucket(ask), Date.now())
      touch.resolve()
      touch = Promise.withResolvers()
    } catch {
      // The ask is sent again; when that does not help, the part gets out of touch and its isolates go by their own shares, which the log tells.
      onFailure(opened.lease, ask.seq, Date.now(), PART_LIMITS)
    }
    pump(opened)
  }

  return {
    async ask(ask) {
      const opened = open(ask.limit)
      if (!isInTouch(opened, Date.now())) {
        pump(opened)
        await Promise.race([touch.promise, scheduler.wait(LIMITS.touchMs)])
      }
      if (!isInTouch(opened, Date.now())) throw new Error('the part is out of touch with its bucket')
      const reply = answerPartAsk(opened, ask, Date.now())
      pump(opened)
      return reply
    },
    wake(limit) {
      pump(open(limit))
    },
  }
}
