import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { takeTokens, tokensAt, type Limit } from '../../../../worker/semantics/throttling/gcra.ts'

const LIMIT: Limit = { rateLimit: 10, burstLimit: 5 }

/** Takes one token at each of the times; gives how many were there. */
function admitted(limit: Limit, timesMs: readonly number[]): number[] {
  let tatMs = 0
  return timesMs.filter((nowMs) => {
    const taking = takeTokens(tatMs, limit, { count: 1, nowMs })
    tatMs = taking.tatMs
    return taking.kind === 'taken'
  })
}

describe('takeTokens', () => {
  it('lets a full bucket go at once, and then what flows in', () => {
    expect(admitted(LIMIT, Array.from({ length: 10 }, () => 1_000))).toHaveLength(5)
    expect(admitted(LIMIT, [0, 0, 0, 0, 0, 50, 100, 150, 200])).toEqual([0, 0, 0, 0, 0, 100, 200])
  })

  it('says exactly when the next token comes', () => {
    const refused = takeTokens(1_500, LIMIT, { count: 1, nowMs: 1_000 })
    expect(refused).toEqual({ kind: 'refused', tatMs: 1_500, retryAfterMs: 100 })
    expect(takeTokens(1_500, LIMIT, { count: 1, nowMs: 1_099 }).kind).toBe('refused')
    expect(takeTokens(1_500, LIMIT, { count: 1, nowMs: 1_100 }).kind).toBe('taken')
  })

  it('a rate of 0 lets nobody through, and never will', () => {
    expect(takeTokens(0, { rateLimit: 0, burstLimit: 5 }, { count: 1, nowMs: 0 })).toMatchObject({ kind: 'refused', retryAfterMs: Infinity })
  })

  it('a clock that was set back costs at most one filling', () => {
    expect(takeTokens(1_000_000, LIMIT, { count: 1, nowMs: 0 })).toEqual({ kind: 'refused', tatMs: 500, retryAfterMs: 100 })
  })

  it('never admits more than rate x window + burst, over any window of any arrivals', () => {
    const arrivals = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 120 })
    fc.assert(
      fc.property(arrivals, fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 20 }), (gaps, rateLimit, burstLimit) => {
        let nowMs = 0
        const times = admitted({ rateLimit, burstLimit }, gaps.map((gap) => (nowMs += gap)))
        for (const [index, from] of times.entries()) {
          for (const [later, to] of times.slice(index).entries()) expect(later + 1).toBeLessThanOrEqual((rateLimit * (to - from)) / 1000 + burstLimit + 1e-6)
        }
      }),
      { seed: 7, numRuns: 300 },
    )
  })

  it('tells what is left', () => {
    expect(tokensAt(1_200, LIMIT, 1_000)).toBe(3)
    expect(tokensAt(0, LIMIT, 1_000)).toBe(5)
  })
})
