import { createStreamDecoder, type StreamMessage } from '../semantics/integrations/functions/event-stream.ts'

/** The bytes that a function writes, taken out of Lambda's event stream; a server that sends them bare is taken at its word. */
export function decodeInvokeStream(headers: Headers, body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  if (headers.get('content-type')?.startsWith('application/vnd.amazon.eventstream') !== true) return body
  const decoder = createStreamDecoder()
  let isComplete = false
  return body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        for (const message of decoder.push(chunk)) {
          const kind = message.headers[':event-type']
          if (kind === 'PayloadChunk') controller.enqueue(message.payload)
          else isComplete = endsWell(message)
        }
      },
      flush() {
        if (!isComplete) throw new Error("the function's stream ended before its end was told")
      },
    }),
  )
}

/** The last message says how the function ended; an error in the middle breaks the answer off. */
function endsWell(message: StreamMessage): boolean {
  const text = new TextDecoder().decode(message.payload)
  if (message.headers[':message-type'] === 'exception') throw new Error(`Lambda broke the stream off: ${message.headers[':exception-type'] ?? ''} ${text}`)
  if (message.headers[':event-type'] !== 'InvokeComplete') return false
  if (/"ErrorCode"\s*:\s*"[^"]/u.test(text)) throw new Error(`the function failed while it streamed: ${text}`)
  return true
}
