import type { Quota } from '../../../../../worker/semantics/throttling/quota.ts'
import { type Draws, type Jump, drawsOf, faultDraws } from '../simulation/scenario.ts'

/** An operator sets what remains. */
export interface RemainingSet {
  readonly atMs: number
  readonly remaining: number
}

/** One run: a quota, isolates with their demand and distance, and what goes wrong. All of it comes from the seed. Times count from `startMs`, a time of the year. */
export interface QuotaScenario {
  readonly seed: number
  /** `below`: half the quota at most. `over`: the quota is used up. */
  readonly load: 'below' | 'over'
  readonly quota: Quota
  readonly startMs: number
  readonly durationMs: number
  readonly perSecond: number
  readonly tripsMs: readonly number[]
  /** Zipf exponent: 0 is an even spread. */
  readonly skew: number
  /** The share of requests that a bucket refuses after they took their unit. */
  readonly throttled: number
  readonly lostAsk: number
  readonly lostReply: number
  /** When the counter loses its memory. */
  readonly restartsMs: readonly number[]
  /** When an isolate dies with what it holds, and a fresh one stands in its place. */
  readonly kills: readonly { readonly atMs: number; readonly isolate: number }[]
  readonly sets: readonly RemainingSet[]
  readonly counterJumps: readonly Jump[]
  readonly isolateJumps: readonly (Jump & { readonly isolate: number })[]
}

/** The last evening of a day, of a week and of a month. */
const EVENINGS = { DAY: '2026-11-24T23:59:00Z', WEEK: '2026-11-21T23:59:00Z', MONTH: '2026-11-30T23:59:00Z' } as const
const MINUTE_MS = 60_000

/** Draws a scenario from a seed: each seed leaves some faults out and makes others frequent. Half of them see a period end. */
export function drawQuotaScenario(seed: number): QuotaScenario {
  const draws = drawsOf(seed)
  const load = draws.pick(['below', 'over', 'over'] as const)
  const isolates = Math.round(draws.logUniform(1, 100))
  const perSecond = draws.logUniform(1, 300)
  const durationMs = 20_000 + draws.uniform() * 40_000
  const requests = Math.ceil((perSecond * durationMs) / 1000)
  const limit = load === 'below' ? requests * 2 + 100 * isolates : Math.ceil(requests * draws.logUniform(0.02, 0.9))
  const period = draws.pick(['DAY', 'WEEK', 'MONTH'] as const)
  const isCalm = draws.uniform() < 0.2
  return {
    seed, load, durationMs, perSecond,
    quota: { limit, offset: draws.pick([0, 0, Math.floor(limit * 0.1)]), period },
    // The minute before a period ends, or after: a day ends now and then in the middle of a longer one.
    startMs: Date.parse(EVENINGS[draws.pick(['DAY', period] as const)]) + draws.pick([0, MINUTE_MS * 2]) + draws.uniform() * MINUTE_MS * 0.75,
    tripsMs: Array.from({ length: isolates }, () => draws.logUniform(5, 300)),
    skew: draws.pick([0, 0.6, 1, 1.4]),
    throttled: draws.pick([0, 0.05, 0.4]),
    ...(isCalm ? NO_FAULTS : drawFaults(draws, { load, limit, isolates, durationMs })),
  }
}

const NO_FAULTS = { lostAsk: 0, lostReply: 0, restartsMs: [], kills: [], sets: [], counterJumps: [], isolateJumps: [] } satisfies Partial<QuotaScenario>

function drawFaults(draws: Draws, { load, limit, isolates, durationMs }: { readonly load: string; readonly limit: number; readonly isolates: number; readonly durationMs: number }): typeof NO_FAULTS | Faults {
  const { often, times } = faultDraws(draws, durationMs)
  // Leases bear jumps of 3 seconds, and as many as one in twenty seconds of each machine.
  const jumps = (): Jump[] => times(40_000).map((atMs) => ({ atMs, byMs: draws.logUniform(1, 3_000) * draws.pick([-1, 1]) }))
  return {
    lostAsk: often(0.05),
    lostReply: often(0.1),
    restartsMs: times(draws.logUniform(500, 30_000)),
    kills: times(draws.logUniform(1_000, 30_000)).map((atMs) => ({ atMs, isolate: draws.below(isolates) })),
    sets: load === 'below' ? [] : times(20_000).map((atMs) => ({ atMs, remaining: draws.pick([0, draws.below(50), draws.below(limit + 1)]) })),
    counterJumps: jumps(),
    isolateJumps: Array.from({ length: isolates }, (_, isolate) => jumps().map((jump) => ({ ...jump, isolate }))).flat(),
  }
}

type Faults = Pick<QuotaScenario, keyof typeof NO_FAULTS>
