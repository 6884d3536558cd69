import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { IntegrationDocument } from '../kv-schemas/documents/deployment.ts'
import { deploymentKey, stageKey } from '../kv-schemas/keys.ts'
import { writeDeploymentText } from '../worker/semantics/compile/deployment-text.ts'
import { deploymentOf, integrationOf, methodOf, stageOf } from '../test/documents.ts'
import { getRequest, runLoad } from './load.ts'
import { startGateway } from './scenarios/proxy.ts'

/**
 * What long bodies and slow backends cost: memory while 200 MB flow through, how long after the backend's first byte the client has it, and the 99th percentile of a fast
 * route while 500 backends keep the gateway waiting, in turn with the same when none does. `node bench/streams.ts [ROUNDS]`.
 */
const ROUNDS = Number(process.argv[2] ?? 7)
const MB = 1_048_576
const LONG_BYTES = 200 * MB
const SLOW = 500
const CHUNK = Buffer.alloc(65_536, 97)

const held: ServerResponse[] = []
let firstByteAtMs = 0

const backend = createServer((request, response) => void answer(request, response))
await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve))
const origin = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
const route = (way: string, parts: Partial<IntegrationDocument> = {}) => ({ GET: methodOf(integrationOf({ uri: `${origin}/${way}`, ...parts })) })
const stream = { responseTransferMode: 'STREAM' } as const
const deployment = deploymentOf({ '/long': route('long'), '/long-stream': route('long', stream), '/first': route('first'), '/first-stream': route('first', stream), '/fast': route('fast'), '/slow': route('slow') })
const stage = stageOf()
const gateway = await startGateway({ [deploymentKey(deployment.apiId, deployment.deploymentId)]: writeDeploymentText(deployment), [stageKey(stage.apiId, stage.stageName)]: JSON.stringify(stage) })
const ask = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${gateway.port}/test/dev${path}`)

await measureFast()
for (const path of ['/long', '/long-stream']) await report(`growth of memory, 200 MB down ${path}`, 'MB', () => growthOf(path))
for (const path of ['/first', '/first-stream']) await report(`first byte after the backend's ${path}`, 'ms', () => firstByteDelayOf(path))
await compareFast()
await gateway.stop()
backend.closeAllConnections()
backend.close()

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url === '/slow') return void held.push(response)
  if (request.url === '/fast') return void response.end('fast')
  if (request.url === '/first') {
    firstByteAtMs = performance.now()
    response.write('first')
    return void setTimeout(() => response.end('last'), 50)
  }
  for (let sent = 0; sent < LONG_BYTES; sent += CHUNK.byteLength) if (!response.write(CHUNK)) await new Promise((resolve) => response.once('drain', resolve))
  response.end()
}

async function growthOf(path: string): Promise<number> {
  const before = await gateway.residentBytes()
  let peak = before
  const timer = setInterval(() => void gateway.residentBytes().then((bytes) => (peak = Math.max(peak, bytes))), 20)
  for await (const _chunk of (await ask(path)).body ?? []) continue
  clearInterval(timer)
  return (Math.max(peak, await gateway.residentBytes()) - before) / MB
}

async function firstByteDelayOf(path: string): Promise<number> {
  const reader = (await ask(path)).body?.getReader()
  await reader?.read()
  const delayMs = performance.now() - firstByteAtMs
  while ((await reader?.read())?.done === false) continue
  return delayMs
}

async function measureFast(): Promise<readonly number[]> {
  const { latenciesMs } = await runLoad({ port: gateway.port, requests: [getRequest('/test/dev/fast', 'bench.test')], connections: 4, total: 1_000 })
  return latenciesMs
}

/** Twice alone and once beside the slow ones in each round: what the first two differ by is the machine's own noise. */
async function compareFast(): Promise<void> {
  const latencies: Readonly<Record<'alone' | 'again' | 'beside', number[]>> = { alone: [], again: [], beside: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    latencies.alone.push(...(await measureFast()))
    const slow = Array.from({ length: SLOW }, async () => (await ask('/slow')).text())
    while (held.length < SLOW) await new Promise((resolve) => setTimeout(resolve, 10))
    latencies.beside.push(...(await measureFast()))
    for (const response of held.splice(0)) response.end('slow')
    await Promise.all(slow)
    latencies.again.push(...(await measureFast()))
  }
  console.log(`p99 of a fast route: alone ${p99(latencies.alone).toFixed(2)} ms, beside ${SLOW} slow ones ${p99(latencies.beside).toFixed(2)} ms, alone again ${p99(latencies.again).toFixed(2)} ms`)
  console.log(`the ratio: ${(p99(latencies.beside) / p99([...latencies.alone, ...latencies.again])).toFixed(2)} times`)
}

function p99(values: readonly number[]): number {
  return percentile(values, 0.99)
}

function percentile(values: readonly number[], share: number): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length * share)] ?? 0
}

async function report(name: string, unit: string, once: () => Promise<number>): Promise<void> {
  const values: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) values.push(await once())
  console.log(`${name.padEnd(50)} median ${percentile(values, 0.5).toFixed(2)} ${unit}, worst ${Math.max(...values).toFixed(2)} ${unit}`)
}
