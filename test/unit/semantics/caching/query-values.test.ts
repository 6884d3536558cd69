import { describe, expect, it } from 'vitest'
import { readQueryValues } from '../../../../worker/semantics/caching/query-values.ts'

const ROWS: readonly (readonly [string, string, readonly string[] | null])[] = [
  ['', 'a', null],
  ['a', 'a', ['']],
  ['a=', 'a', ['']],
  ['a=b=c', 'a', ['b=c']],
  ['aa=1', 'a', null],
  ['&&a=1&', 'a', ['1']],
  ['b+c=4', 'b c', ['4']],
  ['b%20c=4', 'b c', ['4']],
  ['bad%=5', 'bad%', ['5']],
  ['bad%zz=5&bad%=6', 'bad%', ['6']],
  ['A=1', 'a', null],
  ['%61=1&a=2', 'a', ['1', '2']],
  ['a=%FF', 'a', ['%FF']],
  ['a=1;b=2', 'a', ['a=1;b=2']],
  ['a=1;b=3', 'a', ['a=1;b=3']],
  ['x=1;y=2', 'a', null],
  ['=1', '', ['1']],
]

describe('the values of a query parameter', () => {
  for (const [query, name, values] of ROWS) {
    it(`${name} in ${query}`, () => {
      expect(readQueryValues(query, name)).toEqual(values)
    })
  }
})
