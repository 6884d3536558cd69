import { describe, expect, it } from 'vitest'
import { parseVary, readVariant } from '../../../../worker/semantics/caching/vary.ts'

const FIELDS: readonly (readonly [string | null, readonly string[] | null])[] = [
  [null, []],
  ['', []],
  ['Accept', ['accept']],
  ['Origin, Accept , origin', ['accept', 'origin']],
  ['Accept-Encoding', []],
  ['Accept-Encoding, Accept-Language', ['accept-language']],
  ['*', null],
  ['Accept, *', null],
  ['Accept Language', null],
  ['Accept, "x"', null],
  ['a,b,c,d,e,f,g,h', ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']],
  ['a,b,c,d,e,f,g,h,i', null],
]

describe('Vary', () => {
  for (const [field, names] of FIELDS) {
    it(`reads ${String(field)}`, () => {
      expect(parseVary(field)).toEqual(names)
    })
  }

  const VALUES: readonly (readonly [Record<string, string>, readonly string[] | null])[] = [
    [{}, null],
    [{ accept: '' }, ['']],
    [{ accept: 'a , b' }, ['a,b']],
    [{ accept: 'a,b' }, ['a,b']],
    [{ accept: 'b,a' }, ['b,a']],
  ]
  for (const [headers, values] of VALUES) {
    it(`takes the variant ${JSON.stringify(headers)}`, () => {
      expect(readVariant(['accept'], new Headers(headers))).toEqual([{ name: 'accept', values }])
    })
  }
})
