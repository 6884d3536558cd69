import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseCacheControl, type CacheControl } from '../../../../worker/semantics/caching/cache-control.ts'

const ROWS: readonly (readonly [string | null, Partial<CacheControl>])[] = [
  [null, {}],
  ['', {}],
  ['max-age=60', { maxAgeSeconds: 60 }],
  ['MAX-AGE=60', { maxAgeSeconds: 60 }],
  ['max-age="60"', { maxAgeSeconds: 60 }],
  ['max-age = 60', { maxAgeSeconds: 60 }],
  ['max-age=', { maxAgeSeconds: 0 }],
  ['max-age', { maxAgeSeconds: 0 }],
  ['max-age=soon', { maxAgeSeconds: 0 }],
  ['max-age=-1', { maxAgeSeconds: 0 }],
  ['max-age=1.5', { maxAgeSeconds: 0 }],
  ['max-age=99999999999999999999', { maxAgeSeconds: 2_147_483_648 }],
  ['max-age=1, max-age=2', { maxAgeSeconds: 1 }],
  ['public, max-age=5, s-maxage=9', { isPublic: true, maxAgeSeconds: 5, sMaxAgeSeconds: 9 }],
  ['private="set-cookie, x"', { isPrivate: true }],
  ['no-cache="x", no-store', { noCache: true, noStore: true }],
  ['must-revalidate,proxy-revalidate ,must-understand', { mustRevalidate: true, proxyRevalidate: true, mustUnderstand: true }],
  ['max-stale', { maxStaleSeconds: Number.POSITIVE_INFINITY }],
  ['max-stale=10, min-fresh=3, only-if-cached', { maxStaleSeconds: 10, minFreshSeconds: 3, onlyIfCached: true }],
  ['stale-while-revalidate=30, stale-if-error=86400', { staleWhileRevalidateSeconds: 30, staleIfErrorSeconds: 86_400 }],
  ['x="no-store, private"', {}],
  ['x-no-store, no-storex', {}],
  [',,;;==,"', {}],
]

describe('Cache-Control', () => {
  const nothing = parseCacheControl(null)
  for (const [field, said] of ROWS) {
    it(`reads ${String(field)}`, () => {
      expect(parseCacheControl(field)).toEqual({ ...nothing, ...said })
    })
  }

  it('never fails', () => {
    fc.assert(
      fc.property(fc.string(), (field) => {
        expect(Object.keys(parseCacheControl(field))).toEqual(Object.keys(nothing))
      }),
      { seed: 8, numRuns: 1_000 },
    )
  })
})
