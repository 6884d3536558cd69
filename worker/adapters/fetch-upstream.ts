import type { Bytes, Upstream, UpstreamOutcome, UpstreamRequest } from '../ports.ts'
import { toLinked } from './links.ts'
import { listenToBody, watchBody } from './watched-body.ts'
import { toEdgeFailure } from '../semantics/integrations/http/edge-answers.ts'

/** What carries a request: the platform's fetch, a service binding, a VPC service. */
export type Carrier = (url: string, init: RequestInit) => Promise<Response>

const internet: Carrier = (url, init) => fetch(url, init)

/** Backends by the platform's fetch, or by the bindings of `env` that links name. Redirects are handed back, not followed (aws-rest 6.5). */
export function createFetchUpstream(env: object): Upstream {
  return {
    call(request) {
      if (request.link === undefined) return callBy(internet, request)
      const linked = toLinked(request, request.link, env)
      return typeof linked === 'string' ? Promise.resolve({ kind: 'unreachable', cause: linked }) : callBy(linked.carrier, linked.request)
    },
  }
}

/**
 * Calls a backend by a carrier. Never throws; the timer runs until the headers of a flowing answer, or until the last byte of a whole one. A call that is too slow is
 * let go, not aborted: the runtime ends it with the request, and a signal would cost every call that is in time.
 */
export function callBy(carrier: Carrier, request: UpstreamRequest): Promise<UpstreamOutcome> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, request.timeoutMs, TIMED_OUT)
    const settle = (outcome: UpstreamOutcome): void => {
      clearTimeout(timer)
      resolve(outcome)
    }
    call(carrier, request).then(settle, (error: unknown) => settle(toUnreachable(error)))
  })
}

const TIMED_OUT: UpstreamOutcome = { kind: 'timed-out' }

async function call(carrier: Carrier, request: UpstreamRequest): Promise<UpstreamOutcome> {
  const { url, method, headers, body, signal } = request
  const response = await carrier(url, { method, headers, body, redirect: 'manual', signal: signal ?? null })
  const failure = toEdgeFailure(response.status, response.headers)
  return failure === null ? takeBody(response, request) : toFailure(failure, response)
}

/** How much of Cloudflare's own error text goes to the log. */
const CAUSE_CHARACTERS_MAX = 200

async function toFailure(kind: 'timed-out' | 'untrusted' | 'unreachable', response: Response): Promise<UpstreamOutcome> {
  const text = await response.text()
  return { kind, cause: `the edge answered ${response.status} in the backend's place: ${text.slice(0, CAUSE_CHARACTERS_MAX)}` }
}

/** workerd tells a failed handshake from other failures only in the text of its error. */
function toUnreachable(error: unknown): UpstreamOutcome {
  const cause = error instanceof Error ? error.message : String(error)
  return { kind: /\b(?:TLS|SSL|certificate)\b/iu.test(cause) ? 'untrusted' : 'unreachable', cause }
}

/** Takes the body as the caller asked. A length that is declared is looked at before the body is: most answers never need their stream opened. */
function takeBody(response: Response, request: UpstreamRequest): UpstreamOutcome | Promise<UpstreamOutcome> {
  const take = request.take ?? 'flowing'
  if (take === 'flowing') return flow(response, request)
  const declared = response.headers.get('content-length')
  const isDeclaredSmall = declared !== null && Number(declared) <= take.wholeUpToBytes
  const isEncoded = response.headers.has('content-encoding')
  if (take.beyond === 'flows' && (!isDeclaredSmall || isEncoded)) return flow(response, request)
  return takeWhole(response, { bytesMax: take.wholeUpToBytes, declared: declared === null ? null : Number(declared), isEncoded })
}

interface WholeBody {
  readonly bytesMax: number
  /** The length that the backend declares, in bytes. */
  readonly declared: number | null
  readonly isEncoded: boolean
}

async function takeWhole(response: Response, { bytesMax, declared, isEncoded }: WholeBody): Promise<UpstreamOutcome> {
  const isDeclaredSmall = declared !== null && declared <= bytesMax
  if (declared !== null && !isDeclaredSmall) {
    // An answer to HEAD declares the length of a body that it does not have.
    if (response.body === null) return { kind: 'answered', response, body: null }
    await response.body.cancel()
    return { kind: 'too-large', cause: `the answer declares ${declared} bytes, more than ${bytesMax}` }
  }
  const bytes = isDeclaredSmall ? new Uint8Array(await response.arrayBuffer()) : await readUpTo(response.body, bytesMax)
  if (bytes === null) return { kind: 'too-large', cause: `the answer is larger than ${bytesMax} bytes` }
  if (!isEncoded) return { kind: 'answered', response, body: bytes }
  return { kind: 'answered', response: new Response(null, { status: response.status, headers: toDecodedHeaders(response.headers) }), body: bytes }
}

/** An answer whose body is handed on as it comes, watched as far as somebody asked for it. */
function flow(response: Response, { method, idleMs, totalMs, onBroken }: UpstreamRequest): UpstreamOutcome {
  const { body, headers } = response
  if (body === null || method === 'HEAD') return { kind: 'answered', response, body }
  const declaredBytes = declaredBytesOf(headers)
  if (idleMs !== undefined || totalMs !== undefined) return { kind: 'answered', response, body: watchBody(body, { idleMs, totalMs, onBroken, declaredBytes }) }
  if (onBroken === undefined || !isWorthListening(headers)) return { kind: 'answered', response, body }
  return { kind: 'answered', response, body: listenToBody(body, onBroken, declaredBytes) }
}

/**
 * Whether a plain body is listened to for its breaking off. That costs a fifth of a small request, so it is done for bodies that are known to be long: those that declare their
 * length (the short ones of them were awaited), and streams of events. A compressed body passes untouched: whatever looks at it would undo that.
 */
function isWorthListening(headers: Headers): boolean {
  if (headers.has('content-encoding')) return false
  return headers.has('content-length') || headers.get('content-type')?.startsWith('text/event-stream') === true
}

/** How long the body is that a reader gets; not known of one whose compression the runtime undoes. */
function declaredBytesOf(headers: Headers): number | undefined {
  const declared = headers.get('content-length')
  return declared === null || headers.has('content-encoding') ? undefined : Number(declared)
}

/** The runtime has undone a compression while the body was read: the headers that spoke of it go. */
function toDecodedHeaders(headers: Headers): Headers {
  const decoded = new Headers(headers)
  decoded.delete('content-encoding')
  decoded.delete('content-length')
  return decoded
}

/** Reads a stream to its end; null, and the stream is let go, when it is longer than the bound. */
async function readUpTo(body: ReadableStream<Uint8Array> | null, bytesMax: number): Promise<Bytes | null> {
  if (body === null) return new Uint8Array(0)
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > bytesMax) {
      await reader.cancel()
      return null
    }
    chunks.push(value)
  }
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}
