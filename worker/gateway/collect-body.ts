import type { Body, Bytes } from '../ports.ts'
import { joinChunks } from './join-chunks.ts'

/** A body in two: one for the client, at once, and one to keep. */
export interface ForkedBody {
  readonly forClient: Body
  /** The bytes where they are here already; a promise where the body still flows: null when it is longer than the bound or breaks off. Never rejects. */
  readonly whole: Bytes | Promise<Bytes | null> | null
}

/** Gives a body to the client as it comes and keeps a copy of at most `bytesMax`; beyond it the copy is let go and the client's goes on. */
export function forkBody(body: Body, bytesMax: number): ForkedBody {
  if (body === null) return { forClient: null, whole: EMPTY }
  if (typeof body === 'string') return { forClient: body, whole: bounded(new Uint8Array(new TextEncoder().encode(body)), bytesMax) }
  if (body instanceof Uint8Array) return { forClient: body, whole: bounded(body, bytesMax) }
  const [forClient, copy] = body.tee()
  return { forClient, whole: collect(copy, bytesMax) }
}

const EMPTY: Bytes = new Uint8Array(0)

function bounded(bytes: Bytes, bytesMax: number): Bytes | null {
  return bytes.byteLength <= bytesMax ? bytes : null
}

async function collect(stream: ReadableStream<Uint8Array>, bytesMax: number): Promise<Bytes | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return joinChunks(chunks, size)
      size += value.byteLength
      if (size > bytesMax) {
        // Not awaited: the cancellation of one side of a fork settles only when the other side is cancelled too.
        reader.cancel().catch(() => undefined)
        return null
      }
      chunks.push(value)
    }
  } catch {
    // The backend broke off: half an answer is no answer. The client's side of the fork breaks off as well.
    return null
  }
}
