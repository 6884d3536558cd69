import { describe, expect, it } from 'vitest'
import { nextAsk, onFailure, onReply, wakeMs } from '../../../../../worker/semantics/throttling/leases/lease-asks.ts'
import { LEASE_LIMITS } from '../../../../../worker/semantics/throttling/leases/lease-limits.ts'
import { arrive, isUnreachable, leaveLine, openLease, refresh, remainingOf, standingOf, takeToken, type Lease } from '../../../../../worker/semantics/throttling/leases/lease.ts'
import type { Reply } from '../../../../../worker/semantics/throttling/leases/protocol.ts'

const LIMIT = { rateLimit: 100, burstLimit: 100 }
const LIMITS = LEASE_LIMITS

const replyTo = (lease: Lease, parts: Partial<Reply> = {}): Reply => ({ seq: lease.seq, served: 0, kept: 0, rest: 'none', waitMs: 0, emptyMs: 0, paceMs: 0, parts: 0, inherited: 0, level: 50, ...parts })

/** A lease whose first request waited, was served at 50 ms, and that keeps so many tokens. */
function leaseWith(kept: number): Lease {
  const lease = openLease('isolate', LIMIT, 0, LIMITS)
  arrive(lease, LIMIT, 0, LIMITS)
  lease.waiting = 1
  nextAsk(lease, 0, LIMITS)
  onReply(lease, replyTo(lease, { served: 1, kept }), 50, LIMITS)
  return lease
}

describe('a request', () => {
  it('has to ask while nothing is held, and takes from the store after that', () => {
    const lease = openLease('isolate', LIMIT, 0, LIMITS)
    arrive(lease, LIMIT, 0, LIMITS)
    expect(standingOf(lease, 0, LIMITS).kind).toBe('short')
    lease.waiting = 1
    expect(nextAsk(lease, 0, LIMITS)).toMatchObject({ seq: 1, held: 0, returned: 0, waiting: 1 })
    expect(nextAsk(lease, 10, LIMITS)).toBeNull()
    expect(onReply(lease, replyTo(lease, { served: 1, kept: 3 }), 50, LIMITS)).toEqual({ admitted: 1, refused: 0 })
    expect(standingOf(lease, 50, LIMITS).kind).toBe('ready')
    expect(takeToken(lease, 50, LIMITS)).toBe(false)
    expect(lease.tokens).toBe(2)
  })

  it('is never let through at a rate of 0', () => {
    const lease = openLease('isolate', { rateLimit: 0, burstLimit: 1 }, 0, LIMITS)
    expect(standingOf(lease, 0, LIMITS)).toEqual({ kind: 'refused', retryAfterMs: Infinity, isOwnShare: false })
  })

  it('that came while an ask was on its way is served from what the reply keeps', () => {
    const lease = openLease('isolate', LIMIT, 0, LIMITS)
    lease.waiting = 1
    nextAsk(lease, 0, LIMITS)
    lease.waiting = 4
    expect(onReply(lease, replyTo(lease, { served: 1, kept: 2 }), 50, LIMITS)).toEqual({ admitted: 3, refused: 0 })
    expect(lease.waiting).toBe(1)
    expect(nextAsk(lease, 50, LIMITS)).toMatchObject({ seq: 2, waiting: 1, held: 0 })
  })

  it('that gave up leaves its token to the next', () => {
    const lease = openLease('isolate', LIMIT, 0, LIMITS)
    lease.waiting = 2
    nextAsk(lease, 0, LIMITS)
    leaveLine(lease)
    expect(onReply(lease, replyTo(lease, { served: 2 }), 50, LIMITS)).toEqual({ admitted: 1, refused: 0 })
  })
})

describe('the word of the object', () => {
  it('that the bucket is empty holds for those that wait, and for others until a token is there', () => {
    const lease = openLease('isolate', LIMIT, 0, LIMITS)
    lease.waiting = 3
    nextAsk(lease, 0, LIMITS)
    expect(onReply(lease, replyTo(lease, { served: 1, rest: 'refused', emptyMs: 500 }), 100, LIMITS)).toEqual({ admitted: 1, refused: 2 })
    expect(standingOf(lease, 400, LIMITS)).toEqual({ kind: 'refused', retryAfterMs: 100, isOwnShare: false })
    // An ask that leaves one round trip (100 ms) ahead is there in time.
    expect(standingOf(lease, 500, LIMITS).kind).toBe('short')
  })

  it('to wait makes it ask again when tokens are there', () => {
    const lease = openLease('isolate', LIMIT, 0, LIMITS)
    lease.waiting = 1
    nextAsk(lease, 0, LIMITS)
    expect(onReply(lease, replyTo(lease, { rest: 'wait', waitMs: 300 }), 100, LIMITS)).toEqual({ admitted: 0, refused: 0 })
    expect([nextAsk(lease, 299, LIMITS), wakeMs(lease, LIMITS)]).toEqual([null, 300])
    expect(nextAsk(lease, 300, LIMITS)).toMatchObject({ seq: 2, waiting: 1 })
  })

  it('about its pace is kept', () => {
    const lease = openLease('isolate', LIMIT, 0, LIMITS)
    lease.waiting = 1
    nextAsk(lease, 0, LIMITS)
    onReply(lease, replyTo(lease, { served: 1, paceMs: 250 }), 50, LIMITS)
    lease.waiting = 1
    expect([nextAsk(lease, 249, LIMITS), nextAsk(lease, 250, LIMITS)?.seq]).toEqual([null, 2])
  })
})

describe('tokens in store', () => {
  it('are spent for two seconds from when they were asked for, and then go back', () => {
    const lease = leaseWith(5)
    refresh(lease, 1_999)
    expect(lease.tokens).toBe(5)
    refresh(lease, 2_000)
    expect([lease.tokens, lease.returning]).toEqual([0, 5])
  })

  it('go back after a second without use', () => {
    const lease = leaseWith(5)
    expect(wakeMs(lease, LIMITS)).toBe(1_050)
    expect(nextAsk(lease, 1_049, LIMITS)).toBeNull()
    expect(nextAsk(lease, 1_050, LIMITS)).toMatchObject({ held: 0, returned: 5, waiting: 0, want: 0 })
  })

  it('that nobody uses go back, and none are asked for ahead until somebody needs one', () => {
    const lease = leaseWith(5)
    for (let request = 0; request < 600; request += 1) arrive(lease, LIMIT, 60, LIMITS)
    expect(nextAsk(lease, 1_050, LIMITS)).toMatchObject({ held: 0, returned: 5, want: 0 })
    onReply(lease, replyTo(lease), 1_060, LIMITS)
    expect([nextAsk(lease, 1_060, LIMITS), wakeMs(lease, LIMITS)]).toEqual([null, null])
    lease.waiting = 1
    expect(nextAsk(lease, 1_070, LIMITS)).toMatchObject({ waiting: 1, want: expect.toSatisfy((want: number) => want > 1) })
  })

  it('go back when the clock is set back: nobody knows how old they are', () => {
    const lease = leaseWith(5)
    refresh(lease, 40)
    expect([lease.tokens, lease.returning]).toEqual([0, 5])
  })

  it('that come after the clock was set back go back as well', () => {
    const lease = openLease('isolate', LIMIT, 1_000, LIMITS)
    lease.waiting = 1
    nextAsk(lease, 1_000, LIMITS)
    refresh(lease, 500)
    onReply(lease, replyTo(lease, { served: 1, kept: 5 }), 510, LIMITS)
    expect([lease.tokens, lease.returning]).toEqual([0, 5])
  })

  it('are asked for ahead, by the demand', () => {
    const lease = leaseWith(30)
    for (let atMs = 50; atMs < 1_000 && lease.tokens > 0; atMs += 10) {
      arrive(lease, LIMIT, atMs, LIMITS)
      takeToken(lease, atMs, LIMITS)
      const ask = nextAsk(lease, atMs, LIMITS)
      if (ask === null) continue
      expect(ask.waiting).toBe(0)
      expect(ask.held).toBeGreaterThan(3)
      expect(ask.want).toBeGreaterThan(5)
      return
    }
    expect.unreachable('nothing was asked for')
  })
})

describe('an ask without an answer', () => {
  it('is sent again as it was, at once when it broke off, else after a while', () => {
    const lease = openLease('isolate', LIMIT, 0, LIMITS)
    lease.waiting = 1
    const ask = nextAsk(lease, 0, LIMITS)
    lease.waiting = 2
    onFailure(lease, 1, 20, LIMITS)
    expect(nextAsk(lease, 20, LIMITS)).toEqual(ask)
    expect([nextAsk(lease, 419, LIMITS), nextAsk(lease, 420, LIMITS)]).toEqual([null, ask])
  })

  it('too often makes the isolate go by its own share; the next answer ends that', () => {
    const lease = openLease('isolate', LIMIT, 0, LIMITS)
    lease.waiting = 1
    nextAsk(lease, 0, LIMITS)
    for (let attempt = 0; attempt < LIMITS.failuresMax; attempt += 1) {
      expect(isUnreachable(lease, LIMITS)).toBe(false)
      onFailure(lease, 1, 20, LIMITS)
      nextAsk(lease, 20, LIMITS)
    }
    expect(isUnreachable(lease, LIMITS)).toBe(true)
    let taken = 0
    while (standingOf(lease, 30, LIMITS).kind === 'ready') {
      expect(takeToken(lease, 30, LIMITS)).toBe(true)
      taken += 1
    }
    expect(taken).toBe(10)
    expect(standingOf(lease, 30, LIMITS)).toMatchObject({ kind: 'refused', isOwnShare: true })
    onReply(lease, replyTo(lease, { served: 1, kept: 4 }), 40, LIMITS)
    expect([isUnreachable(lease, LIMITS), lease.tokens]).toEqual([false, 4])
  })

  it('is not answered by a reply to another', () => {
    const lease = openLease('isolate', LIMIT, 0, LIMITS)
    lease.waiting = 1
    nextAsk(lease, 0, LIMITS)
    expect(onReply(lease, replyTo(lease, { seq: 9, served: 1 }), 50, LIMITS)).toEqual({ admitted: 0, refused: 0 })
    expect(lease.waiting).toBe(1)
  })
})

describe('what is left', () => {
  it('is what the object said, what has flowed in since, and what is in store', () => {
    const lease = leaseWith(5)
    expect([remainingOf(lease, 50), remainingOf(lease, 150), remainingOf(lease, 9_000)]).toEqual([55, 65, 100])
  })
})
