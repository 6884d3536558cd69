import { runLoad } from './load.ts'
import type { Candidate, Measurement, Scenario } from './scenario.ts'

/** How long a scenario is measured. */
export interface Effort {
  readonly rounds: number
  readonly requestsPerRound: number
  readonly connections: number
}

interface Round {
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMicrosPerRequest: number
  readonly failures: number
}

/** Sent to each candidate before the first round: V8 has compiled by then what it is going to. */
const WARM_UP_REQUESTS = 5_000

/** Measures all candidates of a scenario in turn, round after round, so that what else the machine does falls on all of them alike. */
export async function measure(scenario: Scenario, effort: Effort): Promise<Measurement[]> {
  const rounds = new Map<string, Round[]>(scenario.candidates.map(({ name }) => [name, []]))
  for (const candidate of scenario.candidates) await runRound(candidate, { ...effort, requestsPerRound: WARM_UP_REQUESTS })
  for (let round = 0; round < effort.rounds; round += 1) {
    for (const candidate of scenario.candidates) rounds.get(candidate.name)?.push(await runRound(candidate, effort))
  }
  const baseline = rounds.get(scenario.baseline) ?? []
  return scenario.candidates.map(({ name }) => summarise(name, rounds.get(name) ?? [], baseline))
}

async function runRound(candidate: Candidate, effort: Effort): Promise<Round> {
  const cpuBefore = await candidate.process.cpuMicros()
  const { port } = candidate.process
  const result = await runLoad({ port, requests: candidate.requests, connections: effort.connections, total: effort.requestsPerRound })
  const cpuAfter = await candidate.process.cpuMicros()
  const done = result.latenciesMs.length
  return {
    requestsPerSecond: done / result.seconds,
    p50Ms: result.latenciesMs[Math.floor(done * 0.5)] ?? 0,
    p99Ms: result.latenciesMs[Math.floor(done * 0.99)] ?? 0,
    cpuMicrosPerRequest: (cpuAfter - cpuBefore) / done,
    failures: done - (result.statuses.get(200) ?? 0),
  }
}

function summarise(candidate: string, rounds: readonly Round[], baseline: readonly Round[]): Measurement {
  const over = (pick: (round: Round) => number): number => median(rounds.map(pick))
  const against = (pick: (round: Round) => number): number => median(rounds.map((round, index) => pick(round) / pick(baseline[index] ?? round)))
  return {
    candidate,
    requestsPerSecond: over((round) => round.requestsPerSecond),
    p50Ms: over((round) => round.p50Ms),
    p99Ms: over((round) => round.p99Ms),
    cpuMicrosPerRequest: over((round) => round.cpuMicrosPerRequest),
    throughputRatio: against((round) => round.requestsPerSecond),
    cpuRatio: against((round) => round.cpuMicrosPerRequest),
    cpuMicrosOverBaseline: median(rounds.map((round, index) => round.cpuMicrosPerRequest - (baseline[index] ?? round).cpuMicrosPerRequest)),
    failures: rounds.reduce((sum, round) => sum + round.failures, 0),
  }
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
