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
  /** The body for a backend: the bytes when a step has read them, else the client's own stream; null when the request has none. */
  forward(): Bytes | ReadableStream<Uint8Array> | null
}

/** Wraps the body of a request; nothing is read until a step asks. */
export function openRequestBody(request: Request): RequestBody {
  let whole: Promise<Bytes> | null = null
  let read: Bytes | null = null
  return {
    isEncoded: false,
    bytes() {
      whole ??= readWhole(request).then((bytes) => (read = bytes))
      return whole
    },
    forward() {
      if (read !== null) return read.byteLength === 0 && request.body === null ? null : read
      refuseDeclaredLarge(request)
      return request.body
    },
  }
}

async function readWhole(request: Request): Promise<Bytes> {
  if (request.body === null) return new Uint8Array(0)
  refuseDeclaredLarge(request)
  const chunks: Bytes[] = []
  let size = 0
  const reader: ReadableStreamDefaultReader<Bytes> = request.body.getReader()
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
  const only = chunks[0]
  return chunks.length === 1 && only !== undefined ? only : joinChunks(chunks, size)
}

/** Refuses a body by the length that its client declares, before a byte of it is read. */
function refuseDeclaredLarge(request: Request): void {
  if (Number(request.headers.get('content-length') ?? 0) > REQUEST_BODY_BYTES_MAX) throw refuseLargeBody()
}

/** What is said of a body beyond the limit. */
export function refuseLargeBody(): GatewayRefusal {
  return new GatewayRefusal('REQUEST_TOO_LARGE', { note: `the body is larger than ${REQUEST_BODY_BYTES_MAX} bytes` })
}
