import { describe, expect, it } from 'vitest'
import { answerAsk } from '../../../../../worker/semantics/throttling/leases/answer-ask.ts'
import { LEASE_LIMITS } from '../../../../../worker/semantics/throttling/leases/lease-limits.ts'
import { openBucket, outstandingOf, saveAhead, settle, type LentBucket } from '../../../../../worker/semantics/throttling/leases/lent-bucket.ts'
import type { Ask, Reply } from '../../../../../worker/semantics/throttling/leases/protocol.ts'

const LIMIT = { rateLimit: 100, burstLimit: 100 }

/** An object at time 0, and asks to it. */
function objectOf(bucket: LentBucket = openBucket(null, LIMIT, 0, LEASE_LIMITS)) {
  const seqs = new Map<string, number>()
  const ask = (holder: string, atMs: number, parts: Partial<Ask>): Reply => {
    const seq = parts.seq ?? (seqs.get(holder) ?? 0) + 1
    seqs.set(holder, seq)
    return answerAsk(bucket, { holder, part: null, seq, limit: LIMIT, held: 0, returned: 0, owed: 0, waiting: 0, want: 0, lateMs: 0, demand: 10, ...parts }, atMs, LEASE_LIMITS).reply
  }
  return { bucket, ask }
}

describe('an ask', () => {
  it('serves those that wait first, then lends', () => {
    const { bucket, ask } = objectOf()
    expect(ask('a', 0, { waiting: 10, want: 20 })).toMatchObject({ served: 10, kept: 20, rest: 'none', emptyMs: 0, level: 70 })
    expect([bucket.level, outstandingOf(bucket)]).toEqual([70, 20])
  })

  it('gets the same reply when it is repeated, and an older one changes nothing', () => {
    const { bucket, ask } = objectOf()
    const first = ask('a', 0, { seq: 7, waiting: 10, want: 20 })
    expect(ask('a', 5, { seq: 7, waiting: 10, want: 20 })).toEqual(first)
    expect(ask('a', 5, { seq: 6, waiting: 50 })).toEqual(first)
    expect(outstandingOf(bucket)).toBe(20)
  })

  it('says what was spent by what is no longer held', () => {
    const { bucket, ask } = objectOf()
    ask('a', 0, { want: 20 })
    ask('a', 0, { held: 5, returned: 3 })
    // Of 20, 12 were spent, 3 came back, 5 are out.
    expect([bucket.level, outstandingOf(bucket)]).toEqual([83, 5])
  })

  it('brings back no more than was lent', () => {
    const { bucket, ask } = objectOf()
    ask('a', 0, { waiting: 50, want: 10 })
    ask('a', 0, { returned: 40 })
    expect([bucket.level, outstandingOf(bucket)]).toEqual([50, 0])
  })

  it('gets a share when others hold too, and nothing to keep while somebody waits', () => {
    const { ask } = objectOf()
    ask('a', 0, { want: 20, demand: 30 })
    expect(ask('b', 0, { want: 100, demand: 10 }).kept).toBe(17)
    expect(ask('b', 0, { held: 17, waiting: 80 })).toMatchObject({ served: 63, rest: 'wait', waitMs: 170 })
    expect(ask('a', 10, { held: 20, want: 5 })).toMatchObject({ kept: 0 })
  })
})

describe('the queue', () => {
  it('is not there when nothing is lent: who comes too early is refused, as by one central bucket', () => {
    const { ask } = objectOf()
    expect(ask('a', 0, { waiting: 101 })).toMatchObject({ served: 100, rest: 'refused', emptyMs: 10 })
  })

  it('keeps the order of those that wait for what others hold', () => {
    const { ask } = objectOf()
    ask('holder', 0, { want: 50 })
    ask('a', 0, { waiting: 50 })
    expect(ask('near', 0, { waiting: 5 })).toMatchObject({ served: 0, rest: 'wait', waitMs: 50 })
    expect(ask('far', 10, { waiting: 5 })).toMatchObject({ served: 0, rest: 'wait', waitMs: 90 })
    // Five tokens have come: they are for who came first.
    expect(ask('far', 50, { waiting: 5 })).toMatchObject({ served: 0, rest: 'wait' })
    expect(ask('near', 50, { waiting: 5 })).toMatchObject({ served: 5, rest: 'none' })
  })

  it('is refused when it is longer than what others hold; then nobody waits until the bucket has recovered', () => {
    const { ask } = objectOf()
    ask('holder', 0, { want: 20 })
    ask('a', 0, { waiting: 80 })
    expect(ask('b', 0, { waiting: 20 })).toMatchObject({ rest: 'wait' })
    expect(ask('c', 0, { waiting: 1 })).toMatchObject({ rest: 'refused', emptyMs: 10 })
    expect(ask('b', 5, { waiting: 20 })).toMatchObject({ rest: 'refused' })
    expect(ask('b', 1_000, { waiting: 1 })).toMatchObject({ served: 1, rest: 'none', emptyMs: 0 })
  })

  it('may be longer by what did not fit beside tokens that were spent already, and by what flowed by while asks got lost', () => {
    const { ask } = objectOf()
    ask('a', 0, { want: 40 })
    // Ten tokens did not fit; the forty were spent long ago.
    ask('a', 100, { waiting: 60 })
    expect(ask('a', 100, { waiting: 10 })).toMatchObject({ rest: 'wait' })
    expect(ask('a', 100, { waiting: 11 })).toMatchObject({ rest: 'refused' })
    const late = objectOf()
    late.ask('a', 0, { waiting: 100 })
    expect(late.ask('a', 0, { waiting: 30, lateMs: 300, demand: 100 })).toMatchObject({ rest: 'wait' })
  })

  it('forgets a place that nobody comes back for', () => {
    const { ask } = objectOf()
    ask('holder', 0, { want: 60 })
    ask('a', 0, { waiting: 40 })
    ask('gone', 0, { waiting: 60 })
    expect(ask('b', 1_600, { waiting: 10 })).toMatchObject({ served: 10 })
  })
})

describe('what is lent', () => {
  it('is not filled up again while somebody may spend it', () => {
    const { bucket, ask } = objectOf()
    ask('a', 0, { want: 40 })
    settle(bucket, 9_999)
    expect([bucket.level, outstandingOf(bucket)]).toEqual([60, 40])
  })

  it('is forgotten after ten silent seconds, and filled up from then on', () => {
    const { bucket, ask } = objectOf()
    ask('a', 0, { want: 40 })
    settle(bucket, 10_100)
    expect([bucket.level, outstandingOf(bucket)]).toEqual([70, 0])
  })

  it('counts after a restart as outstanding for ten seconds; a holder that comes finds its own', () => {
    const { bucket, ask } = objectOf()
    ask('a', 0, { waiting: 20, want: 40 })
    const restarted = openBucket(bucket.saved, LIMIT, 100, LEASE_LIMITS)
    const before = outstandingOf(restarted)
    expect(before).toBeGreaterThanOrEqual(40)
    expect(restarted.level).toBeLessThanOrEqual(50)
    const again = objectOf(restarted)
    again.ask('a', 100, { seq: 9, held: 30, returned: 5, owed: 35 })
    expect(restarted.holders.get('a')?.outstanding).toBe(30)
    expect(outstandingOf(restarted)).toBe(before - 5)
    again.ask('a', 5_000, { held: 30 })
    settle(restarted, 10_200)
    expect(outstandingOf(restarted)).toBe(30)
  })
})

describe('a clock', () => {
  it('that is set back stands still until it is where it was', () => {
    const { bucket, ask } = objectOf()
    ask('a', 5_000, { waiting: 100 })
    settle(bucket, 4_000)
    expect([bucket.level, bucket.atMs]).toEqual([0, 5_000])
    settle(bucket, 5_100)
    expect(bucket.level).toBe(10)
  })
})

describe('what is written', () => {
  it('runs ahead, so that a busy object does not write at every ask, and is never above the bucket', () => {
    const { bucket } = objectOf()
    let writes = 0
    for (let atMs = 0; atMs < 1_000; atMs += 5) {
      const { save } = answerAsk(bucket, { holder: 'a', part: null, seq: atMs + 1, limit: LIMIT, held: 0, returned: 0, owed: 0, waiting: 1, want: 0, lateMs: 0, demand: 100 }, atMs, LEASE_LIMITS)
      if (save !== null) writes += 1
      const restarted = openBucket(bucket.saved, LIMIT, atMs, LEASE_LIMITS)
      expect(restarted.level + outstandingOf(restarted)).toBeLessThanOrEqual(bucket.level + outstandingOf(bucket) + 1e-6)
    }
    expect(writes).toBeLessThan(40)
  })

  it('is nothing more while the bucket is well filled, however often is asked; and never above the bucket', () => {
    const { bucket, ask } = objectOf()
    const written = new Set<unknown>()
    for (let atMs = 0; atMs < 20_000; atMs += 200) {
      ask('a', atMs, { want: 10, held: 1 })
      ask('b', atMs, { want: 5 })
      written.add(bucket.saved)
      const restarted = openBucket(bucket.saved, LIMIT, atMs, LEASE_LIMITS)
      expect(restarted.level).toBeLessThanOrEqual(bucket.level + 1e-6)
      expect(outstandingOf(restarted)).toBeGreaterThanOrEqual(outstandingOf(bucket))
    }
    expect(written.size).toBeLessThan(5)
  })

  it('is nothing when nothing sank', () => {
    const { bucket, ask } = objectOf()
    ask('a', 0, { waiting: 1 })
    expect(saveAhead(bucket, LEASE_LIMITS)).toBeNull()
  })
})

describe('another limit', () => {
  it('holds from the first ask that brings it: a lower burst at once, a higher one as it fills', () => {
    const { bucket, ask } = objectOf()
    ask('a', 0, { limit: { rateLimit: 100, burstLimit: 30 } })
    expect(bucket.level).toBe(30)
    ask('a', 0, { limit: { rateLimit: 100, burstLimit: 200 } })
    expect(bucket.level).toBe(30)
    settle(bucket, 1_000)
    expect(bucket.level).toBe(130)
  })
})
