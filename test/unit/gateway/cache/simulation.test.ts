import process from 'node:process'
import { describe, expect, it } from 'vitest'
import { simulate } from './simulation.ts'

/** `READS=1000000 SEED=7 npx vitest run --project unit test/unit/gateway/cache/simulation.test.ts` runs the large size. */
const READS = Number(process.env['READS'] ?? 2_000)
const SEEDS = process.env['SEED'] === undefined ? [1, 2] : [Number(process.env['SEED'])]

describe('a simulated world of stages, canaries, callers, flushes, deploys and purges', () => {
  for (const seed of SEEDS) {
    it(`gives nobody an answer that is not theirs (seed ${seed}, ${READS} reads)`, { timeout: 3_600_000 }, async () => {
      const { reads, hits, wrong } = await simulate({ seed, reads: READS })
      expect(wrong).toEqual([])
      expect(reads).toBeGreaterThanOrEqual(READS)
      expect(hits).toBeGreaterThan(READS / 10)
    })
  }

  it('would notice if the cache did not hear of what requests changed', async () => {
    const { wrong } = await simulate({ seed: 7, reads: 20_000, withoutChanges: true })
    expect(wrong.join()).toContain('changed at')
  })

  const PARTS = ['the API', 'the stage', 'the deployment', 'the epoch', 'the side of the canary', null, 'the namespace', 'the caller', 'the name of a parameter', 'the values of a parameter'] as const
  for (const [index, part] of PARTS.entries()) {
    // The method alone is not simulated: every read is a GET. The name of a parameter tells only methods of one namespace apart.
    if (part === null || part === 'the name of a parameter' || part === 'the namespace') continue
    it(`would notice if the key lacked ${part}`, async () => {
      const { wrong } = await simulate({ seed: 7, reads: 20_000, withoutPart: index })
      expect(wrong.length).toBeGreaterThan(0)
    })
  }
})
