import { join } from 'node:path'
import { bundleWorker } from '../../cli/dev/bundle-worker.ts'
import { methodSettingSchema } from '../../kv-schemas/rule-files/stage.ts'
import { proxyDocuments } from '../documents.ts'
import { getRequest } from '../load.ts'
import type { Scenario } from '../scenario.ts'
import { startRawWorker } from '../workerd.ts'
import { startGateway } from './proxy.ts'

const PEERS = join(import.meta.dirname, '..', 'peers')

/** Hits of the response cache, in the isolate's memory and in KV, against a Worker that answers a constant and against proxying to the backend. */
export async function startCacheScenario(): Promise<Scenario> {
  const upstream = await startRawWorker({ name: 'upstream', code: await bundleWorker(join(PEERS, 'upstream.ts')) })
  const url = `http://127.0.0.1:${upstream.port}`
  const cached = { cacheClusterEnabled: true, methodSettings: { '*/*': methodSettingSchema.parse({ cachingEnabled: true, cacheTtlInSeconds: 3600 }) } }
  const constant = await startRawWorker({ name: 'constant', code: await bundleWorker(join(PEERS, 'constant.ts')) })
  const memory = await startGateway(proxyDocuments(1, url, cached))
  const kv = await startGateway(proxyDocuments(1, url, cached), join(PEERS, 'gateway-without-memory.ts'))
  const proxy = await startGateway(proxyDocuments(1, url))
  const requests = [getRequest('/prod/r0/items/1', 'bench.execute-api.test')]
  return {
    name: 'cache',
    baseline: 'constant worker',
    candidates: [
      { name: 'constant worker', process: constant, requests },
      { name: 'hit in memory', process: memory, requests },
      { name: 'hit in KV', process: kv, requests },
      { name: 'proxying, not cached', process: proxy, requests },
    ],
    stop: async () => {
      await Promise.all([upstream, constant, memory, kv, proxy].map((process) => process.stop()))
    },
  }
}
