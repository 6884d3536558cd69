import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBucketMemory, takeAll, type TakeOptions } from '../../../worker/adapters/limits/take.ts'
import type { TokenOutcome } from '../../../worker/ports.ts'
import type { Bucket } from '../../../worker/semantics/throttling/buckets-of.ts'
import { answerAsk } from '../../../worker/semantics/throttling/leases/answer-ask.ts'
import { LEASE_LIMITS } from '../../../worker/semantics/throttling/leases/lease-limits.ts'
import { openBucket, type LentBucket } from '../../../worker/semantics/throttling/leases/lent-bucket.ts'
import type { Ask } from '../../../worker/semantics/throttling/leases/protocol.ts'

const bucketOf = (name: string, parts: Partial<Bucket> = {}): Bucket => ({ scope: 'method', name, limit: { rateLimit: 10, burstLimit: 1_000 }, mode: 'lease', isShadow: false, ...parts })

// What waits behind an answer for idle leases waits for ever.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** An isolate over objects that answer at once, at a time that stands still unless the test moves it. */
function isolate() {
  const clock = { nowMs: 1_000_000 }
  const asks: Ask[] = []
  const objects = new Map<string, LentBucket>()
  const memory = createBucketMemory()
  const getByName = (name: string) => ({
    async ask(ask: Ask) {
      asks.push(ask)
      const bucket = objects.get(name) ?? openBucket(null, ask.limit, clock.nowMs, LEASE_LIMITS)
      objects.set(name, bucket)
      return answerAsk(bucket, ask, clock.nowMs, LEASE_LIMITS).reply
    },
  })
  const options: TakeOptions = { memory, buckets: { getByName } as never, nowMs: () => clock.nowMs, defer: () => undefined }
  const take = async (buckets: readonly Bucket[]): Promise<readonly TokenOutcome[]> => takeAll(buckets, options)
  const tokensOf = (name: string): number => memory.held.get(name)?.lease.tokens ?? 0
  return { clock, asks, memory, options, take, tokensOf }
}

/** Requests until each bucket has tokens in hand. */
async function warmUp({ take, tokensOf }: ReturnType<typeof isolate>, buckets: readonly Bucket[]): Promise<void> {
  for (let request = 0; request < 40; request += 1) await take(buckets)
  for (const { name } of buckets.filter(({ mode }) => mode === 'lease')) expect(tokensOf(name)).toBeGreaterThan(2)
}

describe('taking what is in hand', () => {
  it('asks nobody, waits for nothing, and takes one of each', async () => {
    const one = isolate()
    const buckets = [bucketOf('narrow'), bucketOf('wide', { scope: 'plan' }), bucketOf('own', { scope: 'account', mode: 'local', limit: { rateLimit: 10, burstLimit: 100 } })]
    await warmUp(one, buckets)
    const before = [one.tokensOf('narrow'), one.tokensOf('wide'), one.asks.length]
    const outcomes = takeAll(buckets, one.options)
    expect(outcomes).toEqual([expect.objectContaining({ kind: 'taken', isOwnShare: false }), expect.objectContaining({ kind: 'taken', isOwnShare: false }), { kind: 'taken', remaining: 59, isOwnShare: false }])
    expect([one.tokensOf('narrow') + 1, one.tokensOf('wide') + 1, one.asks.length]).toEqual(before)
  })

  it('takes nothing when one bucket has nothing', async () => {
    const one = isolate()
    const buckets = [bucketOf('narrow'), bucketOf('own', { scope: 'account', mode: 'local', limit: { rateLimit: 0.001, burstLimit: 41 } })]
    await warmUp(one, buckets)
    expect((await one.take(buckets)).map(({ kind }) => kind)).toEqual(['taken', 'taken'])
    const before = one.tokensOf('narrow')
    expect((await one.take(buckets)).map(({ kind }) => kind)).toEqual(['taken', 'refused'])
    expect(one.tokensOf('narrow')).toBe(before)
  })

  it("takes nothing of the isolate's own bucket when a lease has nothing", async () => {
    const one = isolate()
    const own = bucketOf('own', { mode: 'local', limit: { rateLimit: 0.001, burstLimit: 2 } })
    const empty = bucketOf('empty', { scope: 'plan', limit: { rateLimit: 0, burstLimit: 1 } })
    for (let request = 0; request < 5; request += 1) expect((await one.take([own, empty])).map(({ kind }) => kind)).toEqual(['taken', 'refused'])
    expect((await one.take([own])).map(({ kind }) => kind)).toEqual(['taken'])
  })

  it('counts each request once in the demand, whichever way it goes', async () => {
    const one = isolate()
    const buckets = [bucketOf('narrow')]
    for (let request = 0; request < 40; request += 1) await one.take(buckets)
    expect((one.memory.held.get('narrow')?.lease.demand.perMs ?? 0) * LEASE_LIMITS.demandMemoryMs).toBeCloseTo(40)
  })

  it('goes by the limit of the list that it is given', async () => {
    const one = isolate()
    await warmUp(one, [bucketOf('narrow')])
    await one.take([bucketOf('narrow', { limit: { rateLimit: 10, burstLimit: 7 } })])
    expect(one.memory.held.get('narrow')?.lease.limit.burstLimit).toBe(7)
  })

  it('lists of the same buckets take of the same leases', async () => {
    const one = isolate()
    await warmUp(one, [bucketOf('narrow')])
    const before = one.tokensOf('narrow')
    await one.take([bucketOf('narrow')])
    expect(one.tokensOf('narrow')).toBe(before - 1)
  })
})

describe('a lease that was forgotten', () => {
  it('is opened anew by the next request, also for a list that knew the old one', async () => {
    const one = isolate()
    const buckets = [bucketOf('first')]
    await warmUp(one, buckets)
    const old = one.memory.held.get('first')
    for (let more = 0; more < 10_000; more += 1) await one.take([bucketOf(`other-${more}`)])
    expect(one.memory.held.has('first')).toBe(false)
    await one.take(buckets)
    expect(one.memory.held.get('first')).not.toBe(old)
    expect(one.asks.at(-1)?.holder).toBe(one.memory.held.get('first')?.lease.holder)
  })

  it("so it is with the isolate's own buckets", async () => {
    const one = isolate()
    const local = { mode: 'local', limit: { rateLimit: 0.001, burstLimit: 1 } } as const
    const buckets = [bucketOf('first', local)]
    expect([(await one.take(buckets))[0]?.kind, (await one.take(buckets))[0]?.kind]).toEqual(['taken', 'refused'])
    for (let more = 0; more < 10_000; more += 1) await one.take([bucketOf(`other-${more}`, local)])
    expect([(await one.take(buckets))[0]?.kind, (await one.take([bucketOf('first', local)]))[0]?.kind]).toEqual(['taken', 'refused'])
  })
})
