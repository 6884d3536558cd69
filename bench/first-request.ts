import { join } from 'node:path'
import { bundleWorker, GATEWAY_ENTRY } from '../cli/dev/bundle-worker.ts'
import { proxyDocuments } from './documents.ts'
import { getRequest, runLoad } from './load.ts'
import { gatewayOver } from './scenarios/proxy.ts'
import { startKv, startRawWorker, type RawProcess, type RawWorker } from './workerd.ts'

/**
 * `node bench/first-request.ts`: what the first request of a fresh isolate waits for (the isolate compiles the Worker, reads the rules and answers), through an API of
 * a thousand routes and through a bare proxy: the Worker with the control plane, and the one that is the gateway alone. Each round starts all of them anew, in turn; KV and
 * the upstream stand beside them and are warm. Medians of the rounds, and of their differences, in milliseconds; `cpu ms` is what the whole process used until its first
 * answer.
 */
const ROUNDS = 21
const ROUTES = 1000
const ROUTE = ['/prod/r500/items/1', 'bench.execute-api.test'] as const
const PEERS = join(import.meta.dirname, 'peers')

interface FirstRequest {
  readonly waitedMs: number
  readonly cpuMs: number
}

const upstream = await startRawWorker({ name: 'upstream', code: await bundleWorker(join(PEERS, 'upstream.ts')) })
const upstreamUrl = `http://127.0.0.1:${upstream.port}`
const kv = await startKv(proxyDocuments(ROUTES, upstreamUrl))
const rules = { RULES: kv.port, CACHE: kv.port }
const bare: RawWorker = { name: 'hono', code: await bundleWorker(join(PEERS, 'hono-proxy.ts'), { isMinified: true }), vars: { UPSTREAM: upstreamUrl } }
// A database on disk is opened with the process: no isolate waits for it.
const whole: RawWorker = { ...gatewayOver(rules, await bundleWorker(GATEWAY_ENTRY, { isMinified: true })), storage: 'memory' }
// Its objects are another Worker's, and this request asks none of them.
const { objects: _objects, ...alone } = gatewayOver(rules, await bundleWorker(join(import.meta.dirname, '..', 'worker', 'gateway-only.ts'), { isMinified: true }))
const rounds: Readonly<Record<'bare' | 'whole' | 'alone', FirstRequest>>[] = []
try {
  await firstRequest(upstream, '/items/1', 'upstream.test')
  await firstRequest(kv, `/${encodeURIComponent('stage/bench/prod')}`, 'kv.test')
  for (let round = 0; round < ROUNDS; round += 1) {
    const [bareFirst, wholeFirst, aloneFirst] = [await measureFresh(bare, '/items/1', 'hono.test'), await measureFresh(whole, ...ROUTE), await measureFresh(alone, ...ROUTE)]
    rounds.push({ bare: bareFirst, whole: wholeFirst, alone: aloneFirst })
  }
} finally {
  await Promise.all([upstream.stop(), kv.stop()])
}
console.table({
  'bare hono proxy': medians(rounds.map((round) => round.bare)),
  [`stagedoor, ${ROUTES} routes`]: medians(rounds.map((round) => round.whole)),
  'stagedoor over the bare proxy': medians(rounds.map((round) => over(round.whole, round.bare))),
  [`the gateway alone, ${ROUTES} routes`]: medians(rounds.map((round) => round.alone)),
  'the gateway alone over the bare proxy': medians(rounds.map((round) => over(round.alone, round.bare))),
})

async function measureFresh(worker: RawWorker, path: string, host: string): Promise<FirstRequest> {
  const process = await startRawWorker(worker)
  try {
    return await firstRequest(process, path, host)
  } finally {
    await process.stop()
  }
}

async function firstRequest(process: RawProcess, path: string, host: string): Promise<FirstRequest> {
  const { latenciesMs, statuses } = await runLoad({ port: process.port, requests: [getRequest(path, host)], connections: 1, total: 1 })
  if (statuses.get(200) !== 1) throw new Error(`${host} did not answer 200 but ${[...statuses.keys()].join(', ')}`)
  return { waitedMs: latenciesMs[0] ?? 0, cpuMs: (await process.cpuMicros()) / 1000 }
}

function over(one: FirstRequest, other: FirstRequest): FirstRequest {
  return { waitedMs: one.waitedMs - other.waitedMs, cpuMs: one.cpuMs - other.cpuMs }
}

function medians(values: readonly FirstRequest[]): Record<string, number> {
  return { 'first request ms': median(values.map(({ waitedMs }) => waitedMs)), 'cpu ms': median(values.map(({ cpuMs }) => cpuMs)) }
}

function median(values: readonly number[]): number {
  return Number((values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0).toFixed(1))
}
