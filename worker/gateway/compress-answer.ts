import { chooseContentEncoding, type ContentEncoding } from '../semantics/integrations/content-encoding.ts'
import type { Body, Bytes } from '../ports.ts'
import { joinChunks } from './join-chunks.ts'
import type { Matched } from './exchange.ts'

/** A body on its way to the client: as it is, or compressed. */
export interface SentBody {
  readonly body: Body
  /** Null when the body is as it is. */
  readonly encoding: ContentEncoding | null
}

/** How this API compresses for this client: bodies of at least so many bytes. */
export interface Compression {
  readonly encoding: ContentEncoding
  readonly bytesMin: number
}

/** How an answer is compressed; null when it compresses none. A streamed answer is never compressed (aws-rest 6.10, 6.11). */
export function compressionOf(matched: Matched, headers: Headers): Compression | null {
  const { minimumCompressionSize } = matched.deployment.document
  if (minimumCompressionSize === null || headers.has('content-encoding') || matched.method.document.integration.responseTransferMode === 'STREAM') return null
  const encoding = chooseContentEncoding(matched.request.headers.get('accept-encoding'))
  return encoding === null ? null : { encoding, bytesMin: minimumCompressionSize }
}

/** Compresses a body that is large enough. Of a body that flows, no more is awaited than tells whether it is. */
export async function compressBody(body: Body, { encoding, bytesMin }: Compression): Promise<SentBody> {
  if (body === null) return { body, encoding: null }
  if (body instanceof ReadableStream) return compressStream(body, { encoding, bytesMin })
  const bytes = typeof body === 'string' ? new Uint8Array(new TextEncoder().encode(body)) : body
  if (bytes.byteLength < bytesMin || bytes.byteLength === 0) return { body, encoding: null }
  return { body: compressed(bytes, encoding), encoding }
}

async function compressStream(stream: ReadableStream<Uint8Array>, { encoding, bytesMin }: Compression): Promise<SentBody> {
  const reader = stream.getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  while (size < Math.max(bytesMin, 1)) {
    const { done, value } = await reader.read()
    if (done) return { body: joinChunks(chunks, size), encoding: null }
    chunks.push(value)
    size += value.byteLength
  }
  return { body: compressed(continueWith(joinChunks(chunks, size), reader), encoding), encoding }
}

function continueWith(start: Bytes, reader: ReadableStreamDefaultReader<Uint8Array>): ReadableStream<Uint8Array> {
  let first: Bytes | null = start
  return new ReadableStream({
    async pull(controller) {
      if (first !== null) {
        controller.enqueue(first)
        first = null
        return
      }
      const { done, value } = await reader.read()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    cancel: (reason) => reader.cancel(reason),
  })
}

function compressed(body: Bytes | ReadableStream<Uint8Array>, encoding: ContentEncoding): Body {
  return new Response(body).body?.pipeThrough<Uint8Array>(new CompressionStream(encoding)) ?? null
}
