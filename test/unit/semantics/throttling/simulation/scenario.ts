import type { Limit } from '../../../../../worker/semantics/throttling/gcra.ts'
import { seededChance } from '../../../../chance.ts'

/** What may go wrong, and how often. */
export interface Faults {
  /** Probability that an ask never arrives, and that a reply gets lost. */
  readonly lostAsk: number
  readonly lostReply: number
  /** When the object loses its memory. */
  readonly restartsMs: readonly number[]
  /** When the clock of a machine is set, and by how much. */
  readonly objectJumps: readonly Jump[]
  readonly isolateJumps: readonly (Jump & { readonly isolate: number })[]
  /** The same of the parts of a hot bucket, for those that there are then. */
  readonly partRestarts: readonly { readonly atMs: number; readonly part: number }[]
  readonly partJumps: readonly (Jump & { readonly part: number })[]
}

/** A clock that is set. */
export interface Jump {
  readonly atMs: number
  readonly byMs: number
}

/** One run: a limit, isolates with their demand and distance, and what goes wrong. All of it comes from the seed. */
export interface Scenario {
  readonly seed: number
  /** `below`: what a central bucket of three quarters of the burst would refuse is left out. `double`: twice the rate. `wild`: anything. */
  readonly load: 'below' | 'double' | 'wild'
  readonly limit: Limit
  readonly isolates: number
  /** Round trip between each isolate and the object. */
  readonly tripsMs: readonly number[]
  /** Round trip between each part and its bucket, from part 1 on. */
  readonly partTripsMs: readonly number[]
  /** Isolates come one after the other, so many a second; from a time on they go within four seconds, but for the first few. Null: all are there from the start. */
  readonly tide: { readonly comePerSecond: number; readonly ebbAtMs: number; readonly ebbTo: number } | null
  readonly durationMs: number
  readonly perSecond: number
  /** Zipf exponent: 0 is an even spread. */
  readonly skew: number
  /** How often the demand moves, and how many pairs of isolates change places then. */
  readonly moveEveryMs: number
  readonly moves: number
  /** When a whole burst arrives at once. */
  readonly flashesMs: readonly number[]
  readonly faults: Faults
}

/** Nothing goes wrong. */
const NO_FAULTS: Faults = { lostAsk: 0, lostReply: 0, restartsMs: [], objectJumps: [], isolateJumps: [], partRestarts: [], partJumps: [] }

/** Chance in the shapes that a scenario needs. */
export interface Draws {
  readonly uniform: () => number
  readonly logUniform: (min: number, max: number) => number
  /** The time to the next event of a Poisson process. */
  readonly gapMs: (perMs: number) => number
  readonly pick: <T>(items: readonly T[]) => T
  readonly below: (bound: number) => number
}

/** Draws from a seed. */
export function drawsOf(seed: number): Draws {
  const { below, pick } = seededChance(seed)
  const uniform = (): number => below(1_000_000_007) / 1_000_000_007
  return { uniform, logUniform: (min, max) => min * (max / min) ** uniform(), gapMs: (perMs) => -Math.log(1 - uniform()) / perMs, pick, below }
}

/** How many requests a run has at most: more take too long. */
const REQUESTS_MAX = 12_000

/** Draws a scenario from a seed: each seed leaves some faults out and makes others frequent. */
export function drawScenario(seed: number): Scenario {
  const draws = drawsOf(seed)
  const load = draws.pick(['below', 'double', 'wild'] as const)
  const rateLimit = Math.round(draws.logUniform(load === 'double' ? 100 : 1, load === 'double' ? 2_000 : 4_000) * 10) / 10
  // Never over is promised for every bucket, the rest for those whose burst is half a second of the rate or more.
  const burstLimit = Math.max(load === 'wild' ? 1 : 4, Math.ceil(rateLimit * (load === 'wild' ? draws.logUniform(0.02, 4) : draws.logUniform(0.5, 4))))
  const perSecond = rateLimit * { below: 0.6 + draws.uniform(), double: 2, wild: draws.logUniform(0.2, 6) }[load]
  const isolates = Math.round(draws.logUniform(1, 100))
  // Long enough that what is on its way at the end counts little.
  const durationMsMin = load === 'double' ? 27_000 + (1_500 * burstLimit) / rateLimit : 4_000
  const durationMs = Math.max(durationMsMin, Math.min(40_000, (REQUESTS_MAX * 1000) / perSecond))
  const faults = draws.uniform() < 0.25 ? NO_FAULTS : drawFaults(draws, { load, limit: { rateLimit, burstLimit }, isolates, durationMs })
  return {
    seed, load, limit: { rateLimit, burstLimit }, isolates, durationMs, perSecond, faults,
    flashesMs: load === 'double' ? [] : drawFlashes(draws, faults, durationMs),
    tripsMs: Array.from({ length: isolates }, () => draws.logUniform(5, 300)),
    partTripsMs: [],
    tide: null,
    skew: draws.pick([0, 0.6, 1, 1.4]),
    moveEveryMs: draws.pick([Infinity, 4_000, 1_000]),
    moves: draws.pick([3, 100]),
  }
}

/** Some at any time, some when they hurt most: after a restart. */
function drawFlashes(draws: Draws, { restartsMs }: Faults, durationMs: number): number[] {
  if (draws.uniform() < 0.5) return []
  const anywhere = Array.from({ length: 3 }, () => draws.uniform() * durationMs)
  return [...anywhere, ...restartsMs.slice(0, 3).map((atMs) => atMs + draws.uniform() * 2_000)]
}

/** Draws a scenario of Amazon's own default: 10,000 requests a second, a burst of 5,000; at 5 to 9 tenths of the rate, or at twice. */
export function drawBusyScenario(seed: number): Scenario {
  const draws = drawsOf(seed)
  const load = draws.pick(['below', 'double'] as const)
  // One isolate serves about a thousand requests a second.
  const isolates = Math.round(draws.logUniform(10, 100))
  const perSecond = 10_000 * (load === 'below' ? 0.5 + 0.4 * draws.uniform() : 2)
  return {
    seed, load, limit: { rateLimit: 10_000, burstLimit: 5_000 }, isolates, durationMs: 10_000, perSecond, flashesMs: [],
    tripsMs: Array.from({ length: isolates }, () => draws.logUniform(5, 300)),
    partTripsMs: [],
    tide: null,
    skew: draws.pick([0, 0.6, 1, 1.4]),
    moveEveryMs: draws.pick([Infinity, 4_000]),
    moves: 3,
    faults: { ...NO_FAULTS, lostReply: draws.pick([0, 0.005]) },
  }
}

/** Requests a second that an isolate of a crowd sees on average, at the least: those that see fewer hold nothing ahead, and wait. */
const CROWD_PER_ISOLATE = 20

/** Tokens of the burst for each of them, at the least: what all hold together must fit into it. */
const CROWD_BURST = 16

/** Draws a crowd: 400 to 2,000 busy isolates, too many for one object, that come within some seconds and partly go again. */
export function drawCrowdScenario(seed: number): Scenario {
  const draws = drawsOf(seed)
  const load = draws.pick(['below', 'double', 'wild'] as const)
  const isolates = Math.round(draws.logUniform(400, 2_000))
  const rateLimit = Math.max(10_000, isolates * CROWD_PER_ISOLATE * draws.logUniform(1, 1.3))
  const comePerSecond = draws.logUniform(60, 150)
  const thereMs = (isolates * 1000) / comePerSecond
  const ebbAtMs = draws.pick([Infinity, thereMs + 9_000])
  const durationMs = Math.round(thereMs + (ebbAtMs < Infinity ? 22_000 : 10_000))
  const parts = Array.from({ length: 32 }, (_, index) => index + 1)
  const times = (list: readonly number[]): readonly { readonly atMs: number; readonly part: number }[] => list.flatMap((part) => (draws.uniform() < 0.5 ? [] : [{ part, atMs: draws.uniform() * durationMs }]))
  const hasFaults = draws.uniform() < 0.6
  return {
    seed, load, isolates, durationMs,
    limit: { rateLimit, burstLimit: Math.ceil(Math.max(rateLimit * draws.logUniform(0.5, 1), isolates * CROWD_BURST)) },
    perSecond: rateLimit * { below: 0.6 + 0.35 * draws.uniform(), double: 2, wild: draws.logUniform(0.5, 2) }[load],
    flashesMs: load === 'wild' ? [1_000, 4_000, 4_020].map((afterMs) => thereMs + afterMs) : [],
    tripsMs: Array.from({ length: isolates }, () => draws.logUniform(5, 300)),
    partTripsMs: parts.map(() => draws.logUniform(1, 40)),
    tide: { comePerSecond, ebbAtMs, ebbTo: Math.round(draws.logUniform(20, 100)) },
    skew: draws.pick([0, 0.6]),
    moveEveryMs: draws.pick([Infinity, 4_000]),
    moves: 3,
    faults: !hasFaults ? NO_FAULTS : {
      ...NO_FAULTS, lostAsk: draws.pick([0, 0.002]), lostReply: draws.pick([0, 0.005]),
      restartsMs: load === 'wild' ? times([0, 0, 0]).map(({ atMs }) => atMs) : [],
      objectJumps: load === 'wild' ? times([0]).map(({ atMs }) => ({ atMs, byMs: draws.logUniform(1, 3_000) * draws.pick([-1, 1]) })) : [],
      isolateJumps: parts.map((isolate) => ({ isolate, atMs: draws.uniform() * durationMs, byMs: draws.logUniform(1, 3_000) * draws.pick([-1, 1]) })),
      partRestarts: times(parts),
      partJumps: times(parts).map((time) => ({ ...time, byMs: draws.logUniform(1, 3_000) * draws.pick([-1, 1]) })),
    },
  }
}

/** How often something goes wrong in a run, and when: never in half of the runs. */
export function faultDraws(draws: Draws, durationMs: number): { readonly often: (max: number) => number; readonly times: (everyMs: number) => number[] } {
  const often = (max: number): number => (draws.uniform() < 0.5 ? 0 : draws.logUniform(0.001, max))
  const times = (everyMs: number): number[] => {
    if (draws.uniform() < 0.5) return []
    const list: number[] = []
    for (let atMs = draws.uniform() * everyMs; atMs < durationMs; atMs += everyMs * (0.5 + draws.uniform())) list.push(atMs)
    return list
  }
  return { often, times }
}

function drawFaults(draws: Draws, { load, limit, isolates, durationMs }: Pick<Scenario, 'load' | 'limit' | 'isolates' | 'durationMs'>): Faults {
  const { often, times } = faultDraws(draws, durationMs)
  // The promise bears jumps of 3 seconds, and as many as one in ten seconds of each machine.
  const byMs = (): number => draws.logUniform(1, 3_000) * draws.pick([-1, 1])
  const jumps = (): Jump[] => times(20_000).map((atMs) => ({ atMs, byMs: byMs() }))
  const restartsMs = times(draws.logUniform(load === 'wild' ? 2_000 : 20_000, 60_000))
  // What a jump brings needs time to be used, and room: for ten seconds after a restart there is less of it.
  const isUsable = ({ atMs, byMs: jumpMs }: Jump): boolean => jumpMs < (500 * limit.burstLimit) / limit.rateLimit && atMs < durationMs / 2 && restartsMs.every((restartMs) => atMs < restartMs || atMs > restartMs + 10_000)
  return {
    lostAsk: often(0.03),
    lostReply: often(0.05),
    restartsMs,
    objectJumps: jumps().filter((jump) => load !== 'double' || isUsable(jump)),
    isolateJumps: Array.from({ length: isolates }, (_, isolate) => jumps().map((jump) => ({ ...jump, isolate }))).flat(),
    partRestarts: [],
    partJumps: [],
  }
}
