import { describe, expect, it } from 'vitest'
import { answerQuotaAsk } from '../../../../../worker/semantics/throttling/quota-leases/answer-quota-ask.ts'
import { bookUsed, openQuotaBook, setRemaining, settleBook, standOf, type QuotaBook } from '../../../../../worker/semantics/throttling/quota-leases/quota-book.ts'
import { QUOTA_LEASE_LIMITS } from '../../../../../worker/semantics/throttling/quota-leases/quota-lease-limits.ts'
import type { QuotaAsk, QuotaReply } from '../../../../../worker/semantics/throttling/quota-leases/quota-protocol.ts'
import { useOne } from '../../../../../worker/semantics/throttling/quota-leases/use-one.ts'
import type { Quota } from '../../../../../worker/semantics/throttling/quota.ts'

const NOON = Date.parse('2026-11-24T12:00:00Z')
const DAY = '2026-11-24'
const QUOTA: Quota = { limit: 1_000, offset: 0, period: 'DAY' }

const askOf = (parts: Partial<QuotaAsk> = {}): QuotaAsk => ({ holder: 'one', seq: 1, quota: QUOTA, held: { day: '', units: 0 }, returned: [], owed: 0, waiting: 0, want: 0, ...parts })
const answer = (book: QuotaBook, parts: Partial<QuotaAsk>, nowMs = NOON): QuotaReply => answerQuotaAsk(book, askOf(parts), nowMs, QUOTA_LEASE_LIMITS)
const stand = (book: QuotaBook, nowMs = NOON, quota = QUOTA) => {
  const { used, leased, free } = standOf(book, quota, nowMs)
  return { used, leased, free }
}

/** Books of which so much was used today. */
function bookOf(used: number): QuotaBook {
  const book = openQuotaBook()
  bookUsed(book, DAY, used)
  return book
}

describe('the reply to a first ask', () => {
  const rows: readonly { name: string; used?: number; at?: string; ask: Partial<QuotaAsk>; reply: Partial<QuotaReply> }[] = [
    { name: 'requests that wait are served', ask: { waiting: 3 }, reply: { served: 3, kept: 0, spendMs: 10_000, elsewhere: 0, allowance: 1_000, resetsInMs: 43_200_000 } },
    { name: 'and more is lent', ask: { waiting: 3, want: 20 }, reply: { served: 3, kept: 20 } },
    { name: 'never more than a quarter of what is left', used: 900, ask: { want: 500 }, reply: { kept: 25 } },
    { name: 'nor more than an isolate may have', ask: { want: 5_000, quota: { ...QUOTA, limit: 1_000_000 } }, reply: { kept: 500 } },
    { name: 'of the last three nothing is lent ahead', used: 997, ask: { waiting: 1, want: 20 }, reply: { served: 1, kept: 0 } },
    { name: 'the last one is given', used: 999, ask: { waiting: 2, want: 20 }, reply: { served: 1, kept: 0 } },
    { name: 'after that nothing', used: 1_000, ask: { waiting: 2 }, reply: { served: 0, kept: 0, elsewhere: 0 } },
    { name: 'nor of a quota of none', ask: { waiting: 1, quota: { ...QUOTA, limit: 0 } }, reply: { served: 0, allowance: 0 } },
    { name: 'nor when the quota was cut below what was used', used: 500, ask: { waiting: 1, want: 5, quota: { ...QUOTA, limit: 100 } }, reply: { served: 0, kept: 0 } },
    { name: 'the offset is taken off in the first period', ask: { waiting: 900, quota: { ...QUOTA, offset: 200 } }, reply: { served: 800, allowance: 800 } },
    { name: 'half a minute before midnight leases are whole', at: '23:59:30', ask: { want: 5 }, reply: { kept: 5, spendMs: 10_000 } },
    { name: 'near midnight nothing is lent ahead', at: '23:59:41', ask: { waiting: 1, want: 5 }, reply: { served: 1, kept: 0, spendMs: 9_000 } },
    { name: 'and what is held may not be spent any more', at: '23:59:55', ask: { want: 5 }, reply: { kept: 0, spendMs: 0 } },
    { name: 'the next day is served from its own', at: '23:59:60', used: 1_000, ask: { waiting: 1 }, reply: { served: 1, day: '2026-11-25' } },
  ]
  for (const { name, used = 0, at = '12:00:00', ask, reply } of rows) {
    it(name, () => {
      const nowMs = at === '23:59:60' ? Date.parse('2026-11-25T00:00:00Z') : Date.parse(`${DAY}T${at}Z`)
      expect(answer(bookOf(used), ask, nowMs)).toMatchObject(reply)
    })
  }
})

/** Books in which 20 units are leased to the holder. */
const lent = (): QuotaBook => {
  const book = bookOf(100)
  answer(book, { want: 20 })
  expect(stand(book)).toEqual({ used: 100, leased: 20, free: 880 })
  return book
}

const held = (units: number) => ({ day: DAY, units })

describe('what a holder reports', () => {
  const rows: readonly { name: string; ask: Partial<QuotaAsk>; after: { used: number; leased: number; free: number } }[] = [
    { name: 'what it neither holds nor returns was spent', ask: { held: held(5) }, after: { used: 115, leased: 5, free: 880 } },
    { name: 'what it returns is free again', ask: { held: held(5), returned: [held(10)] }, after: { used: 105, leased: 5, free: 890 } },
    { name: 'all of it', ask: { returned: [held(20)] }, after: { used: 100, leased: 0, free: 900 } },
    { name: 'units that were booked as used, and not needed, come back, too', ask: { returned: [held(25)] }, after: { used: 95, leased: 0, free: 905 } },
    { name: 'units of another day come back to that day', ask: { held: held(20), returned: [{ day: '2026-11-23', units: 1 }] }, after: { used: 100, leased: 20, free: 880 } },
    { name: 'what was served without a unit is booked', ask: { held: held(20), owed: 7 }, after: { used: 107, leased: 20, free: 873 } },
  ]
  for (const { name, ask, after } of rows) {
    it(name, () => {
      const book = lent()
      answer(book, { seq: 2, ...ask })
      expect(stand(book)).toEqual(after)
    })
  }

  it('is taken once, however often it is sent', () => {
    const book = lent()
    const ask: Partial<QuotaAsk> = { seq: 2, held: held(5), returned: [held(10)], owed: 1, waiting: 2, want: 3 }
    const reply = answer(book, ask)
    const after = stand(book)
    expect(answer(book, ask, NOON + 5_000)).toEqual(reply)
    expect(answer(book, { want: 20 }, NOON + 5_000)).toEqual(reply)
    expect(stand(book)).toEqual(after)
  })

  it('is missing for twenty seconds: then what it has counts as used; when it speaks after all, that is set right', () => {
    const book = lent()
    settleBook(book, NOON + 19_999, QUOTA_LEASE_LIMITS)
    expect(stand(book)).toEqual({ used: 100, leased: 20, free: 880 })
    settleBook(book, NOON + 20_000, QUOTA_LEASE_LIMITS)
    expect(stand(book)).toEqual({ used: 120, leased: 0, free: 880 })
    answer(book, { seq: 2, returned: [held(15)] }, NOON + 60_000)
    expect(stand(book)).toEqual({ used: 105, leased: 0, free: 895 })
  })

  it('is known again for ten minutes', () => {
    const book = lent()
    settleBook(book, NOON + 599_999, QUOTA_LEASE_LIMITS)
    expect(answer(book, { want: 20 }, NOON + 599_999).kept).toBe(20)
    expect(stand(book).leased).toBe(0)
    settleBook(book, NOON + 600_000, QUOTA_LEASE_LIMITS)
    expect(book.holders.size).toBe(0)
  })
})

describe('several holders', () => {
  it('share what may be lent, and learn what others hold', () => {
    const book = openQuotaBook()
    expect(answer(book, { holder: 'one', want: 500 })).toMatchObject({ kept: 250, elsewhere: 0 })
    expect(answer(book, { holder: 'other', want: 500 })).toMatchObject({ kept: 93, elsewhere: 250 })
    expect(answer(book, { holder: 'third', waiting: 700 })).toMatchObject({ served: 657, elsewhere: 343 })
    expect(stand(book)).toEqual({ used: 657, leased: 343, free: 0 })
  })

  it('of the day before hold nothing of today', () => {
    const book = openQuotaBook()
    answer(book, { want: 20 })
    expect(stand(book, NOON + 86_400_000)).toEqual({ used: 0, leased: 0, free: 1_000 })
    expect(stand(book, NOON + 86_400_000, { ...QUOTA, period: 'WEEK' })).toEqual({ used: 0, leased: 20, free: 980 })
    // One whose clock is far behind still holds them: it gets nothing to keep beside.
    expect(answer(book, { seq: 2, held: { day: DAY, units: 20 }, waiting: 1, want: 20 }, NOON + 86_400_000)).toMatchObject({ served: 1, kept: 0 })
  })
})

describe('what remains, set by an operator', () => {
  const rows = [
    { name: 'more than there was', remaining: 5_000, after: { used: 100, leased: 20, free: 4_980 } },
    { name: 'less', remaining: 50, after: { used: 100, leased: 20, free: 30 } },
    { name: 'what is leased', remaining: 20, after: { used: 100, leased: 20, free: 0 } },
    { name: 'nothing: what is leased may still be spent, and does not come back', remaining: 0, after: { used: 100, leased: 20, free: -20 } },
  ]
  for (const { name, remaining, after } of rows) {
    it(name, () => {
      const book = bookOf(100)
      answer(book, { want: 20 })
      setRemaining(book, QUOTA, remaining, NOON)
      expect(stand(book)).toEqual(after)
      // Twice is the same as once.
      setRemaining(book, QUOTA, remaining, NOON)
      expect(stand(book)).toEqual(after)
    })
  }

  it('ends with the period', () => {
    const book = bookOf(100)
    setRemaining(book, QUOTA, 0, NOON)
    expect(stand(book, NOON + 86_400_000).free).toBe(1_000)
  })
})

describe('one request by itself', () => {
  it('is counted while something is free, and leaves alone what is lent', () => {
    const book = bookOf(979)
    answer(book, { want: 5 })
    expect(stand(book)).toEqual({ used: 979, leased: 5, free: 16 })
    for (let request = 0; request < 16; request += 1) expect(useOne(book, QUOTA, NOON, QUOTA_LEASE_LIMITS)).toEqual({ kind: 'counted', day: DAY })
    expect(useOne(book, QUOTA, NOON, QUOTA_LEASE_LIMITS)).toEqual({ kind: 'used-up', allowance: 1_000, leased: 5, resetsInMs: 43_200_000 })
  })
})
