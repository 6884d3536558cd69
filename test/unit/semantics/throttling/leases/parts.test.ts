import { describe, expect, it } from 'vitest'
import { answerAsk } from '../../../../../worker/semantics/throttling/leases/answer-ask.ts'
import { nextAsk, onReply, takeFarewell } from '../../../../../worker/semantics/throttling/leases/lease-asks.ts'
import { LEASE_LIMITS as LIMITS } from '../../../../../worker/semantics/throttling/leases/lease-limits.ts'
import { openLease, type Lease } from '../../../../../worker/semantics/throttling/leases/lease.ts'
import { openBucket, type LentBucket } from '../../../../../worker/semantics/throttling/leases/lent-bucket.ts'
import { placeOf } from '../../../../../worker/semantics/throttling/leases/parts.ts'
import type { Ask, Reply } from '../../../../../worker/semantics/throttling/leases/protocol.ts'

const LIMIT = { rateLimit: 10_000, burstLimit: 10_000 }

const askOf = (holder: string, seq: number, parts: Partial<Ask> = {}): Ask => ({ holder, part: null, seq, limit: LIMIT, held: 0, returned: 0, owed: 0, waiting: 1, lateMs: 0, want: 5, demand: 20, ...parts })

describe('a holder', () => {
  it('asks the bucket itself while there are no parts, else always the same part', () => {
    expect(placeOf('isolate', 0)).toBe(0)
    expect(placeOf('isolate', 8)).toBe(placeOf('isolate', 8))
    const counts = new Map<number, number>()
    for (let index = 0; index < 800; index += 1) counts.set(placeOf(`isolate.${index}`, 8), (counts.get(placeOf(`isolate.${index}`, 8)) ?? 0) + 1)
    expect([...counts.keys()].toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    expect(Math.max(...counts.values())).toBeLessThan(140)
  })
})

/** So many isolates ask, within a second, and one a little later; gives the last reply. */
function crowd(bucket: LentBucket, size: number): Reply {
  for (let index = 0; index < size; index += 1) answerAsk(bucket, askOf(`isolate.${index}`, 1, { demand: 5 }), (index * 990) / size, LIMITS)
  return answerAsk(bucket, askOf('isolate.0', 2), 1_250, LIMITS).reply
}

/** Parts tell that so many isolates ask them, for so long. */
function report(bucket: LentBucket, busy: number, { fromMs, untilMs }: { readonly fromMs: number; readonly untilMs: number }): Reply | undefined {
  let reply: Reply | undefined
  for (let atMs = fromMs; atMs <= untilMs; atMs += 200) reply = answerAsk(bucket, askOf('part-1.one', atMs + 1, { part: { index: 1, crowd: busy }, waiting: 0, want: 0, demand: busy * 20 }), atMs, LIMITS).reply
  return reply
}

describe('a bucket', () => {
  const rows: readonly { readonly name: string; readonly size: number; readonly parts: number }[] = [
    { name: 'is whole for few', size: 90, parts: 0 },
    { name: 'is split for many', size: 130, parts: 4 },
  ]
  for (const { name, size, parts } of rows) {
    it(name, () => expect(crowd(openBucket(null, LIMIT, 0, LIMITS), size).parts).toBe(parts))
  }

  it('is split as its parts report; and whole again when they have reported few for five seconds', () => {
    const bucket = openBucket(null, LIMIT, 0, LIMITS)
    crowd(bucket, 130)
    expect(report(bucket, 300, { fromMs: 1_400, untilMs: 2_000 })?.parts).toBe(8)
    expect(report(bucket, 10, { fromMs: 2_200, untilMs: 6_800 })?.parts).toBe(8)
    expect(report(bucket, 10, { fromMs: 7_000, untilMs: 8_000 })?.parts).toBe(0)
  })

  it('stays split over a restart', () => {
    const bucket = openBucket(null, LIMIT, 0, LIMITS)
    crowd(bucket, 130)
    expect(openBucket(bucket.saved, LIMIT, 1_300, LIMITS).parts).toBe(4)
  })

  it('that is split serves who did not know, and lends him nothing', () => {
    const bucket = openBucket(null, LIMIT, 0, LIMITS)
    crowd(bucket, 130)
    expect(answerAsk(bucket, askOf('new', 1), 1_300, LIMITS).reply).toMatchObject({ served: 1, kept: 0, parts: 4 })
  })

  it('gives a part what its waiting requests need to keep, not as spent', () => {
    const bucket = openBucket(null, LIMIT, 0, LIMITS)
    expect(answerAsk(bucket, askOf('part-1.one', 1, { part: { index: 1, crowd: 0 }, waiting: 50, want: 0 }), 0, LIMITS).reply).toMatchObject({ served: 0, kept: 50 })
    expect(bucket.lent).toBe(50)
  })
})

const replyTo = (lease: Lease, parts: Partial<Reply>): Reply => ({ seq: lease.sent?.ask.seq ?? 0, served: 0, kept: 0, rest: 'none', waitMs: 0, emptyMs: 0, paceMs: 0, parts: 0, inherited: 0, level: 50, ...parts })

/** A lease that was told of eight parts, and holds five tokens of the bucket itself. */
function movingLease(): Lease {
  const lease = openLease('isolate', LIMIT, 0, LIMITS)
  lease.waiting = 1
  nextAsk(lease, 0, LIMITS)
  onReply(lease, replyTo(lease, { served: 1, kept: 5, parts: 8 }), 50, LIMITS)
  return lease
}

describe('an isolate that is told of parts', () => {
  it('asks its part next, spends what it has meanwhile, and brings the rest back to where it is from', () => {
    const lease = movingLease()
    lease.waiting = 1
    const ask = nextAsk(lease, 100, LIMITS)
    expect([lease.place, lease.tokens, takeFarewell(lease)]).toEqual([placeOf('isolate', 8), 5, null])
    expect(ask).toMatchObject({ held: 0, returned: 0, owed: 0 })
    onReply(lease, replyTo(lease, { served: 1, kept: 7, parts: 8 }), 150, LIMITS)
    expect([lease.tokens, lease.owed]).toEqual([7, 7])
    expect(takeFarewell(lease)).toMatchObject({ place: 0, ask: { held: 0, returned: 5, owed: 5, waiting: 0, want: 0 } })
    expect(takeFarewell(lease)).toBeNull()
  })

  it('remembers it for ten seconds without another word', () => {
    const lease = movingLease()
    lease.waiting = 1
    nextAsk(lease, 10_060, LIMITS)
    expect(lease.place).toBe(0)
  })

  it('asks the bucket again when its part can not be reached and the memory is over', () => {
    const lease = movingLease()
    lease.waiting = 1
    nextAsk(lease, 100, LIMITS)
    for (let atMs = 100; atMs < 10_000; atMs += 1_000) nextAsk(lease, atMs, LIMITS)
    expect(lease.place).toBe(placeOf('isolate', 8))
    expect(nextAsk(lease, 11_000, LIMITS)).not.toBeNull()
    expect(lease.place).toBe(0)
  })
})

describe('a holder that a new life of the object hears', () => {
  it('tells what it owed: what it spent since comes free at once', () => {
    const bucket = openBucket(null, LIMIT, 0, LIMITS)
    answerAsk(bucket, askOf('a', 1, { waiting: 0, want: 50 }), 0, LIMITS)
    const restarted = openBucket(bucket.saved, LIMIT, 10, LIMITS)
    const unknown = restarted.unknown.reduce((sum, { tokens }) => sum + tokens, 0)
    answerAsk(restarted, askOf('a', 2, { waiting: 0, want: 0, held: 10, owed: 50 }), 10, LIMITS)
    expect([restarted.lent, restarted.unknown.reduce((sum, { tokens }) => sum + tokens, 0)]).toEqual([10, unknown - 50])
  })

  it('does not when it repeats an ask, for the life before may have heard it: what it brings back is lost then', () => {
    const lease = movingLease()
    lease.waiting = 1
    lease.parts = 0
    expect(nextAsk(lease, 100, LIMITS)).toMatchObject({ held: 5, owed: 5 })
    expect(nextAsk(lease, 1_000, LIMITS)).toMatchObject({ held: 5, owed: 0 })
    const restarted = openBucket({ limit: LIMIT, level: 0, atMs: 0, lent: 100, unknown: [], parts: 0, isLentToParts: false }, LIMIT, 0, LIMITS)
    answerAsk(restarted, askOf('a', 2, { waiting: 0, want: 0, held: 10, returned: 20 }), 0, LIMITS)
    expect([restarted.level, restarted.lent]).toEqual([0, 10])
  })
})
