import { join } from 'node:path'
import { bundleWorker } from '../../cli/dev/bundle-worker.ts'
import { methodSettingSchema } from '../../kv-schemas/rule-files/stage.ts'
import { proxyDocuments } from '../documents.ts'
import { getRequest } from '../load.ts'
import type { Scenario } from '../scenario.ts'
import { startKv, startRawWorker, type RawProcess } from '../workerd.ts'
import { startGateway } from './proxy.ts'

const PEERS = join(import.meta.dirname, '..', 'peers')

/** How long the slow backend takes: little for a database, much for loopback. */
const DELAY_MS = 5

/**
 * Hits of the response cache, in the isolate's memory and in KV, against a Worker that answers a constant, one by hand that keeps the gateway's promises, and against proxying to the backend. KV, like the backend,
 * stands in a process of its own. On loopback an answer of KV costs what an answer of the backend costs; what the cache saves is the backend's work and time, which the
 * slow backend shows.
 */
export async function startCacheScenario(): Promise<Scenario> {
  const upstreamCode = await bundleWorker(join(PEERS, 'upstream.ts'))
  const upstream = await startRawWorker({ name: 'upstream', code: upstreamCode })
  const slow = await startRawWorker({ name: 'slow upstream', code: upstreamCode, vars: { DELAY_MS: String(DELAY_MS) } })
  const store = await startKv({})
  const cached = { cacheClusterEnabled: true, methodSettings: { '*/*': methodSettingSchema.parse({ cachingEnabled: true, cacheTtlInSeconds: 3600 }) } }
  const constant = await startRawWorker({ name: 'constant', code: await bundleWorker(join(PEERS, 'constant.ts')) })
  const byHand = await startRawWorker({ name: 'by hand', code: await bundleWorker(join(PEERS, 'hit-by-hand.ts')) })
  const memory = await startGateway(proxyDocuments(1, originOf(upstream), cached))
  const kv = await startGateway(proxyDocuments(1, originOf(upstream), cached), { entry: join(PEERS, 'gateway-without-memory.ts'), cachePort: store.port })
  const proxy = await startGateway(proxyDocuments(1, originOf(upstream)))
  const slowProxy = await startGateway(proxyDocuments(1, originOf(slow)))
  const requests = [getRequest('/prod/r0/items/1', 'bench.execute-api.test')]
  return {
    name: 'cache',
    baseline: 'constant worker',
    candidates: [
      { name: 'constant worker', process: constant, requests },
      { name: 'hit by hand', process: byHand, requests },
      { name: 'hit in memory', process: memory, requests },
      { name: 'hit in KV', process: kv, requests },
      { name: 'proxying, not cached', process: proxy, requests },
      { name: `proxying, backend of ${DELAY_MS} ms`, process: slowProxy, requests },
    ],
    stop: async () => {
      await Promise.all([upstream, slow, store, constant, byHand, memory, kv, proxy, slowProxy].map((process) => process.stop()))
    },
  }
}

function originOf({ port }: RawProcess): string {
  return `http://127.0.0.1:${port}`
}
