import { describe, expect, test } from 'vitest'
import { compileFilter, findFilterReason, toAddressBucket, type StageFilter } from '../../../../worker/semantics/waf/stage-rules.ts'

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

test('the rate of an address is a bucket of its own', () => {
  const place = { apiId: 'pets', stage: 'dev', sourceIp: '2001:db8::1' }
  const bucketOf = (rate: NonNullable<StageFilter['rate']>) => {
    const ready = compileFilter({ rate }).rate
    return ready === null ? null : toAddressBucket(ready, place)
  }
  expect(bucketOf({ limit: 300, windowSeconds: 60 })).toEqual({ scope: 'address', name: 'address/pets/dev/2001:db8::1', limit: { rateLimit: 5, burstLimit: 300 }, mode: 'lease', isShadow: false })
  expect(bucketOf({ limit: 300, windowSeconds: 60, mode: 'local' })).toMatchObject({ mode: 'local' })
  expect(compileFilter({}).rate).toBeNull()
})
