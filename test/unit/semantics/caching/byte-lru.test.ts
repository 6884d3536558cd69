import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createByteLru } from '../../../../worker/semantics/caching/byte-lru.ts'

describe('a map bounded in bytes', () => {
  it('drops what was not used for the longest time', () => {
    const lru = createByteLru<string, number>(3)
    for (const key of ['a', 'b', 'c']) lru.set(key, 1, 1)
    lru.get('a')
    lru.set('d', 1, 1)
    expect([lru.get('a'), lru.get('b'), lru.get('c'), lru.get('d')]).toEqual([1, undefined, 1, 1])
  })

  it('does not take what is larger than itself, and forgets the older value then', () => {
    const lru = createByteLru<string, number>(3)
    lru.set('a', 1, 1)
    lru.set('a', 2, 4)
    expect([lru.get('a'), lru.bytes(), lru.entries()]).toEqual([undefined, 0, 0])
  })

  it('drops as many as needed for a large one', () => {
    const lru = createByteLru<string, number>(3)
    for (const key of ['a', 'b', 'c']) lru.set(key, 1, 1)
    lru.set('d', 1, 3)
    expect([lru.entries(), lru.bytes()]).toEqual([1, 3])
  })

  it('agrees with a plain model', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('set' as const), key: fc.nat(6), bytes: fc.integer({ min: 1, max: 7 }) }),
      fc.record({ kind: fc.constantFrom('get' as const, 'delete' as const), key: fc.nat(6), bytes: fc.constant(0) }),
    )
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const lru = createByteLru<number, number>(10)
        let model: { key: number; bytes: number }[] = []
        for (const { kind, key, bytes } of steps) {
          const held = model.find((entry) => entry.key === key)
          const got = kind === 'get' ? lru.get(key) : undefined
          model = model.filter((entry) => entry !== held)
          if (kind === 'get' && held !== undefined) model.push(held)
          if (kind === 'delete') lru.delete(key)
          if (kind === 'set') {
            lru.set(key, bytes, bytes)
            model.push({ key, bytes })
            while (model.reduce((sum, entry) => sum + entry.bytes, 0) > 10) model.shift()
          }
          expect([got, lru.bytes(), lru.entries()]).toEqual([kind === 'get' ? held?.bytes : undefined, model.reduce((sum, entry) => sum + entry.bytes, 0), model.length])
        }
      }),
      { seed: 8, numRuns: 500 },
    )
  })
})
