import type { Bytes, Upstream, UpstreamOutcome, UpstreamRequest } from '../ports.ts'
import { toLinked } from './links.ts'
import { watchBody } from './watched-body.ts'
import { toEdgeFailure } from '../semantics/integrations/http/edge-answers.ts'

/** What carries a request: the platform's fetch, a service binding, a VPC service. */
export type Carrier = (url: string, init: RequestInit) => Promise<Response>

const internet: Carrier = (url, init) => fetch(url, init)

/** Backends by the platform's fetch, or by the bindings of `env` that links name. Redirects are handed back, not followed (aws-rest 6.5). */
export function createFetchUpstream(env: object): Upstream {
  return {
    async call(request) {
      if (request.link === undefined) return callBy(internet, request)
      const linked = toLinked(request, request.link, env)
      return typeof linked === 'string' ? { kind: 'unreachable', cause: linked } : callBy(linked.carrier, linked.request)
    },
  }
}

/** Calls a backend by a carrier. Never throws; the timer runs until the headers of a flowing answer, or until the last byte of a whole one. */
export async function callBy(carrier: Carrier, request: UpstreamRequest): Promise<UpstreamOutcome> {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(TIMED_OUT), request.timeoutMs)
  try {
    const response = await carrier(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      redirect: 'manual',
      signal: abort.signal,
    })
    const failure = toEdgeFailure(response.status, response.headers)
    if (failure !== null) return await toFailure(failure, response)
    return await takeBody(response, request)
  } catch (error) {
    if (abort.signal.aborted) return { kind: 'timed-out' }
    return toUnreachable(error)
  } finally {
    clearTimeout(timer)
  }
}

const TIMED_OUT = 'timed out'

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

async function takeBody(response: Response, request: UpstreamRequest): Promise<UpstreamOutcome> {
  const take = request.take ?? 'flowing'
  if (take === 'flowing' || response.body === null) return flow(response, request)
  const declared = response.headers.get('content-length')
  const isDeclaredSmall = declared !== null && Number(declared) <= take.wholeUpToBytes
  if (take.beyond === 'flows' && (!isDeclaredSmall || response.headers.has('content-encoding'))) return flow(response, request)
  if (declared !== null && !isDeclaredSmall) {
    await response.body.cancel()
    return { kind: 'too-large', cause: `the answer declares ${declared} bytes, more than ${take.wholeUpToBytes}` }
  }
  const bytes = isDeclaredSmall ? new Uint8Array(await response.arrayBuffer()) : await readUpTo(response.body, take.wholeUpToBytes)
  if (bytes === null) return { kind: 'too-large', cause: `the answer is larger than ${take.wholeUpToBytes} bytes` }
  if (!response.headers.has('content-encoding')) return { kind: 'answered', response, body: bytes }
  return { kind: 'answered', response: new Response(null, { status: response.status, headers: toDecodedHeaders(response.headers) }), body: bytes }
}

/** An answer whose body is handed on as it comes; watched only when somebody asked, for the runtime passes an untouched body on by itself. */
function flow(response: Response, { idleMs, totalMs, onBroken }: UpstreamRequest): UpstreamOutcome {
  const { body } = response
  if (body === null || (idleMs === undefined && totalMs === undefined)) return { kind: 'answered', response, body }
  const watch = { ...(idleMs === undefined ? {} : { idleMs }), ...(totalMs === undefined ? {} : { totalMs }), ...(onBroken === undefined ? {} : { onBroken }) }
  return { kind: 'answered', response, body: watchBody(body, watch) }
}

/** The runtime has undone a compression while the body was read: the headers that spoke of it go. */
function toDecodedHeaders(headers: Headers): Headers {
  const decoded = new Headers(headers)
  decoded.delete('content-encoding')
  decoded.delete('content-length')
  return decoded
}

/** Reads a stream to its end; null, and the stream is let go, when it is longer than the bound. */
async function readUpTo(body: ReadableStream<Uint8Array>, bytesMax: number): Promise<Bytes | null> {
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
