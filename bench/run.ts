import { writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { measure, type Effort } from './measure.ts'
import type { Measurement, Scenario } from './scenario.ts'
import { startAccessScenario } from './scenarios/access.ts'
import { startCacheScenario } from './scenarios/cache.ts'
import { startProxyScenario } from './scenarios/proxy.ts'
import { startThrottlingScenario } from './scenarios/throttling.ts'

/** Every scenario by its name. Each starts its own processes and stops them. */
const SCENARIOS: Readonly<Record<string, () => Promise<Scenario>>> = {
  access: startAccessScenario,
  cache: startCacheScenario,
  proxy: () => startProxyScenario([10, 1000, 10_000]),
  throttling: startThrottlingScenario,
}

const HELP = `npm run bench -- [SCENARIO ...] [--rounds N] [--requests N] [--connections N] [--json FILE]

Runs the Worker on raw workerd beside its peers, and prints requests a second, latencies, CPU time a request, and the ratios and differences
against the peer, from many short runs, each right beside one of the peer. Scenarios: ${Object.keys(SCENARIOS).join(', ')}. All of them run when none is named.`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '40' },
    requests: { type: 'string', default: '800' },
    connections: { type: 'string', default: '32' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.log(HELP)
else process.exitCode = await runAll(positionals.length === 0 ? Object.keys(SCENARIOS) : positionals)

async function runAll(names: readonly string[]): Promise<number> {
  const effort: Effort = { rounds: Number(values.rounds), requestsPerRound: Number(values.requests), connections: Number(values.connections) }
  const results: Record<string, Measurement[]> = {}
  for (const name of names) {
    const start = SCENARIOS[name]
    if (start === undefined) {
      console.error(`There is no scenario ${name}. There are: ${Object.keys(SCENARIOS).join(', ')}.`)
      return 1
    }
    const scenario = await start()
    try {
      results[name] = await measure(scenario, effort)
      print(name, results[name])
    } finally {
      await scenario.stop()
    }
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(results, null, 2)}\n`)
  return Object.values(results).flat().some(({ failures }) => failures > 0) ? 1 : 0
}

function print(name: string, measurements: readonly Measurement[]): void {
  console.log(`\n${name}`)
  console.table(
    Object.fromEntries(
      measurements.map((row) => [
        row.candidate,
        {
          'req/s': Math.round(row.requestsPerSecond),
          'p50 ms': Number(row.p50Ms.toFixed(2)),
          'p99 ms': Number(row.p99Ms.toFixed(2)),
          'CPU us': Number(row.cpuMicrosPerRequest.toFixed(1)),
          'req/s ratio': Number(row.throughputRatio.toFixed(3)),
          'CPU us over the baseline': Number(row.cpuMicrosOverBaseline.toFixed(1)),
          '95 % range': row.cpuMicrosOverBaselineRange.map((micros) => micros.toFixed(1)).join(' to '),
          'CPU ratio': Number(row.cpuRatio.toFixed(3)),
          failures: row.failures,
        },
      ]),
    ),
  )
}
