import { describe, expect, test } from 'vitest'
import { createRateBook } from '../../../../worker/semantics/waf/rate-book.ts'
import { compileFilter, findFilterReason, type StageFilter } from '../../../../worker/semantics/waf/stage-rules.ts'

const rows: readonly (readonly [string, StageFilter, string, string | null, string | null])[] = [
  ['no rules', {}, '1.2.3.4', 'DE', null],
  ['blocked', { ipSet: { block: ['1.2.3.0/24'] } }, '1.2.3.4', null, 'ip-blocked'],
  ['blocked, written as IPv6', { ipSet: { block: ['1.2.3.0/24'] } }, '::ffff:1.2.3.4', null, 'ip-blocked'],
  ['not blocked', { ipSet: { block: ['1.2.3.0/24'] } }, '1.2.4.4', null, null],
  ['allowed', { ipSet: { allow: ['2001:db8::/32'] } }, '2001:db8::1', null, null],
  ['not allowed', { ipSet: { allow: ['2001:db8::/32'] } }, '2001:db9::1', null, 'ip-not-allowed'],
  ['an empty list allows nobody', { ipSet: { allow: [] } }, '1.2.3.4', null, 'ip-not-allowed'],
  ['an address that is none is not allowed', { ipSet: { allow: ['0.0.0.0/0', '::/0'] } }, 'unknown', null, 'ip-not-allowed'],
  ['block beats allow', { ipSet: { allow: ['1.0.0.0/8'], block: ['1.2.3.4'] } }, '1.2.3.4', null, 'ip-blocked'],
  ['a blocked country', { blockedCountries: ['KP', 'XX'] }, '1.2.3.4', 'XX', 'country-blocked'],
  ['another country', { blockedCountries: ['KP'] }, '1.2.3.4', 'DE', null],
  ['no country known', { blockedCountries: ['KP'] }, '1.2.3.4', null, null],
]

describe('the filter of a stage', () => {
  test.each(rows)('%s', (_name, filter, sourceIp, country, expected) => expect(findFilterReason(compileFilter(filter), sourceIp, country)).toBe(expected))
})

describe('the rate of an address', () => {
  const rate = { limit: 3, windowSeconds: 30 }

  test('is a burst, and then an even flow', () => {
    const book = createRateBook(10)
    const take = (nowMs: number): boolean => book.take('a', rate, nowMs)
    expect([take(0), take(0), take(0), take(0), take(9_999), take(10_000), take(10_000)]).toEqual([true, true, true, false, false, true, false])
    expect(book.take('b', rate, 0)).toBe(true)
  })

  test('is never more than its limit and what came back since', () => {
    const book = createRateBook(10)
    let admitted = 0
    for (let nowMs = 0; nowMs <= 300_000; nowMs += 500) admitted += book.take('a', rate, nowMs) ? 1 : 0
    expect(admitted).toBe(3 + 300_000 / 10_000)
  })

  test('is kept for so many addresses', () => {
    const book = createRateBook(1)
    expect([book.take('a', { limit: 1, windowSeconds: 60 }, 0), book.take('b', { limit: 1, windowSeconds: 60 }, 0), book.take('a', { limit: 1, windowSeconds: 60 }, 0)]).toEqual([true, true, true])
  })
})
