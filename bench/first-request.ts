import { join } from 'node:path'
import { bundleWorker } from '../cli/dev/bundle-worker.ts'
import { proxyDocuments } from './documents.ts'
import { getRequest, runLoad } from './load.ts'
import { startGateway } from './scenarios/proxy.ts'
import { startRawWorker, type RawProcess } from './workerd.ts'

/**
 * `node bench/first-request.ts`: what the first request of a fresh isolate waits for, through an API of a thousand routes and through a bare proxy. Each round starts
 * both anew, in turn, and the median of the differences is printed, in milliseconds.
 */
const ROUNDS = 11
const ROUTES = 1000
const PEERS = join(import.meta.dirname, 'peers')

const upstream = await startRawWorker({ name: 'upstream', code: await bundleWorker(join(PEERS, 'upstream.ts')) })
const upstreamUrl = `http://127.0.0.1:${upstream.port}`
const documents = proxyDocuments(ROUTES, upstreamUrl)
const bareCode = await bundleWorker(join(PEERS, 'hono-proxy.ts'))
const rounds: { readonly gatewayMs: number; readonly bareMs: number }[] = []
try {
  // The first call of the upstream is not what is measured.
  await firstRequestMs(upstream, '/items/1', 'upstream.test')
  for (let round = 0; round < ROUNDS; round += 1) {
    const bareMs = await measureFresh(() => startRawWorker({ name: 'hono', code: bareCode, vars: { UPSTREAM: upstreamUrl } }), '/items/1', 'hono.test')
    const gatewayMs = await measureFresh(() => startGateway(documents), '/prod/r500/items/1', 'bench.execute-api.test')
    rounds.push({ gatewayMs, bareMs })
  }
} finally {
  await upstream.stop()
}
console.table({
  'stagedoor, 1000 routes': { 'first request ms': median(rounds.map(({ gatewayMs }) => gatewayMs)) },
  'bare hono proxy': { 'first request ms': median(rounds.map(({ bareMs }) => bareMs)) },
  difference: { 'first request ms': median(rounds.map(({ gatewayMs, bareMs }) => gatewayMs - bareMs)) },
})

async function measureFresh(start: () => Promise<RawProcess>, path: string, host: string): Promise<number> {
  const process = await start()
  try {
    return await firstRequestMs(process, path, host)
  } finally {
    await process.stop()
  }
}

async function firstRequestMs({ port }: RawProcess, path: string, host: string): Promise<number> {
  const { latenciesMs, statuses } = await runLoad({ port, requests: [getRequest(path, host)], connections: 1, total: 1 })
  if (statuses.get(200) !== 1) throw new Error(`${host} did not answer 200 but ${[...statuses.keys()].join(', ')}`)
  return latenciesMs[0] ?? 0
}

function median(values: readonly number[]): number {
  return Number((values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0).toFixed(1))
}
