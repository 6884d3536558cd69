import { describe, expect, it } from 'vitest'
import { allowanceOf, periodEndMs, periodStartMs, type Quota } from '../../../../worker/semantics/throttling/quota.ts'

describe('the periods of a quota are in UTC', () => {
  const rows: readonly { period: Quota['period']; now: string; start: string; end: string }[] = [
    { period: 'DAY', now: '2026-11-22T23:59:59.999Z', start: '2026-11-22T00:00:00Z', end: '2026-11-23T00:00:00Z' },
    { period: 'DAY', now: '2026-11-22T00:00:00Z', start: '2026-11-22T00:00:00Z', end: '2026-11-23T00:00:00Z' },
    { period: 'WEEK', now: '2026-11-22T10:00:00Z', start: '2026-11-22T00:00:00Z', end: '2026-11-29T00:00:00Z' },
    { period: 'WEEK', now: '2026-11-21T23:59:59Z', start: '2026-11-15T00:00:00Z', end: '2026-11-22T00:00:00Z' },
    { period: 'MONTH', now: '2024-02-29T12:00:00Z', start: '2024-02-01T00:00:00Z', end: '2024-03-01T00:00:00Z' },
    { period: 'MONTH', now: '2026-12-31T23:00:00Z', start: '2026-12-01T00:00:00Z', end: '2027-01-01T00:00:00Z' },
  ]
  for (const { period, now, start, end } of rows) {
    it(`${period} of ${now}`, () => {
      expect(new Date(periodStartMs(period, Date.parse(now)))).toEqual(new Date(start))
      expect(new Date(periodEndMs(period, Date.parse(now)))).toEqual(new Date(end))
    })
  }
})

describe('allowanceOf', () => {
  const quota: Quota = { limit: 100, offset: 30, period: 'DAY' }
  const rows = [
    { name: 'the offset counts in the first period', startMs: 5, firstPeriodStartMs: 5, extra: 0, allowance: 70 },
    { name: 'and in no other', startMs: 6, firstPeriodStartMs: 5, extra: 0, allowance: 100 },
    { name: 'what an operator adds counts', startMs: 6, firstPeriodStartMs: 5, extra: 25, allowance: 125 },
    { name: 'it is never below zero', startMs: 6, firstPeriodStartMs: 5, extra: -200, allowance: 0 },
  ]
  for (const { name, allowance, ...period } of rows) it(name, () => expect(allowanceOf(quota, period)).toBe(allowance))
})
