import { describe, expect, it } from 'vitest'
import { addPurge, isPurged } from '../../../../worker/semantics/caching/purges.ts'
import { parseCacheTags } from '../../../../worker/semantics/caching/cache-tags.ts'

const PURGES = [
  { kind: 'method' as const, value: 'pets/GET', atMs: 100 },
  { kind: 'tag' as const, value: 'cats', atMs: 200 },
]

const ROWS: readonly (readonly [string, string, number, readonly string[], boolean])[] = [
  ['its method, before', 'pets/GET', 99, [], true],
  ['its method, in the same millisecond', 'pets/GET', 100, [], true],
  ['its method, after', 'pets/GET', 101, [], false],
  ['another method', 'pets/POST', 99, [], false],
  ['its tag, before', 'pets/GET', 150, ['dogs', 'cats'], true],
  ['its tag, after', 'pets/GET', 201, ['cats'], false],
  ['another tag', 'pets/GET', 150, ['dogs'], false],
  ['a tag named as a method', 'x/GET', 99, ['pets/GET'], false],
]

describe('a purge of', () => {
  for (const [name, methodKey, requestedAtMs, tags, expected] of ROWS) {
    it(`${name}: ${expected ? 'gone' : 'served'}`, () => {
      expect(isPurged(PURGES, { methodKey, answer: { requestedAtMs, tags } })).toBe(expected)
    })
  }

  it('is remembered once, and no longer than entries live', () => {
    const later = { kind: 'tag' as const, value: 'cats', atMs: 300 }
    expect(addPurge(PURGES, later, 10)).toEqual([PURGES[0], later])
    expect(addPurge(PURGES, { ...later, atMs: 604_800_000 + 150 }, 10)).toEqual([{ ...later, atMs: 604_800_000 + 150 }])
  })

  it('gives way to a flush when there are too many', () => {
    expect(addPurge(PURGES, { kind: 'tag', value: 'dogs', atMs: 300 }, 2)).toBeNull()
  })
})

describe('Cache-Tag', () => {
  const FIELDS: readonly (readonly [string | null, readonly string[]])[] = [
    [null, []],
    ['', []],
    ['a', ['a']],
    ['a,b c,,a', ['a', 'b', 'c']],
    [`ok,${'x'.repeat(1_025)}`, ['ok']],
  ]
  for (const [field, tags] of FIELDS) {
    it(`reads ${String(field).slice(0, 20)}`, () => {
      expect(parseCacheTags(field)).toEqual(tags)
    })
  }

  it('takes no more than the limit', () => {
    expect(parseCacheTags(Array.from({ length: 50 }, (_, index) => `t${index}`).join()).length).toBe(32)
  })
})
