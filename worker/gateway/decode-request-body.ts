import { parseContentEncodings, type ContentEncoding } from '../semantics/integrations/content-encoding.ts'
import type { Bytes } from '../ports.ts'
import type { Resolved } from './exchange.ts'
import { joinChunks } from './join-chunks.ts'
import { GatewayRefusal } from './refusal.ts'
import { refuseLargeBody, REQUEST_BODY_BYTES_MAX, type RequestBody } from './request-body.ts'

/** The client's body as the API reads it: decompressed where the API turned compression on and the client compressed it (aws-rest 6.11). */
export function decodeRequestBody({ body, request, deployment }: Resolved): RequestBody {
  if (deployment.document.minimumCompressionSize === null) return body
  const encodings = parseContentEncodings(request.headers.get('content-encoding'))
  return encodings !== null && encodings.length === 0 ? body : openEncodedBody(body, encodings)
}

function openEncodedBody(body: RequestBody, encodings: readonly ContentEncoding[] | null): RequestBody {
  let decoded: Promise<Bytes> | null = null
  let read: Bytes | null = null
  return {
    isEncoded: true,
    bytes() {
      decoded ??= body.bytes().then(async (bytes) => (read = await decompress(bytes, encodings)))
      return decoded
    },
    forward: () => read,
    tooLong: () => body.tooLong(),
  }
}

async function decompress(bytes: Bytes, encodings: readonly ContentEncoding[] | null): Promise<Bytes> {
  if (encodings === null) throw new GatewayRefusal('UNSUPPORTED_MEDIA_TYPE', { note: 'the content encoding is none of gzip, deflate and identity' })
  let decoded = bytes
  // The last encoding was applied last, and comes off first.
  for (const format of encodings.toReversed()) decoded = await decompressOne(decoded, format)
  return decoded
}

async function decompressOne(bytes: Bytes, format: ContentEncoding): Promise<Bytes> {
  const reader = new Response(bytes).body?.pipeThrough<Uint8Array>(new DecompressionStream(format)).getReader()
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const step = await reader?.read().catch(() => null)
    if (step === null) throw new GatewayRefusal('UNSUPPORTED_MEDIA_TYPE', { note: `the body is not ${format}` })
    if (step === undefined || step.done) break
    size += step.value.byteLength
    // A small body may be a large one in truth.
    if (size > REQUEST_BODY_BYTES_MAX) throw refuseLargeBody()
    chunks.push(step.value)
  }
  return joinChunks(chunks, size)
}
