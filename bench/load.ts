import { connect, type Socket } from 'node:net'

/** What to send, and how much of it. */
export interface Load {
  readonly port: number
  /** Whole HTTP/1.1 requests; each connection sends them in turn, from a place of its own. */
  readonly requests: readonly string[]
  readonly connections: number
  readonly total: number
}

/** What came of it. Latencies are in milliseconds, sorted. */
export interface LoadResult {
  readonly seconds: number
  readonly latenciesMs: readonly number[]
  /** Answers by status. */
  readonly statuses: ReadonlyMap<number, number>
}

/**
 * Sends a fixed number of requests over keep-alive connections, one at a time on each. Speaks just enough HTTP to find the end of an answer, so that the
 * generator costs a fraction of what it measures. Talks to loopback only, and stops by itself.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const latenciesMs: number[] = []
  const statuses = new Map<number, number>()
  const budget = { left: load.total }
  const startedAt = performance.now()
  const buffers = load.requests.map((request) => Buffer.from(request))
  await Promise.all(Array.from({ length: load.connections }, (_, index) => drive(load.port, buffers, Math.floor((index * buffers.length) / load.connections), budget, { latenciesMs, statuses })))
  return { seconds: (performance.now() - startedAt) / 1000, latenciesMs: latenciesMs.sort((one, other) => one - other), statuses }
}

interface Tally {
  readonly latenciesMs: number[]
  readonly statuses: Map<number, number>
}

function drive(port: number, requests: readonly Buffer[], offset: number, budget: { left: number }, tally: Tally): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    let next = offset
    let sentAt = 0
    let received = ''
    const send = (): void => {
      if (budget.left <= 0) {
        socket.end()
        return
      }
      budget.left -= 1
      sentAt = performance.now()
      socket.write(requests[next % requests.length] ?? '')
      next += 1
    }
    socket.on('connect', send)
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (!isWhole(received)) return
      const status = Number(received.slice(9, 12))
      tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1)
      tally.latenciesMs.push(performance.now() - sentAt)
      received = ''
      send()
    })
    socket.on('close', () => resolve())
    socket.on('error', reject)
  })
}

function isWhole(received: string): boolean {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return false
  const head = received.slice(0, headEnd)
  const length = /\r\ncontent-length: (\d+)/iu.exec(head)?.[1]
  if (length !== undefined) return received.length >= headEnd + 4 + Number(length)
  if (/\r\ntransfer-encoding: chunked/iu.test(head)) return received.endsWith('0\r\n\r\n')
  return true
}

/** A GET request for a path at a host, as text. */
export function getRequest(path: string, host: string, headers: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ host, accept: '*/*', ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`
}
