import { once } from 'node:events'
import { connect } from 'node:net'

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

/** Keep-alive connections to one port. */
export interface OpenLoad {
  /** Sends so many requests, one at a time on each connection; resolves when all are answered. */
  run(total: number): Promise<LoadResult>
  close(): void
}

/**
 * Sends a fixed number of requests over keep-alive connections, one at a time on each. Speaks just enough HTTP to find the end of an answer, so that the
 * generator costs a fraction of what it measures. Talks to loopback only, and stops by itself.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const open = await openLoad(load)
  try {
    return await open.run(load.total)
  } finally {
    open.close()
  }
}

/** Opens the connections of a load, for several runs. */
export async function openLoad({ port, requests, connections }: Omit<Load, 'total'>): Promise<OpenLoad> {
  const buffers = requests.map((request) => Buffer.from(request))
  const open = await Promise.all(Array.from({ length: connections }, (_, index) => openConnection(port, buffers, Math.floor((index * buffers.length) / connections))))
  return {
    async run(total) {
      const tally: Tally = { latenciesMs: [], statuses: new Map(), left: total }
      const startedAt = performance.now()
      await Promise.all(open.map((connection) => connection.drive(tally)))
      return { seconds: (performance.now() - startedAt) / 1000, latenciesMs: tally.latenciesMs.sort((one, other) => one - other), statuses: tally.statuses }
    },
    close: () => {
      for (const connection of open) connection.close()
    },
  }
}

interface Tally {
  readonly latenciesMs: number[]
  readonly statuses: Map<number, number>
  /** Requests that nobody has sent yet. */
  left: number
}

interface Connection {
  /** Sends one request after the other while any are left. */
  drive(tally: Tally): Promise<void>
  close(): void
}

async function openConnection(port: number, requests: readonly Buffer[], offset: number): Promise<Connection> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  await once(socket, 'connect')
  let next = offset
  let received = ''
  let heard: (() => void) | null = null
  let broken: ((error: Error) => void) | null = null
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
    if (isWhole(received)) heard?.()
  })
  socket.on('error', (error) => broken?.(error))
  socket.on('close', () => broken?.(new Error('the connection was closed')))
  return {
    drive: (tally) =>
      new Promise((resolve, reject) => {
        let sentAt = 0
        const send = (): void => {
          if (tally.left <= 0) return resolve()
          tally.left -= 1
          sentAt = performance.now()
          received = ''
          socket.write(requests[next % requests.length] ?? '')
          next += 1
        }
        heard = () => {
          const status = Number(received.slice(9, 12))
          tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1)
          tally.latenciesMs.push(performance.now() - sentAt)
          send()
        }
        broken = reject
        send()
      }),
    close: () => socket.end(),
  }
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
