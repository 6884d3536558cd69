import { once } from 'node:events'
import { Agent, request as send } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { COALESCING_LIMITS } from '../../../worker/semantics/caching/coalescing.ts'
import { until } from '../../until.ts'
import { startGateway, type NodeBackend, type RunningGateway } from './running-gateway.ts'

/** Backends by API; each test has one of its own. */
const backends = new Map<string, NodeBackend>()
const calls = new Map<string, number>()
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })
let gateway: RunningGateway

beforeAll(async () => {
  gateway = await startGateway((request, response) => {
    const api = request.url?.slice(1) ?? ''
    calls.set(api, (calls.get(api) ?? 0) + 1)
    backends.get(api)?.(request, response)
  })
})
afterAll(async () => {
  agent.destroy()
  await gateway.stop()
})

/** A request whose sending can be awaited apart from its answer. */
interface Sent {
  readonly isSent: Promise<unknown>
  readonly answer: Promise<{ readonly status: number | undefined; readonly cacheStatus: string; readonly body: string; readonly tookMs: number }>
}

function ask(api: string): Sent {
  const sentAtMs = performance.now()
  const request = send(`${gateway.origin}/${api}/dev/pets`, { agent })
  const answered = once(request, 'response').then(async ([response]) => ({
    status: response.statusCode as number,
    cacheStatus: String(response.headers['cache-status']).replace(/ttl=\d+/u, 'ttl'),
    body: await text(response),
    tookMs: performance.now() - sentAtMs,
  }))
  request.end()
  return { isSent: once(request, 'finish'), answer: answered }
}

const askTimes = (count: number, api: string): readonly Sent[] => Array.from({ length: count }, () => ask(api))
const allSent = (requests: readonly Sent[]): Promise<unknown> => Promise.all(requests.map(({ isSent }) => isSent))
const answersOf = (requests: readonly Sent[]): Promise<readonly Awaited<Sent['answer']>[]> => Promise.all(requests.map(({ answer }) => answer))
const callsOf = (api: string): number => calls.get(api) ?? 0
/** A round trip through the same isolate: by then it has seen what was sent before. */
const roundTrip = (): Promise<unknown> => ask('nobody').answer

describe('requests of one isolate that wait for one answer', () => {
  it('a thousand make one call to the backend', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    backends.set('herd', (_request, response) => void gate.then(() => response.end('the answer')))
    await gateway.publish('herd')
    const asked = askTimes(1_000, 'herd')
    await allSent(asked)
    await until(() => callsOf('herd') > 0)
    await roundTrip()
    open()
    const answers = await answersOf(asked)
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['the answer']))
    // Who waited for longer than one may wait went alone: on a machine that stood still for so long.
    const wentAlone = answers.filter(({ tookMs }) => tookMs >= COALESCING_LIMITS.waitMsMax).length
    expect(callsOf('herd')).toBeLessThanOrEqual(1 + wentAlone)
    expect(answers.filter(({ cacheStatus }) => cacheStatus === 'stagedoor; fwd=uri-miss; fwd-status=200; ttl; stored').length).toBe(1)
    expect(answers.filter(({ cacheStatus }) => cacheStatus.endsWith('collapsed')).length).toBeGreaterThan(0)
  })

  it('are not left behind by a client that goes away while its request fills', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>()
    backends.set('leaver', (_request, response) => void gate.then(() => response.end('the answer')))
    await gateway.publish('leaver')
    const { hostname, port } = new URL(gateway.origin)
    const leaver = connect(Number(port), hostname)
    leaver.write(`GET /leaver/dev/pets HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`)
    await until(() => callsOf('leaver') > 0)
    const asked = askTimes(20, 'leaver')
    await allSent(asked)
    leaver.destroy()
    await once(leaver, 'close')
    await roundTrip()
    open()
    expect([new Set((await answersOf(asked)).map(({ body }) => body)), callsOf('leaver')]).toEqual([new Set(['the answer']), 1])
  })

  it('get the failure of the backend once', async () => {
    const { promise: gate, resolve: fail } = Promise.withResolvers<void>()
    backends.set('broken', (request) => void gate.then(() => request.socket.destroy()))
    await gateway.publish('broken')
    const asked = askTimes(50, 'broken')
    await allSent(asked)
    await until(() => callsOf('broken') > 0)
    await roundTrip()
    fail()
    const statuses = new Set((await answersOf(asked)).map(({ status }) => status))
    expect([statuses, callsOf('broken') <= 3]).toEqual([new Set([500]), true])
  })
})

describe('an answer that is not whole', () => {
  it('of a backend that stops half-way is never stored', async () => {
    let isWhole = false
    backends.set('half', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '300000' })
      response.write('x'.repeat(isWhole ? 300_000 : 200_000), () => (isWhole ? response.end() : response.destroy()))
    })
    await gateway.publish('half')
    await ask('half').answer.catch(() => null)
    isWhole = true
    const answer = await ask('half').answer
    expect([answer.body.length, answer.cacheStatus.includes('hit'), callsOf('half')]).toEqual([300_000, false, 2])
    expect((await ask('half').answer).cacheStatus).toBe('stagedoor; hit; ttl; detail=memory')
  })

  it('of a backend that stops half-way without having said how long it is, neither', async () => {
    let isWhole = false
    backends.set('chunked', (_request, response) => {
      response.writeHead(200, { 'content-type': 'text/plain' })
      response.write('x'.repeat(200_000), () => (isWhole ? response.end() : response.destroy()))
    })
    await gateway.publish('chunked')
    await ask('chunked').answer.catch(() => null)
    isWhole = true
    expect([(await ask('chunked').answer).body.length, callsOf('chunked')]).toEqual([200_000, 2])
    expect((await ask('chunked').answer).cacheStatus).toBe('stagedoor; hit; ttl; detail=memory')
  })

  it('of 30 MB flows through and is not stored', async () => {
    const piece = Buffer.alloc(1_048_576, 'x')
    backends.set('large', (_request, response) => {
      for (let count = 0; count < 30; count += 1) response.write(piece)
      response.end()
    })
    await gateway.publish('large')
    const sizes = [(await ask('large').answer).body.length, (await ask('large').answer).body.length]
    expect([sizes, callsOf('large')]).toEqual([[31_457_280, 31_457_280], 2])
  })
})

describe('an encoded answer', () => {
  it('is stored as what it says, and served to a client that knows no encoding', async () => {
    const { gzipSync } = await import('node:zlib')
    backends.set('gzip', (_request, response) => {
      const encoded = gzipSync('the answer '.repeat(1_000))
      response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip', 'content-length': String(encoded.length) })
      response.end(encoded)
    })
    await gateway.publish('gzip')
    await ask('gzip').answer
    const second = await ask('gzip').answer
    expect([second.cacheStatus, second.body.length, callsOf('gzip')]).toEqual(['stagedoor; hit; ttl; detail=memory', 11_000, 1])
  })
})
