import type { RawProcess } from './workerd.ts'

/** One of the things that a scenario compares. */
export interface Candidate {
  readonly name: string
  readonly process: RawProcess
  /** Requests that are sent in turn. */
  readonly requests: readonly string[]
}

/** A comparison: candidates that run side by side, in turn, round after round. */
export interface Scenario {
  readonly name: string
  /** What the ratios are taken against: the name of a candidate. */
  readonly baseline: string
  readonly candidates: readonly Candidate[]
  stop(): Promise<void>
}

/** What one candidate did, over all rounds. */
export interface Measurement {
  readonly candidate: string
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly cpuMicrosPerRequest: number
  /** Throughput against the baseline's in the run beside it, the median of the rounds. */
  readonly throughputRatio: number
  /** CPU time against the baseline's, the same way; below 1 is cheaper. */
  readonly cpuRatio: number
  /** CPU time a request beyond the baseline's in the run beside it, the median of the rounds. */
  readonly cpuMicrosOverBaseline: number
  /** The range in which that median lies with 95 % certainty. */
  readonly cpuMicrosOverBaselineRange: readonly [number, number]
  readonly failures: number
}
