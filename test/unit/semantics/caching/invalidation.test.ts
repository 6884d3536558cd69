import { describe, expect, it } from 'vitest'
import { asksInvalidation, judgeInvalidation } from '../../../../worker/semantics/caching/invalidation.ts'

const ASKS: readonly (readonly [string | null, boolean])[] = [
  [null, false],
  ['', false],
  ['max-age=0', true],
  ['Max-Age = 0', true],
  ['no-cache', true],
  ['no-transform, max-age=0', true],
  ['max-age=1', false],
  ['max-age=00', true],
  ['no-store', false],
  ['x="max-age=0"', false],
]

describe('a client asks for a new answer', () => {
  for (const [field, expected] of ASKS) {
    it(`with ${String(field)}: ${expected}`, () => {
      expect(asksInvalidation(field)).toBe(expected)
    })
  }
})

const JUDGED = [
  [true, 'FAIL_WITH_403', true, 'granted'],
  [true, 'FAIL_WITH_403', false, 'refused'],
  [true, 'SUCCEED_WITH_RESPONSE_HEADER', true, 'granted'],
  [true, 'SUCCEED_WITH_RESPONSE_HEADER', false, 'ignored-with-warning'],
  [true, 'SUCCEED_WITHOUT_RESPONSE_HEADER', true, 'granted'],
  [true, 'SUCCEED_WITHOUT_RESPONSE_HEADER', false, 'ignored'],
  [false, 'FAIL_WITH_403', false, 'granted'],
  [false, 'SUCCEED_WITH_RESPONSE_HEADER', false, 'granted'],
  [false, 'SUCCEED_WITHOUT_RESPONSE_HEADER', false, 'granted'],
] as const

describe('the wish', () => {
  for (const [requireAuthorizationForCacheControl, unauthorizedCacheControlHeaderStrategy, may, expected] of JUDGED) {
    it(`${requireAuthorizationForCacheControl ? 'needs leave' : 'is free'}, ${unauthorizedCacheControlHeaderStrategy}, ${may ? 'allowed' : 'not allowed'}: ${expected}`, () => {
      expect(judgeInvalidation({ requireAuthorizationForCacheControl, unauthorizedCacheControlHeaderStrategy }, () => may)).toBe(expected)
    })
  }
})
