import { join } from 'node:path'
import { bundleWorker, type WorkerCode } from '../../cli/dev/bundle-worker.ts'
import { getRequest } from '../load.ts'
import type { Scenario } from '../scenario.ts'
import { startRawWorker, type RawProcess } from '../workerd.ts'

/** What taking tokens costs: one Worker, in one process, with no bucket, with one and five in each mode that asks nobody at most requests, and with a quota. */
export async function startThrottlingScenario(): Promise<Scenario> {
  const code = await bundleWorker(join(import.meta.dirname, '..', 'peers', 'gateway-limits.ts'))
  const rows = [
    { name: 'no bucket', query: 'buckets=0' },
    // What it differs by from the baseline is noise.
    { name: 'no bucket, again', query: 'buckets=0&again=1' },
    { name: 'one bucket, leased', query: 'buckets=1&mode=lease' },
    { name: 'five buckets, leased', query: 'buckets=5&mode=lease' },
    { name: 'five buckets, local', query: 'buckets=5&mode=local' },
    { name: 'one bucket, exact', query: 'buckets=1&mode=exact' },
    { name: 'a quota, leased', query: 'quota=1000000000&mode=lease' },
  ]
  const process = await startLimited(code, 1)
  return {
    name: 'throttling',
    baseline: 'no bucket',
    candidates: rows.map(({ name, query }) => ({ name, process, requests: [getRequest(`/?${query}`, 'bench.test')] })),
    stop: () => process.stop(),
  }
}

/** Starts so many isolates of the Worker of `peers/gateway-limits.ts`, which share their objects. */
export function startLimited(code: WorkerCode, isolates: number): Promise<RawProcess> {
  return startRawWorker({ name: 'limited', code, vars: { RULES_MAX_AGE_SECONDS: '30', EXECUTE_API_DOMAIN: 'execute-api.test', CONTROL_HOSTS: '' }, objects: { TOKEN_BUCKET: 'TokenBucket', QUOTA_COUNTER: 'QuotaCounter' }, isolates })
}
