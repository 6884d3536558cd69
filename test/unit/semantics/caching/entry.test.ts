import { describe, expect, it } from 'vitest'
import { judgeFreshness, toAgeSeconds, toEntryBytes, type CachedAnswer, type Freshness } from '../../../../worker/semantics/caching/entry.ts'

const ANSWER: CachedAnswer = {
  kind: 'answer',
  statusCode: 200,
  headers: new Headers({ a: 'b' }),
  body: new Uint8Array(100),
  requestedAtMs: 0,
  storedAtMs: 0,
  initialAgeSeconds: 5,
  freshUntilMs: 1_000,
  staleWhileRevalidateUntilMs: 2_000,
  staleIfErrorUntilMs: 3_000,
  keepUntilMs: 4_000,
  mustRevalidate: false,
  validators: { etag: null, lastModified: null },
  tags: [],
}

const ROWS: readonly (readonly [number, Freshness, Partial<CachedAnswer>?])[] = [
  [999, 'fresh'],
  [1_000, 'stale-while-revalidate'],
  [1_999, 'stale-while-revalidate'],
  [2_000, 'stale-if-error'],
  [2_999, 'stale-if-error'],
  [3_000, 'stale'],
  [3_999, 'stale'],
  [4_000, 'gone'],
  [1_000, 'stale-if-error', { staleWhileRevalidateUntilMs: 1_000 }],
  [1_000, 'gone', { staleWhileRevalidateUntilMs: 1_000, staleIfErrorUntilMs: 1_000, keepUntilMs: 1_000 }],
]

describe('an answer', () => {
  for (const [nowMs, expected, change] of ROWS) {
    it(`at ${nowMs} ms is ${expected}`, () => {
      expect(judgeFreshness({ ...ANSWER, ...change }, nowMs)).toBe(expected)
    })
  }

  it('counts the age it came with, and never a negative one', () => {
    expect([toAgeSeconds(ANSWER, 2_999), toAgeSeconds(ANSWER, 3_000), toAgeSeconds(ANSWER, -5_000)]).toEqual([7, 8, 5])
  })

  it('costs at least its body', () => {
    expect(toEntryBytes(ANSWER)).toBeGreaterThan(100)
    expect(toEntryBytes({ kind: 'vary', names: ['accept'], keepUntilMs: 1 })).toBeGreaterThan(0)
  })
})
