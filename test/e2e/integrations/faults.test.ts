import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApi, type Integration, type RunningApi } from './start-api.ts'

/** Resolved by a test when its client has what was sent first: only then the backend goes on, or breaks off. */
let clientHasHead: PromiseWithResolvers<void> = Promise.withResolvers()

/** What the backend does, by the path that it is asked for. */
const FAULTS: Readonly<Record<string, (socket: Socket) => void>> = {
  '/reset-before': (socket) => socket.resetAndDestroy(),
  '/close-before': (socket) => void socket.end(),
  '/garbage': (socket) => void socket.end('secret garbage\r\n\r\n'),
  '/truncated': (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 100\r\n\r\nsecret half'),
  '/reset-after': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nsecret half', () => socket.resetAndDestroy())
  },
  '/long-reset': (socket) => {
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n${'x'.repeat(200_000)}`, () => void clientHasHead.promise.then(() => socket.resetAndDestroy()))
  },
  '/long-end': (socket) => void socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n${'x'.repeat(200_000)}`),
  '/events-reset': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n', () => void clientHasHead.promise.then(() => socket.resetAndDestroy()))
  },
  '/chunks-reset': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', () => void clientHasHead.promise.then(() => socket.resetAndDestroy()))
  },
  '/odd-status': (socket) => void socket.end('HTTP/1.1 999 Secret\r\nContent-Length: 6\r\n\r\nsecret'),
  '/two-lengths': (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: 6\r\nContent-Length: 3\r\n\r\nsecret'),
  '/bad-length': (socket) => void socket.end('HTTP/1.1 200 OK\r\nContent-Length: six\r\n\r\nsecret'),
  '/silent': () => undefined,
  '/drip': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n')
    const timer = setInterval(() => socket.write('x'), 1_000)
    socket.on('close', () => clearInterval(timer))
  },
  '/redirect': (socket) => void socket.end('HTTP/1.1 302 Found\r\nLocation: http://elsewhere.test/\r\nContent-Length: 0\r\n\r\n'),
  '/events': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n9\r\ndata: 1\n\n\r\n')
    void clientHasHead.promise.then(() => socket.end('9\r\ndata: 2\n\n\r\n0\r\n\r\n'))
  },
}

/** A backend that is to time out does so soon; the others have time, so that a machine that is busy makes none of them time out. */
const timeoutOf = (uri: string): number => ({ silent: 1_500, drip: 3_000 })[uri.slice(uri.lastIndexOf('/') + 1)] ?? 29_000
const proxy = (uri: string): Integration => ({ type: 'http_proxy', httpMethod: 'GET', uri, timeoutInMillis: timeoutOf(uri) })
const mapped = (uri: string): Integration => ({ type: 'http', httpMethod: 'GET', uri, timeoutInMillis: timeoutOf(uri), responses: { default: { statusCode: '200' } } })

let backend: Server
let api: RunningApi

beforeAll(async () => {
  backend = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (chunk) => {
      const path = / (\/\S*) /u.exec(chunk.toString())?.[1] ?? ''
      // What is no request is the beginning of a TLS handshake.
      if (path === '') socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
      else FAULTS[path]?.(socket)
    })
  })
  await new Promise<void>((resolve) => backend.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(backend.address() as AddressInfo).port}`
  const methods = Object.keys(FAULTS).flatMap((path) => [[`GET /proxy${path}`, proxy(origin + path)], [`GET /mapped${path}`, mapped(origin + path)]] as const)
  const elsewhere = { refused: 'http://127.0.0.1:9/', unknown: 'http://nobody.invalid/', tls: origin.replace('http:', 'https:') }
  const streamed = ['/long-reset', '/long-end', '/events-reset', '/chunks-reset', '/drip'].map((path) => [`GET /stream${path}`, { ...proxy(origin + path), responseTransferMode: 'STREAM' }] as const)
  api = await startApi({ ...Object.fromEntries(streamed), ...Object.fromEntries(methods), ...Object.fromEntries(Object.entries(elsewhere).map(([name, uri]) => [`GET /${name}`, proxy(uri)])) })
})

afterAll(async () => {
  await api.stop()
  backend.close()
})

const INTERNAL = '{"message": "Internal server error"}'
const TIMED_OUT = '{"message": "Endpoint request timed out"}'

describe('a backend that fails', () => {
  const rows = [
    { path: '/refused', status: 500, body: INTERNAL },
    { path: '/unknown', status: 500, body: INTERNAL },
    // On Cloudflare's edge a failed handshake has a status of its own; workerd by itself tells it like any other failure.
    { path: '/tls', status: 500, body: INTERNAL },
    { path: '/proxy/odd-status', status: 500, body: INTERNAL },
    ...['/proxy', '/mapped'].flatMap((prefix) => [
      { path: `${prefix}/reset-before`, status: 500, body: INTERNAL },
      { path: `${prefix}/close-before`, status: 500, body: INTERNAL },
      { path: `${prefix}/garbage`, status: 500, body: INTERNAL },
      { path: `${prefix}/two-lengths`, status: 500, body: INTERNAL },
      { path: `${prefix}/bad-length`, status: 500, body: INTERNAL },
      { path: `${prefix}/truncated`, status: 500, body: INTERNAL },
      { path: `${prefix}/reset-after`, status: 500, body: INTERNAL },
      { path: `${prefix}/silent`, status: 504, body: TIMED_OUT },
      { path: `${prefix}/drip`, status: 504, body: TIMED_OUT },
    ]),
  ]
  it.each(rows)('$path', async ({ path, status, body }) => {
    const response = await api.ask(path)
    const text = await response.text()
    expect([response.status, text]).toEqual([status, body])
    expect(response.headers.get('x-amzn-errortype')).toBe('InternalServerErrorException')
    await expect.poll(() => api.output(), { timeout: 60_000 }).toMatch(new RegExp(`GET /dev${path} \\d+ \\d+ ms  \\S`, 'u'))
  })
})

describe('a body that breaks off after its headers', () => {
  it.each([
    { path: '/proxy/long-reset' },
    { path: '/proxy/long-end' },
    { path: '/proxy/events-reset' },
    { path: '/stream/long-reset' },
    { path: '/stream/long-end' },
    { path: '/stream/events-reset' },
    { path: '/stream/chunks-reset' },
    { path: '/stream/drip', cause: 'longer than 3000 ms' },
  ])("cuts the client's connection and is logged: $path", async ({ path, cause = 'Network connection lost' }) => {
    const before = api.output().length
    clientHasHead = Promise.withResolvers()
    const response = await api.ask(path, { headers: { 'accept-encoding': 'identity' } })
    clientHasHead.resolve()
    expect(response.status).toBe(200)
    await expect(response.text()).rejects.toThrow('terminated')
    await expect.poll(() => api.output().slice(before), { timeout: 60_000 }).toMatch(new RegExp(`broke off.*${cause}`, 'u'))
  })
})

describe('a backend that is well', () => {
  it('may redirect: the client follows or not', async () => {
    const response = await api.ask('/proxy/redirect', { redirect: 'manual' })
    expect([response.status, response.headers.get('location')]).toEqual([302, 'http://elsewhere.test/'])
  })

  it('may send events: each arrives before the next one is sent', async () => {
    clientHasHead = Promise.withResolvers()
    const response = await api.ask('/proxy/events')
    const reader = response.body?.getReader()
    const first = await reader?.read()
    expect(new TextDecoder().decode(first?.value)).toBe('data: 1\n\n')
    clientHasHead.resolve()
    const second = await reader?.read()
    expect(new TextDecoder().decode(second?.value)).toBe('data: 2\n\n')
  })
})
