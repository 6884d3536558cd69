import { openLoad, type OpenLoad } from './load.ts'
import type { Candidate, Measurement, Scenario } from './scenario.ts'

/** How long a scenario is measured. */
export interface Effort {
  readonly rounds: number
  readonly requestsPerRound: number
  readonly connections: number
}

interface Run {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMicrosPerRequest: number
  readonly failures: number
}

/** A run of a candidate, and the baseline's right before or after it. */
interface Pair {
  readonly own: Run
  readonly baseline: Run
}

/** Sent to each candidate before the first round: V8 has compiled by then what it is going to. */
const WARM_UP_REQUESTS = 5_000

/** As many requests of a run, by share, are sent before its clocks start: connections are open by then, leases are held, demand is known. */
const LEAD_IN_SHARE = 1

/**
 * Measures each candidate in short runs, every one right beside a run of the baseline, first and second in turn: what else the machine does falls on both alike, and the median
 * of many differences shows microseconds where the figures themselves swing by tens.
 */
export async function measure(scenario: Scenario, effort: Effort): Promise<Measurement[]> {
  const { candidates } = scenario
  const baseline = candidates.find(({ name }) => name === scenario.baseline)
  if (baseline === undefined) throw new Error(`${scenario.name} has no candidate ${scenario.baseline}`)
  const others = candidates.filter((candidate) => candidate !== baseline)
  const pairs = new Map<Candidate, Pair[]>(others.map((candidate) => [candidate, []]))
  for (const candidate of candidates) await runOnce(candidate, { ...effort, requestsPerRound: WARM_UP_REQUESTS })
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const candidate of others) pairs.get(candidate)?.push(await runPair(candidate, baseline, { effort, isFirst: round % 2 === 0 }))
  }
  return candidates.map((candidate) => summarise(candidate.name, pairs.get(candidate) ?? toBaselinePairs([...pairs.values()].flat())))
}

async function runPair(candidate: Candidate, baseline: Candidate, { effort, isFirst }: { readonly effort: Effort; readonly isFirst: boolean }): Promise<Pair> {
  if (!isFirst) {
    const own = await runOnce(candidate, effort)
    return { own, baseline: await runOnce(baseline, effort) }
  }
  const before = await runOnce(baseline, effort)
  return { own: await runOnce(candidate, effort), baseline: before }
}

const toBaselinePairs = (pairs: readonly Pair[]): Pair[] => pairs.map(({ baseline }) => ({ own: baseline, baseline }))

async function runOnce({ process, requests }: Candidate, { connections, requestsPerRound }: Effort): Promise<Run> {
  const load = await openLoad({ port: process.port, requests, connections })
  try {
    const leadIn = await load.run(Math.ceil(requestsPerRound * LEAD_IN_SHARE))
    return await measureRun(process, load, { count: requestsPerRound, failuresBefore: failuresOf(leadIn) })
  } finally {
    load.close()
  }
}

async function measureRun(process: Candidate['process'], load: OpenLoad, { count, failuresBefore }: { readonly count: number; readonly failuresBefore: number }): Promise<Run> {
  const cpuBefore = await process.cpuMicros()
  const result = await load.run(count)
  const cpuAfter = await process.cpuMicros()
  return {
    requestsPerSecond: count / result.seconds,
    p50Ms: result.latenciesMs[Math.floor(count * 0.5)] ?? 0,
    p99Ms: result.latenciesMs[Math.floor(count * 0.99)] ?? 0,
    cpuMicrosPerRequest: (cpuAfter - cpuBefore) / count,
    failures: failuresBefore + failuresOf(result),
  }
}

function failuresOf({ latenciesMs, statuses }: Awaited<ReturnType<OpenLoad['run']>>): number {
  return latenciesMs.length - (statuses.get(200) ?? 0)
}

function summarise(candidate: string, pairs: readonly Pair[]): Measurement {
  const over = (pick: (run: Run) => number): number => median(pairs.map(({ own }) => pick(own)))
  const against = (pick: (run: Run) => number): number => median(pairs.map(({ own, baseline }) => pick(own) / pick(baseline)))
  const cpuOver = pairs.map(({ own, baseline }) => own.cpuMicrosPerRequest - baseline.cpuMicrosPerRequest)
  return {
    candidate,
    requestsPerSecond: over((run) => run.requestsPerSecond),
    p50Ms: over((run) => run.p50Ms),
    p99Ms: over((run) => run.p99Ms),
    cpuMicrosPerRequest: over((run) => run.cpuMicrosPerRequest),
    throughputRatio: against((run) => run.requestsPerSecond),
    cpuRatio: against((run) => run.cpuMicrosPerRequest),
    cpuMicrosOverBaseline: median(cpuOver),
    cpuMicrosOverBaselineRange: medianRange(cpuOver),
    failures: pairs.reduce((sum, { own }) => sum + own.failures, 0),
  }
}

const sort = (values: readonly number[]): number[] => values.toSorted((one, other) => one - other)

function median(values: readonly number[]): number {
  return sort(values)[Math.floor(values.length / 2)] ?? 0
}

/** Where the true median lies in 95 of 100 cases, whatever the values' distribution: between the values so many ranks from the middle (binomial, as a normal). */
function medianRange(values: readonly number[]): readonly [number, number] {
  const sorted = sort(values)
  const middle = (sorted.length - 1) / 2
  const ranks = 0.98 * Math.sqrt(sorted.length)
  return [sorted[Math.max(0, Math.floor(middle - ranks))] ?? 0, sorted[Math.min(sorted.length - 1, Math.ceil(middle + ranks))] ?? 0]
}
