import { describe, expect, it } from 'vitest'
import { answerAsk } from '../../../../../worker/semantics/throttling/leases/answer-ask.ts'
import { LEASE_LIMITS } from '../../../../../worker/semantics/throttling/leases/lease-limits.ts'
import { openBucket, outstandingOf, settle } from '../../../../../worker/semantics/throttling/leases/lent-bucket.ts'
import { answerPartAsk, isInTouch, nextPartAsk, onPartReply, openPart, partWakeMs, type Part } from '../../../../../worker/semantics/throttling/leases/part.ts'
import { placeOf } from '../../../../../worker/semantics/throttling/leases/parts.ts'
import type { Ask } from '../../../../../worker/semantics/throttling/leases/protocol.ts'

const LIMIT = { rateLimit: 1_000, burstLimit: 1_000 }

/** An isolate that asks part 1 of 4. */
const ISOLATE = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].find((name) => placeOf(name, 4) === 1) ?? ''

const askOf = (holder: string, seq: number, parts: Partial<Ask> = {}): Ask => ({ holder, part: null, seq, limit: LIMIT, held: 0, returned: 0, owed: 0, waiting: 0, lateMs: 0, want: 0, demand: 100, ...parts })

/** A bucket with a part near it: `talk` brings the part's next ask there and the reply back. */
function world() {
  const bucket = { ...openBucket(null, LIMIT, 0, LEASE_LIMITS), parts: 4 }
  const talk = (part: Part, atMs: number): Ask | null => {
    const ask = nextPartAsk(part, atMs)
    if (ask !== null) onPartReply(part, answerAsk(bucket, ask, atMs, LEASE_LIMITS).reply, atMs)
    return ask
  }
  return { bucket, talk }
}

/** A part that was asked for 50 tokens, has them, and gave 30 to keep and 20 to requests that waited. */
function givingPart() {
  const { bucket, talk } = world()
  const part = openPart(1, 'part-1.one', LIMIT, 0)
  talk(part, 0)
  answerPartAsk(part, askOf(ISOLATE, 1, { waiting: 20, want: 30 }), 0)
  talk(part, 0)
  const reply = answerPartAsk(part, askOf(ISOLATE, 2, { waiting: 20, want: 30 }), 10)
  return { bucket, talk, part, reply }
}

describe('a part', () => {
  it('answers nobody before its bucket has answered', () => {
    const { talk } = world()
    const part = openPart(1, 'part-1.one', LIMIT, 0)
    expect(isInTouch(part, 0)).toBe(false)
    expect(talk(part, 0)).toMatchObject({ holder: 'part-1.one', part: { index: 1 }, seq: 1, held: 0 })
    expect([isInTouch(part, 0), isInTouch(part, 1_999), isInTouch(part, 2_000)]).toEqual([true, true, false])
  })

  it('lets those wait for whom it has nothing, and asks for them', () => {
    const { talk } = world()
    const part = openPart(1, 'part-1.one', LIMIT, 0)
    talk(part, 0)
    expect(answerPartAsk(part, askOf(ISOLATE, 1, { waiting: 20 }), 5)).toMatchObject({ served: 0, kept: 0, rest: 'wait' })
    expect(talk(part, 5)).toMatchObject({ waiting: 20 })
  })

  it('hands on what it holds, and tells its bucket what may still be spent', () => {
    const { bucket, talk, part, reply } = givingPart()
    expect(reply).toMatchObject({ served: 20, rest: 'none' })
    expect(reply.kept).toBeGreaterThan(0)
    const store = part.bucket.level
    expect(talk(part, 1_000)).toMatchObject({ held: store + reply.kept })
    expect(bucket.level + outstandingOf(bucket)).toBeLessThanOrEqual(1_000)
  })

  it('brings back what nobody uses', () => {
    const { bucket, talk, part, reply } = givingPart()
    answerPartAsk(part, askOf(ISOLATE, 3, { returned: reply.kept }), 20)
    const wakeAtMs = partWakeMs(part) ?? Infinity
    expect(wakeAtMs).toBeLessThanOrEqual(1_100)
    expect(talk(part, wakeAtMs)).toMatchObject({ held: 0 })
    expect([part.bucket.level, outstandingOf(bucket)]).toEqual([0, 0])
  })

  it('out of touch, or after its clock was set back, has nothing to give', () => {
    const { talk, part } = givingPart()
    expect(isInTouch(part, 5)).toBe(false)
    expect(nextPartAsk(part, 5)?.held).toBeLessThan(1_000)
    expect([part.bucket.level, isInTouch(part, 11)]).toEqual([0, false])
    const late = givingPart()
    expect(late.talk(late.part, 5_000)?.returned).toBeGreaterThan(0)
    expect(talk(part, 12)).toBeNull()
  })

  it('tells that the bucket is empty when it is', () => {
    const { bucket, talk } = world()
    const part = openPart(1, 'part-1.one', LIMIT, 0)
    answerAsk(bucket, askOf('other', 1, { waiting: 1_000 }), 0, LEASE_LIMITS)
    talk(part, 0)
    answerPartAsk(part, askOf(ISOLATE, 1, { waiting: 500 }), 0)
    talk(part, 0)
    expect(answerPartAsk(part, askOf(ISOLATE, 2, { waiting: 500 }), 0)).toMatchObject({ served: 0, rest: 'refused' })
  })
})

describe('a new life of a part', () => {
  it('inherits what the one before had out; an isolate that comes finds its own', () => {
    const { bucket, talk, part, reply } = givingPart()
    talk(part, 1_000)
    const before = outstandingOf(bucket)
    const heir = openPart(1, 'part-1.two', LIMIT, 1_010)
    talk(heir, 1_010)
    expect(outstandingOf(bucket)).toBe(before)
    expect(outstandingOf(heir.bucket)).toBe(before)
    answerPartAsk(heir, askOf(ISOLATE, 9, { held: 5, owed: reply.kept }), 1_020)
    expect(heir.bucket.holders.get(ISOLATE)?.outstanding).toBeGreaterThanOrEqual(5)
    talk(heir, 2_100)
    expect(outstandingOf(bucket)).toBe(outstandingOf(heir.bucket) + heir.bucket.level)
    expect(bucket.level + outstandingOf(bucket)).toBeLessThanOrEqual(1_000)
  })

  it('that never comes leaves it out for 24 seconds, longer than anybody may spend it', () => {
    const { bucket } = givingPart()
    const out = outstandingOf(bucket)
    settle(bucket, 23_900)
    expect(outstandingOf(bucket)).toBe(out)
    settle(bucket, 24_100)
    expect(outstandingOf(bucket)).toBe(0)
  })
})
