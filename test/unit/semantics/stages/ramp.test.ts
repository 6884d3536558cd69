import { expect, test } from 'vitest'
import { rampSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { setCanary } from '../../../../worker/semantics/stages/canary.ts'
import { advanceRamp, nextRampStepMs } from '../../../../worker/semantics/stages/ramp.ts'
import type { StageRecord } from '../../../../worker/semantics/stages/stage-record.ts'
import { canaryOf, id, running } from './records.ts'

const STEPS = [
  { percentTraffic: 1, dwellSeconds: 60 },
  { percentTraffic: 10, dwellSeconds: 300 },
  { percentTraffic: 50, dwellSeconds: 600 },
]
const ramping = (promote: boolean): StageRecord => ({ ...running, canary: canaryOf(running, { ramp: { steps: STEPS, promote } }) })

/** Lets the clock jump from step to step and writes down what the data plane would run. */
function play(record: StageRecord): string[] {
  const seen = [describe(record)]
  for (let now = nextRampStepMs(record), at = record; now !== null; now = nextRampStepMs(at)) {
    const early = advanceRamp(at, now - 1)
    expect(early.kind).toBe('unchanged')
    const outcome = advanceRamp(at, now)
    if (outcome.kind !== 'changed') throw new Error(`nothing happened at ${now}`)
    at = outcome.record
    seen.push(`${now / 1000}s ${describe(at)}`)
  }
  return seen
}

const describe = ({ deploymentId, canary, revision }: StageRecord): string =>
  `revision ${revision}: ${deploymentId?.slice(0, 1)}${canary === null ? '' : ` and ${canary.percentTraffic} % ${canary.deploymentId.slice(0, 1)}`}`

test('a ramp climbs step by step and stays at the last', () => {
  expect(play(ramping(false))).toEqual(['revision 3: 1 and 1 % 2', '60s revision 4: 1 and 10 % 2', '360s revision 5: 1 and 50 % 2', '960s revision 6: 1 and 50 % 2'])
})

test('a ramp that promotes ends with the canary as the stage', () => {
  expect(play(ramping(true)).at(-1)).toBe('960s revision 6: 2')
})

test('a clock that jumped a day takes one step, and gives it its whole time', () => {
  const day = 86_400_000
  const outcome = advanceRamp(ramping(true), day)
  expect(outcome).toMatchObject({ kind: 'changed', record: { canary: { percentTraffic: 10, ramp: { stepEndsAtMs: day + 300_000 } } } })
})

test('setting a share by hand stops the ramp', () => {
  const outcome = setCanary(ramping(true), { percentTraffic: 20 }, 0)
  expect(outcome).toMatchObject({ kind: 'changed', record: { canary: { percentTraffic: 20, ramp: null } } })
})

test('a new ramp takes the place of the old one', () => {
  const outcome = setCanary(ramping(true), { ramp: { steps: [{ percentTraffic: 30, dwellSeconds: 5 }], promote: false } }, 1000)
  expect(outcome).toMatchObject({ kind: 'changed', record: { canary: { percentTraffic: 30, deploymentId: id('2'), ramp: { stepIndex: 0, stepEndsAtMs: 6000 } } } })
})

const BAD_RAMPS = [
  { name: 'no steps', ramp: { steps: [] } },
  { name: 'a step that shrinks', ramp: { steps: [STEPS[1], STEPS[0]] } },
  { name: 'a step that stays', ramp: { steps: [STEPS[0], STEPS[0]] } },
  { name: 'more than all', ramp: { steps: [{ percentTraffic: 101, dwellSeconds: 1 }] } },
  { name: 'no time', ramp: { steps: [{ percentTraffic: 1, dwellSeconds: 0 }] } },
  { name: 'an unknown field', ramp: { steps: STEPS, abort: true } },
]
for (const row of BAD_RAMPS) test(`a ramp with ${row.name} is refused`, () => expect(rampSchema.safeParse(row.ramp).success).toBe(false))
