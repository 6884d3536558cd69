import { promoteCanary } from './canary.ts'
import { revise, type StageOutcome } from './stage-change.ts'
import type { StageRecord } from './stage-record.ts'

/** When the ramp of a stage's canary wants its next step, in milliseconds since 1970; null when no ramp runs. */
export function nextRampStepMs(record: StageRecord): number | null {
  return record.canary?.ramp?.stepEndsAtMs ?? null
}

/**
 * Takes a ramp one step on when its time has come: the next percentage, or after the last one promotion, or the end of the ramp with the percentage left as it is.
 * One step at a time: a clock that jumped, or an object that slept, never skips a dwell.
 */
export function advanceRamp(record: StageRecord, nowMs: number): StageOutcome {
  const { canary } = record
  if (canary === null || canary.ramp === null || nowMs < canary.ramp.stepEndsAtMs) return { kind: 'unchanged', record }
  const { ramp } = canary
  const stepIndex = ramp.stepIndex + 1
  const step = ramp.steps[stepIndex]
  if (step === undefined) return ramp.promote ? promoteCanary(record) : revise(record, { canary: { ...canary, ramp: null } })
  return revise(record, {
    canary: { ...canary, percentTraffic: step.percentTraffic, ramp: { ...ramp, stepIndex, stepEndsAtMs: nowMs + step.dwellSeconds * 1000 } },
  })
}
