import { createStreamDecoder, type StreamMessage } from '../semantics/integrations/functions/event-stream.ts'
import { readStreamPrelude, type PreludeReading } from '../semantics/integrations/functions/stream-prelude.ts'
import type { BodyDecoder } from './watched-body.ts'

/** What a function said before its payload, or why that can't be read. */
export type OpenedStream = Exclude<PreludeReading, { readonly kind: 'more' }>

/** Takes the payload out of a function's streaming answer: out of Lambda's event stream where the server sends one, and from behind the metadata, which `onRead` is told once. */
export function createInvokeDecoder(headers: Headers, onRead: (opened: OpenedStream) => void): BodyDecoder {
  const written = headers.get('content-type')?.startsWith('application/vnd.amazon.eventstream') === true ? createEventDecoder() : BARE
  const prelude = createPreludeDecoder(onRead)
  return {
    *push(piece) {
      for (const bytes of written.push(piece)) yield* prelude.push(bytes)
    },
    end() {
      written.end()
      prelude.end()
    },
  }
}

/** A server that sends what the function writes, without Lambda's events around it. */
const BARE: BodyDecoder = {
  push: (piece) => [piece],
  end: () => undefined,
}

function createEventDecoder(): BodyDecoder {
  const decoder = createStreamDecoder()
  let isComplete = false
  return {
    *push(piece) {
      for (const message of decoder.push(piece)) {
        if (message.headers[':event-type'] === 'PayloadChunk') yield message.payload
        else isComplete = endsWell(message)
      }
    },
    end() {
      if (!isComplete) throw new Error("the function's stream ended before its end was told")
    },
  }
}

/** Holds back what comes before the payload; that is 16 KB at the most. */
function createPreludeDecoder(onRead: (opened: OpenedStream) => void): BodyDecoder {
  let held: Uint8Array | null = new Uint8Array(0)
  const fail = (cause: string): never => {
    onRead({ kind: 'malformed', cause })
    throw new Error(cause)
  }
  return {
    push(piece) {
      if (held === null) return [piece]
      const bytes: Uint8Array = joinTwo(held, piece)
      const reading = readStreamPrelude(bytes)
      if (reading.kind === 'malformed') return fail(reading.cause)
      held = reading.kind === 'more' ? bytes : null
      if (reading.kind === 'more') return []
      onRead(reading)
      return reading.payloadStart === bytes.byteLength ? [] : [bytes.subarray(reading.payloadStart)]
    },
    end() {
      if (held !== null) fail('the stream ended before its metadata did')
    },
  }
}

function joinTwo(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.byteLength + second.byteLength)
  both.set(first)
  both.set(second, first.byteLength)
  return both
}

/** The last message says how the function ended; an error in the middle breaks the answer off. */
function endsWell(message: StreamMessage): boolean {
  const text = new TextDecoder().decode(message.payload)
  if (message.headers[':message-type'] === 'exception') throw new Error(`Lambda broke the stream off: ${message.headers[':exception-type'] ?? ''} ${text}`)
  if (message.headers[':event-type'] !== 'InvokeComplete') return false
  if (/"ErrorCode"\s*:\s*"[^"]/u.test(text)) throw new Error(`the function failed while it streamed: ${text}`)
  return true
}
