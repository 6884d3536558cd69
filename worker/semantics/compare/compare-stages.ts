import type { StageRecord } from '../stages/stage-record.ts'
import { toMemberChange, type Change, type MemberChange } from './change.ts'
import { compareMembers } from './compare-members.ts'

/** Tells in which ways a stage differs from itself at another time: pointer, settings, canary. */
export function compareStages(before: StageRecord | null, after: StageRecord): readonly Change[] {
  const changes = compareMembers(before === null ? {} : toMembers(before), toMembers(after), WHOLE)
  return changes.map((change) => toMemberChange(`stage ${after.stageName}`, change, before === null ? null : warnOf(change)))
}

const WHOLE: ReadonlySet<string> = new Set(['accessLogSettings'])

function toMembers({ deploymentId, cacheEpoch, cachePurges, settings, canary }: StageRecord): Readonly<Record<string, unknown>> {
  // A ramp's clock is no setting: a reviewer sees the percentage that it sets.
  const canarySettings = canary === null ? null : { ...canary, ramp: canary.ramp === null ? null : { steps: canary.ramp.steps, promote: canary.ramp.promote } }
  return { deploymentId, cacheEpoch, cachePurges, ...settings, canarySettings }
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
