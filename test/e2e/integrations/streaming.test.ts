import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IntegrationDocument } from '../../../kv-schemas/documents/deployment.ts'
import { encodeStreamMessage } from '../../../worker/semantics/integrations/functions/event-stream.ts'
import { integrationOf, methodOf } from '../../documents.ts'
import { startBackend, startRawGateway, type NodeBackend, type RawGateway } from './raw-gateway.ts'

const MB = 1_048_576
/** The goal of the product: whatever flows through, the process stays within so much more memory. */
const GROWTH_MAX = 30 * MB
const DOWN_BYTES = 200 * MB
const UP_BYTES = 50 * MB
const CHUNK = Buffer.from(Uint8Array.from({ length: 65_536 }, (_zero, index) => (index * 31) % 251))
const PRELUDE = Buffer.concat([Buffer.from('{"statusCode":200,"headers":{"content-type":"text/plain"}}'), Buffer.alloc(8)])

let backend: NodeBackend
let gateway: RawGateway
/** Resolved by a test when its client has seen the first byte: only then the backend sends the rest. */
let firstByteSeen: PromiseWithResolvers<void> = Promise.withResolvers()
/** Resolved by the backend when it has seen the first byte of an upload. */
let firstByteUp: PromiseWithResolvers<void> = Promise.withResolvers()

const streaming: Partial<IntegrationDocument> = { responseTransferMode: 'STREAM', timeoutInMillis: 120_000 }
const FUNCTION = 'arn:aws:apigateway:us-east-1:lambda:path/2021-11-15/functions/arn:aws:lambda:us-east-1:123456789012:function:talk/response-streaming-invocations'

beforeAll(async () => {
  // An upload that the gateway gives up breaks off here.
  backend = await startBackend((request, response) => void answer(request, response).catch(() => response.destroy()))
  const proxy = (parts: Partial<IntegrationDocument>) => methodOf(integrationOf({ uri: `${backend.origin}/{way}`, requestParameters: { 'integration.request.path.way': 'method.request.path.way' }, ...parts }), { requestParameters: { 'method.request.path.way': true } })
  gateway = await startRawGateway(
    {
      '/plain/{way}': { GET: proxy({}), POST: proxy({}) },
      '/stream/{way}': { GET: proxy(streaming), POST: proxy(streaming) },
      '/function': { GET: methodOf(integrationOf({ ...streaming, type: 'AWS_PROXY', httpMethod: 'POST', uri: FUNCTION })) },
    },
    { functions: { talk: { url: backend.origin } } },
  )
  // The isolate has grown up before anything is measured.
  for (let call = 0; call < 100; call += 1) await (await gateway.ask('/stream/small')).text()
})

afterAll(async () => {
  await gateway.stop()
  backend.stop()
})

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const way = request.url ?? ''
  if (request.method === 'POST' && way === '/upload') return digest(request, response)
  if (way.startsWith('/2021-11-15/')) response.setHeader('content-type', 'application/vnd.amazon.eventstream')
  if (way.startsWith('/2021-11-15/')) return stream(response, { size: 50 * MB, before: (bytes) => encodeStreamMessage({ headers: { ':event-type': 'PayloadChunk' }, payload: bytes }), prelude: PRELUDE })
  if (way === '/small') return void response.end('small')
  if (way === '/declared') response.setHeader('content-length', DOWN_BYTES)
  return stream(response, { size: DOWN_BYTES })
}

async function digest(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hash = createHash('sha256')
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    firstByteUp.resolve()
    hash.update(chunk)
    size += chunk.byteLength
  }
  response.end(JSON.stringify({ size, sha256: hash.digest('hex') }))
}

interface StreamOptions {
  readonly size: number
  readonly before?: (bytes: Uint8Array) => Uint8Array
  readonly prelude?: Uint8Array
}

/** Sends the first chunk, waits until the client has it, then sends the rest as fast as it is taken. */
async function stream(response: ServerResponse, { size, before = (bytes) => bytes, prelude }: StreamOptions): Promise<void> {
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (!response.write(before(bytes))) await new Promise((resolve) => response.once('drain', resolve))
  }
  if (prelude !== undefined) await write(prelude)
  for (let sent = 0; sent < size; sent += CHUNK.byteLength) {
    await write(CHUNK)
    if (sent === 0) await firstByteSeen.promise
  }
  response.end(prelude === undefined ? undefined : encodeStreamMessage({ headers: { ':event-type': 'InvokeComplete' }, payload: Buffer.from('{}') }))
}

/** Reads an answer, and tells the backend when its first byte is here. */
async function readDown(response: Response): Promise<{ readonly size: number; readonly isIntact: boolean }> {
  let size = 0
  let isIntact = true
  for await (const chunk of response.body ?? []) {
    firstByteSeen.resolve()
    const at = size % CHUNK.byteLength
    const most = Math.min(chunk.byteLength, CHUNK.byteLength - at)
    isIntact &&= CHUNK.subarray(at, at + most).equals(chunk.subarray(0, most))
    size += chunk.byteLength
  }
  return { size, isIntact }
}

/** How much the process grows while something is done, in bytes, at the most. */
async function growthOf(work: () => Promise<void>): Promise<number> {
  const before = await gateway.process.residentBytes()
  let peak = before
  const look = async (): Promise<void> => void (peak = Math.max(peak, await gateway.process.residentBytes()))
  const timer = setInterval(() => void look(), 10)
  await work().finally(() => clearInterval(timer))
  await look()
  return peak - before
}

describe('bodies that flow', () => {
  it.each([
    { path: '/plain/endless', megabytes: 200, declares: null },
    { path: '/plain/declared', megabytes: 200, declares: String(DOWN_BYTES) },
    { path: '/stream/endless', megabytes: 200, declares: null },
    { path: '/stream/declared', megabytes: 200, declares: String(DOWN_BYTES) },
    { path: '/function', megabytes: 50, declares: null },
  ])('$megabytes MB down, GET $path: the first byte arrives before the last is sent, and memory stays flat', async ({ path, megabytes, declares }) => {
    firstByteSeen = Promise.withResolvers()
    const growth = await growthOf(async () => {
      const response = await gateway.ask(path)
      expect([response.status, response.headers.get('content-length')]).toEqual([200, declares])
      expect(await readDown(response)).toEqual({ size: megabytes * MB, isIntact: true })
    })
    expect(growth).toBeLessThan(GROWTH_MAX)
  })

  it.each([
    { name: 'in chunks', headers: {} },
    { name: 'with its length', headers: { 'content-length': String(UP_BYTES) } },
  ])('50 MB up, $name: the first byte arrives before the last is sent, and memory stays flat', async ({ headers }) => {
    firstByteUp = Promise.withResolvers()
    const hash = createHash('sha256')
    let left = UP_BYTES
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (left === 0) return controller.close()
        if (left === UP_BYTES - CHUNK.byteLength) await firstByteUp.promise
        left -= CHUNK.byteLength
        hash.update(CHUNK)
        controller.enqueue(Uint8Array.from(CHUNK))
      },
    })
    const growth = await growthOf(async () => {
      const init: RequestInit & { readonly duplex: 'half' } = { method: 'POST', headers, body, duplex: 'half' }
      const response = await gateway.ask('/stream/upload', init)
      expect(await response.json()).toEqual({ size: UP_BYTES, sha256: hash.digest('hex') })
    })
    expect(growth).toBeLessThan(GROWTH_MAX)
  })

  it('11 MB up to a backend whose answer does not stream, in chunks, is refused', async () => {
    let left = 11 * MB
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left === 0) return controller.close()
        left -= CHUNK.byteLength
        controller.enqueue(Uint8Array.from(CHUNK))
      },
    })
    const init: RequestInit & { readonly duplex: 'half' } = { method: 'POST', body, duplex: 'half' }
    const response = await gateway.ask('/plain/upload', init)
    expect([response.status, await response.text()]).toEqual([413, 'HTTP content length exceeded 10485760 bytes.'])
  })
})
