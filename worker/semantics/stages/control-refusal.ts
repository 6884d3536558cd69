/** Why a control write is not done. `detail` is Amazon's text where Amazon has one (aws-rest 8.1, 8.4). */
export interface ControlRefusal {
  readonly kind: 'not-possible' | 'not-found' | 'stale-revision' | 'conflict' | 'role-too-low'
  readonly detail: string
  /** What to do next. */
  readonly hint?: string
  /** The revision that things are at, for a write that was meant for another. */
  readonly currentRevision?: number
}

/** Makes a refusal: what was asked cannot be done in the state that things are in. */
export const notPossible = (detail: string, hint?: string): ControlRefusal => ({ kind: 'not-possible', detail, ...(hint === undefined ? {} : { hint }) })

/** Makes a refusal: what was named is not there. */
export const notFound = (detail: string, hint?: string): ControlRefusal => ({ kind: 'not-found', detail, ...(hint === undefined ? {} : { hint }) })
