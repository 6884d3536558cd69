import type { Bytes } from '../ports.ts'

/** Puts the chunks of a body together; `size` is the sum of their lengths. */
export function joinChunks(chunks: readonly Uint8Array[], size: number): Bytes {
  const whole = new Uint8Array(size)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.byteLength
  }
  return whole
}
