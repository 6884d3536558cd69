import type { Bytes } from '../ports.ts'
import { joinChunks } from './join-chunks.ts'
import { GatewayRefusal } from './refusal.ts'

/** The most that a step which needs the whole body takes, in bytes (aws-rest 17). */
export const REQUEST_BODY_BYTES_MAX = 10_485_760

/** The client's body: either streamed through once, or read whole, once, by the first step that needs it. */
export interface RequestBody {
  /** Whether the client's stream is not what the API reads, so that it must be read before it can be forwarded. */
  readonly isEncoded: boolean
  /** The whole body; every call gives the same bytes. Refuses with REQUEST_TOO_LARGE beyond the limit. */
  bytes(): Promise<Bytes>
  /**
   * The body for a backend: the bytes when a step has read them, else the client's own stream; null when the request has none. Beyond `bytesMax` a declared length is refused
   * with REQUEST_TOO_LARGE, and a stream of unknown length breaks off.
   */
  forward(bytesMax: number): Bytes | ReadableStream<Uint8Array> | null
  /** Aborted when a forwarded stream turns out to be too long: then whatever came of the call is the client's fault. Null when the stream is not counted. */
  tooLong(): AbortSignal | null
}

/** Wraps the body of a request; nothing is read until a step asks. */
export function openRequestBody(request: Request): RequestBody {
  let whole: Promise<Bytes> | null = null
  let read: Bytes | null = null
  let counted: CountedStream | null = null
  return {
    isEncoded: false,
    bytes() {
      whole ??= readWhole(request, counted?.stream ?? request.body).then((bytes) => (read = bytes))
      return whole
    },
    forward(bytesMax) {
      if (read !== null) return read.byteLength === 0 && request.body === null ? null : read
      refuseDeclaredLarge(request, bytesMax)
      if (request.body === null || bytesMax === Number.POSITIVE_INFINITY || request.headers.has('content-length')) return request.body
      counted ??= countStream(request.body, bytesMax)
      return counted.stream
    },
    tooLong: () => counted?.tooLong ?? null,
  }
}

interface CountedStream {
  readonly stream: ReadableStream<Uint8Array>
  readonly tooLong: AbortSignal
}

/** A stream of unknown length that breaks off beyond a bound; what came before has gone on by then. */
function countStream(body: ReadableStream<Uint8Array>, bytesMax: number): CountedStream {
  let size = 0
  const abort = new AbortController()
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      size += chunk.byteLength
      if (size <= bytesMax) return controller.enqueue(chunk)
      // First the call is given up: a runtime may send a stream that fails as one that ends, and the backend would take half a body for a whole one.
      abort.abort()
      return controller.error(refuseLargeBody())
    },
  })
  return { stream: body.pipeThrough(counter), tooLong: abort.signal }
}

async function readWhole(request: Request, body: ReadableStream<Uint8Array> | null): Promise<Bytes> {
  if (body === null) return new Uint8Array(0)
  refuseDeclaredLarge(request, REQUEST_BODY_BYTES_MAX)
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > REQUEST_BODY_BYTES_MAX) {
      await reader.cancel()
      throw refuseLargeBody()
    }
    chunks.push(value)
  }
  return joinChunks(chunks, size)
}

/** Refuses a body by the length that its client declares, before a byte of it is read. */
function refuseDeclaredLarge(request: Request, bytesMax: number): void {
  if (Number(request.headers.get('content-length') ?? 0) > bytesMax) throw refuseLargeBody()
}

/** What is said of a body beyond the limit. */
export function refuseLargeBody(): GatewayRefusal {
  return new GatewayRefusal('REQUEST_TOO_LARGE', { note: `the body is larger than ${REQUEST_BODY_BYTES_MAX} bytes` })
}
