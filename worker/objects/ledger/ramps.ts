import { cancelCanary } from '../../semantics/stages/canary.ts'
import { advanceRamp, nextRampStepMs } from '../../semantics/stages/ramp.ts'
import type { StageRecord } from '../../semantics/stages/stage-record.ts'
import type { By } from './audit.ts'
import type { Book } from './book.ts'
import { listStages, readStage, saveStage } from './stages.ts'

/** What a guard thinks of a canary by its own measurements. `unknown` is too little traffic to judge by; it does not stop a ramp. */
export type CanaryVerdict = { readonly kind: 'healthy' | 'unknown' } | { readonly kind: 'unhealthy'; readonly reason: string }

/** Watches canaries: asked before a ramp takes its next step. An unhealthy canary is cancelled, and history says why. */
export type CanaryGuard = (stage: StageRecord) => Promise<CanaryVerdict>

/** The guard of a gateway that measures nothing. */
export const noGuard: CanaryGuard = async () => ({ kind: 'unknown' })

const RAMP: By = { actor: 'stagedoor', author: 'stagedoor', message: 'the ramp took its next step', sourceCommit: null }

/** Takes every ramp whose time has come one step on. */
export async function advanceRamps(book: Book, guard: CanaryGuard): Promise<void> {
  for (const stage of listStages(book)) {
    const dueMs = nextRampStepMs(stage)
    if (dueMs === null || dueMs > book.nowMs()) continue
    const verdict = await guard(stage)
    book.atomically(() => step(book, stage, verdict))
  }
}

function step(book: Book, seen: StageRecord, verdict: CanaryVerdict): void {
  const stage = readStage(book, seen.stageName)
  // Somebody may have changed the stage while the guard was asked.
  if (stage === null || stage.revision !== seen.revision) return
  const isUnhealthy = verdict.kind === 'unhealthy'
  const outcome = isUnhealthy ? cancelCanary(stage) : advanceRamp(stage, book.nowMs())
  if (outcome.kind !== 'changed') return
  const by = isUnhealthy ? { ...RAMP, message: `the canary was cancelled: ${verdict.reason}` } : RAMP
  saveStage(book, stage, outcome.record, by, isUnhealthy ? 'canary-cancel' : 'ramp-step')
}

/** When the next ramp wants a step; null when no ramp runs. */
export function nextRampMs(book: Book): number | null {
  const times = listStages(book).flatMap((stage) => nextRampStepMs(stage) ?? [])
  return times.length === 0 ? null : Math.min(...times)
}
