import { describe, expect, test } from 'vitest'
import { createRecent } from '../../../../worker/semantics/authorizers/recent.ts'

describe('a memory of what was used lately', () => {
  test('never holds more than it may, and keeps what is used', () => {
    const recent = createRecent<number>(10)
    recent.put('used', -1)
    for (let index = 0; index < 100; index += 1) {
      recent.put(`k${index}`, index)
      expect(recent.get('used')).toBe(-1)
    }
    const held = Array.from({ length: 100 }, (_, index) => recent.get(`k${index}`)).filter((value) => value !== null)
    expect(held.length).toBeLessThanOrEqual(10)
    expect(recent.get('k99')).toBe(99)
    expect(recent.get('k0')).toBeNull()
  })

  test('replaces and forgets in both generations', () => {
    const recent = createRecent<string>(4)
    for (const key of ['a', 'b', 'c', 'd']) recent.put(key, 'first')
    for (const key of ['a', 'd']) recent.put(key, 'second')
    expect(['a', 'd'].map((key) => recent.get(key))).toEqual(['second', 'second'])
    for (const key of ['a', 'b', 'c', 'd']) recent.remove(key)
    expect(['a', 'b', 'c', 'd'].map((key) => recent.get(key))).toEqual([null, null, null, null])
  })
})
