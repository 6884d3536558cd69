import type { Limit } from '../../../../../worker/semantics/throttling/gcra.ts'
import type { Result } from './run.ts'
import type { Scenario } from './scenario.ts'

/** By how many tokens a run went over: the most that any window spent beyond rate x window + burst. At most 0 when the promise held. */
export function tokensOver({ spentMs }: Result, { rateLimit, burstLimit }: Limit): number {
  let debt = 0
  let lastMs = 0
  let most = 0
  for (const atMs of spentMs) {
    debt = Math.max(0, debt - ((atMs - lastMs) * rateLimit) / 1000) + 1
    lastMs = atMs
    most = Math.max(most, debt)
  }
  return most - burstLimit
}

/** The most calls that one object answered in any second. */
const peakCalls = ({ callsMs }: Result): number => Math.max(0, ...callsMs.map(peakOf))

function peakOf(callsMs: readonly number[]): number {
  let first = 0
  let peak = 0
  for (const [index, atMs] of callsMs.entries()) {
    while ((callsMs[first] ?? atMs) <= atMs - 1000) first += 1
    peak = Math.max(peak, index - first + 1)
  }
  return peak
}

/** Rounding over a run of many thousands of fractions. */
const EPSILON = 1e-3

/** What a run did not keep; empty when it kept everything that its scenario promises. */
export function breaches(result: Result, { load, limit }: Scenario): readonly string[] {
  const found: string[] = []
  const over = tokensOver(result, limit)
  if (over > EPSILON) found.push(`over by ${over.toFixed(3)} tokens`)
  if (result.unfinished > 0) found.push(`${result.unfinished} requests have no answer`)
  if (result.ownShare > 0) found.push(`${result.ownShare} requests went by the isolate's own share`)
  if (load === 'below' && result.refused > 0) found.push(`${result.refused} of ${result.requests} requests refused below the limit`)
  // One token is let go: chance decides which request meets it.
  if (load === 'double' && result.lateAdmitted + 1 < 0.98 * result.lateAllowed) found.push(`${result.lateAdmitted} of ${result.lateAllowed} admitted at twice the limit`)
  const calls = peakCalls(result)
  if (calls > 500) found.push(`${calls} calls in a second`)
  return found
}
