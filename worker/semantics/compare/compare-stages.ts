import type { CanaryRecord, StageRecord } from '../stages/stage-record.ts'
import { toMemberChange, toWholeChange, type Change, type MemberChange } from './change.ts'
import { compareMembers } from './compare-members.ts'

/** Tells in which ways a stage differs from itself at another time: pointer, settings, canary. */
export function compareStages(before: StageRecord | null, after: StageRecord): readonly Change[] {
  const subject = `stage ${after.stageName}`
  if (before === null) return [toWholeChange('added', subject)]
  return compareMembers(toMembers(before), toMembers(after), WHOLE).map((change) => toMemberChange(subject, change, warnOf(change)))
}

const WHOLE: ReadonlySet<string> = new Set(['accessLogSettings'])

function toMembers({ deploymentId, cacheEpoch, cachePurges, settings, canary }: StageRecord): Readonly<Record<string, unknown>> {
  const canarySettings = canary === null ? null : toShown(canary)
  return { deploymentId, cacheEpoch, cachePurges, ...settings, canarySettings }
}

/** A ramp's clock and a canary's salt are no settings: a reviewer sees the percentage, and by what callers are known. */
function toShown({ ramp, stickiness, ...canary }: CanaryRecord): Readonly<Record<string, unknown>> {
  return {
    ...canary,
    stickiness: stickiness === null ? null : { type: stickiness.type, name: stickiness.name },
    ramp: ramp === null ? null : { steps: ramp.steps, promote: ramp.promote },
  }
}

function warnOf({ member, before, after }: MemberChange): string | null {
  if (/^methodSettings\..*\.throttling(?:RateLimit|BurstLimit)$/u.test(member)) return warnOfLimit(before, after)
  if (member === 'methodSettings.*/*') return after === undefined ? 'limits, logging and caching fall back to the defaults' : null
  if (member.endsWith('.requireAuthorizationForCacheControl')) return after === false ? 'any caller may empty cache entries' : null
  if (member.endsWith('.shared')) return after === true ? 'callers share cached answers' : null
  if (member.endsWith('.dataTraceEnabled')) return after === true ? 'whole requests and answers go to the log' : null
  return null
}

function warnOfLimit(before: unknown, after: unknown): string | null {
  if (typeof after !== 'number') return 'limit removed'
  return typeof before === 'number' && after < before ? 'limit lowered: callers may meet 429' : null
}
