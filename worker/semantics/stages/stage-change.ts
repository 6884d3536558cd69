import type { ControlRefusal } from './control-refusal.ts'
import type { StageRecord } from './stage-record.ts'

/** What a control write makes of a stage. `note` says what the caller may not expect. */
export type StageOutcome =
  | { readonly kind: 'changed'; readonly record: StageRecord; readonly note?: string }
  | { readonly kind: 'unchanged'; readonly record: StageRecord; readonly note?: string }
  | { readonly kind: 'refused'; readonly refusal: ControlRefusal }

/** The next revision of a stage. */
export function revise(record: StageRecord, changes: Partial<Omit<StageRecord, 'apiId' | 'stageName' | 'revision'>>): StageOutcome & { kind: 'changed' } {
  return { kind: 'changed', record: { ...record, ...changes, revision: record.revision + 1 } }
}

/** A write that is not done. */
export const refused = (refusal: ControlRefusal): StageOutcome => ({ kind: 'refused', refusal })
