import { join } from 'node:path'
import { bundleWorker, GATEWAY_ENTRY, type WorkerCode } from '../../cli/dev/bundle-worker.ts'
import { proxyDocuments } from '../documents.ts'
import { getRequest } from '../load.ts'
import type { Scenario } from '../scenario.ts'
import { startKv, startRawWorker, type RawProcess, type RawWorker } from '../workerd.ts'

const PEERS = join(import.meta.dirname, '..', 'peers')

/** A plain HTTP proxy through the gateway, at several numbers of routes, against a bare Hono proxy, a proxy by hand that keeps the gateway's promises, and a Worker that answers a constant. */
export async function startProxyScenario(routeCounts: readonly number[]): Promise<Scenario> {
  const upstream = await startRawWorker({ name: 'upstream', code: await bundleWorker(join(PEERS, 'upstream.ts')) })
  const upstreamUrl = `http://127.0.0.1:${upstream.port}`
  const gateways = await Promise.all(routeCounts.map((routes) => startGateway(proxyDocuments(routes, upstreamUrl))))
  const hono = await startRawWorker({ name: 'hono', code: await bundleWorker(join(PEERS, 'hono-proxy.ts')), vars: { UPSTREAM: upstreamUrl } })
  const byHand = await startByHand('whole', upstreamUrl)
  const flowing = await startByHand('flows', upstreamUrl)
  const constant = await startRawWorker({ name: 'constant', code: await bundleWorker(join(PEERS, 'constant.ts')) })
  return {
    name: 'proxy',
    baseline: 'bare hono proxy',
    candidates: [
      { name: 'bare hono proxy', process: hono, requests: [getRequest('/items/1', 'hono.test')] },
      ...gateways.map((process, index) => ({ name: `stagedoor, ${routeCounts[index]} routes`, process, requests: probesOf(routeCounts[index] ?? 1) })),
      { name: 'proxy by hand', process: byHand, requests: [getRequest('/items/1', 'hand.test')] },
      { name: 'proxy by hand, flows', process: flowing, requests: [getRequest('/items/1', 'hand.test')] },
      { name: 'constant worker', process: constant, requests: [getRequest('/items/1', 'constant.test')] },
    ],
    stop: async () => {
      await Promise.all([upstream, hono, byHand, flowing, constant, ...gateways].map((process) => process.stop()))
    },
  }
}

async function startByHand(answer: 'whole' | 'flows', upstreamUrl: string): Promise<RawProcess> {
  return startRawWorker({ name: 'by hand', code: await bundleWorker(join(PEERS, 'proxy-by-hand.ts')), vars: { UPSTREAM: upstreamUrl, ANSWER: answer } })
}

/** What of a gateway a scenario may want to be otherwise. */
export interface GatewayParts {
  /** Another Worker around the same gateway. */
  readonly entry?: string
  /** The port of a process that holds the cache's entries; the one of the rules when absent. */
  readonly cachePort?: number
  /** Variables of the run. */
  readonly vars?: Readonly<Record<string, string>>
}

/** Starts the gateway, bundled as it is deployed, on raw workerd over a KV stub that holds these documents. */
export async function startGateway(documents: Readonly<Record<string, string>>, { entry = GATEWAY_ENTRY, cachePort, vars = {} }: GatewayParts = {}): Promise<RawProcess> {
  const rules = await startKv(documents)
  const code = await bundleWorker(entry, { isMinified: true })
  const gateway = await startRawWorker(gatewayOver({ RULES: rules.port, CACHE: cachePort ?? rules.port }, code, vars))
  return {
    ...gateway,
    stop: async () => {
      await Promise.all([gateway.stop(), rules.stop()])
    },
  }
}

/** The gateway over KV namespaces that listen on these ports. */
export function gatewayOver(kv: Readonly<Record<'RULES' | 'CACHE', number>>, code: WorkerCode, vars: Readonly<Record<string, string>> = {}): RawWorker {
  return {
    name: 'gateway',
    code,
    vars: { EXECUTE_API_DOMAIN: 'execute-api.test', RULES_MAX_AGE_SECONDS: '30', CONTROL_HOSTS: '', ...vars },
    kv,
    objects: { CACHE_INDEX: 'CacheIndex', TOKEN_BUCKET: 'TokenBucket', QUOTA_COUNTER: 'QuotaCounter' },
  }
}

/** Requests over routes from all parts of the table. */
function probesOf(routes: number): string[] {
  return Array.from({ length: 50 }, (_, index) => getRequest(`/prod/r${Math.floor((index * routes) / 50)}/items/${index}`, 'bench.execute-api.test'))
}
