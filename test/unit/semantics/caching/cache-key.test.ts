import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { renderCacheKey, toVariantKey, type CacheKeyParts } from '../../../../worker/semantics/caching/cache-key.ts'

const BASE: CacheKeyParts = {
  apiId: 'shop',
  stageName: 'prod',
  deploymentId: 'd1',
  cacheEpoch: 0,
  isCanary: false,
  httpMethod: 'GET',
  cacheNamespace: 'res1',
  caller: null,
  parameters: [],
}

const DIFFERENT: readonly (readonly [string, Partial<CacheKeyParts>])[] = [
  ['another API', { apiId: 'shop2' }],
  ['another stage', { stageName: 'dev' }],
  ['another deployment', { deploymentId: 'd2' }],
  ['another epoch', { cacheEpoch: 1 }],
  ['the other side of the canary', { isCanary: true }],
  ['another method', { httpMethod: 'POST' }],
  ['another namespace', { cacheNamespace: 'res2' }],
  ['a caller', { caller: 'ann' }],
  ['a caller without a name', { caller: '' }],
  ['text moved over a border', { apiId: 'sho', stageName: 'pprod' }],
  ['a length that looks like another part', { apiId: 'shop4:prod', stageName: '' }],
  ['a parameter that is absent', { parameters: [{ name: 'q', values: null }] }],
  ['a parameter without a value', { parameters: [{ name: 'q', values: [''] }] }],
  ['a parameter without any value', { parameters: [{ name: 'q', values: [] }] }],
  ['a parameter of another name', { parameters: [{ name: 'r', values: [''] }] }],
  ['one value with a comma', { parameters: [{ name: 'q', values: ['a,b'] }] }],
  ['two values', { parameters: [{ name: 'q', values: ['a', 'b'] }] }],
  ['the two values turned', { parameters: [{ name: 'q', values: ['b', 'a'] }] }],
  ['a value that looks like the end of a list', { parameters: [{ name: 'q', values: ['a1:b'] }] }],
  ['two parameters', { parameters: [{ name: 'q', values: ['a'] }, { name: 'b', values: null }] }],
]

describe('the cache key', () => {
  const seen = new Map([[renderCacheKey(BASE), 'the base']])
  for (const [name, change] of DIFFERENT) {
    it(`tells ${name} apart from all the others`, () => {
      const key = renderCacheKey({ ...BASE, ...change })
      expect(seen.get(key)).toBeUndefined()
      seen.set(key, name)
    })
  }

  it('is the same for equal parts', () => {
    expect(renderCacheKey({ ...BASE, parameters: [{ name: 'q', values: ['a'] }] })).toBe(renderCacheKey({ ...BASE, parameters: [{ name: 'q', values: ['a'] }] }))
  })

  const text = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('', '-', '1:', '#1:', '0:', '1:a', 'vary ', '#0:'))
  const parts = fc.record({
    apiId: text,
    stageName: text,
    deploymentId: text,
    cacheEpoch: fc.nat(12),
    isCanary: fc.boolean(),
    httpMethod: text,
    cacheNamespace: text,
    caller: fc.option(text),
    parameters: fc.array(fc.record({ name: text, values: fc.option(fc.array(text, { maxLength: 3 })) }), { maxLength: 3 }),
  })

  it('is equal only for equal parts, whatever stands in them', () => {
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        expect(renderCacheKey(one) === renderCacheKey(other)).toBe(JSON.stringify(one) === JSON.stringify(other))
      }),
      { seed: 8, numRuns: 2_000 },
    )
  })

  it('of a variant differs by its values, and from every plain key', () => {
    const key = renderCacheKey(BASE)
    const keys = [key, toVariantKey(key, []), toVariantKey(key, [{ name: 'accept', values: null }]), toVariantKey(key, [{ name: 'accept', values: ['a'] }])]
    expect(new Set(keys).size).toBe(keys.length)
  })
})
