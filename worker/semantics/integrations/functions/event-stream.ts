/** One message of an AWS event stream (`application/vnd.amazon.eventstream`): its text headers and its payload. */
export interface StreamMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Uint8Array
}

/** What a decoder holds between chunks: the bytes of a message that is not whole yet. */
export interface StreamDecoder {
  /** The messages that a chunk completes, whose payloads hold until the next call; throws `RangeError` when the bytes are no event stream. */
  push(chunk: Uint8Array): readonly StreamMessage[]
  /** Whether bytes of an unfinished message are held. */
  isBetweenMessages(): boolean
}

/** Sizes of the format: two lengths and their checksum, then headers and payload, then a checksum of all. */
const PRELUDE_BYTES = 12
const CHECKSUM_BYTES = 4
/** Amazon's own bound of a message (24 MB) leaves room for any chunk that Lambda sends. */
const MESSAGE_BYTES_MAX = 25_165_824

/** Makes a decoder; it holds at most one unfinished message and one chunk, in a buffer that it keeps, so that a long stream leaves nothing behind. */
export function createStreamDecoder(): StreamDecoder {
  let buffer = new Uint8Array(0)
  let start = 0
  let end = 0
  return {
    push(chunk) {
      buffer = makeRoom(buffer, { start, end, more: chunk.byteLength })
      end -= start
      start = 0
      buffer.set(chunk, end)
      end += chunk.byteLength
      const held = buffer.subarray(0, end)
      const messages: StreamMessage[] = []
      for (let size = messageSize(held, start); size !== null && end - start >= size; size = messageSize(held, start)) {
        messages.push(readMessage(held.subarray(start, start + size)))
        start += size
      }
      return messages
    },
    isBetweenMessages: () => start === end,
  }
}

/** Moves what is held to the front of a buffer with room for more: the same one when it is large enough. */
function makeRoom(buffer: Uint8Array<ArrayBuffer>, { start, end, more }: { readonly start: number; readonly end: number; readonly more: number }): Uint8Array<ArrayBuffer> {
  const needed = end - start + more
  if (needed <= buffer.byteLength) return buffer.copyWithin(0, start, end)
  const larger = new Uint8Array(Math.max(needed, buffer.byteLength * 2))
  larger.set(buffer.subarray(start, end))
  return larger
}

/** Writes a message whose headers are texts: what Lambda sends for each piece of a streaming answer. */
export function encodeStreamMessage({ headers, payload }: StreamMessage): Uint8Array<ArrayBuffer> {
  const head = Object.entries(headers).flatMap(([name, value]) => encodeHeader(name, value))
  const size = PRELUDE_BYTES + head.length + payload.byteLength + CHECKSUM_BYTES
  const message = new Uint8Array(size)
  const view = new DataView(message.buffer)
  view.setUint32(0, size)
  view.setUint32(4, head.length)
  view.setUint32(8, crc32(message.subarray(0, 8)))
  message.set(head, PRELUDE_BYTES)
  message.set(payload, PRELUDE_BYTES + head.length)
  view.setUint32(size - CHECKSUM_BYTES, crc32(message.subarray(0, size - CHECKSUM_BYTES)))
  return message
}

/** The type of a header's value: text. Lambda uses no other; numbers and the like are passed over. */
const TEXT = 7
/** How long values of the other types are, by type; null has its length in front. */
const VALUE_BYTES = [0, 0, 1, 2, 4, 8, null, null, 8, 16] as const

function messageSize(bytes: Uint8Array, start: number): number | null {
  if (bytes.byteLength - start < PRELUDE_BYTES) return null
  const view = viewOf(bytes)
  const size = view.getUint32(start)
  if (view.getUint32(start + 8) !== crc32(bytes.subarray(start, start + 8))) throw new RangeError('the checksum of a message does not fit its lengths')
  if (size < PRELUDE_BYTES + CHECKSUM_BYTES || size > MESSAGE_BYTES_MAX) throw new RangeError(`a message of ${size} bytes`)
  return size
}

function readMessage(message: Uint8Array): StreamMessage {
  const view = viewOf(message)
  const end = message.byteLength - CHECKSUM_BYTES
  if (view.getUint32(end) !== crc32(message.subarray(0, end))) throw new RangeError('the checksum of a message does not fit')
  const payloadStart = PRELUDE_BYTES + view.getUint32(4)
  if (payloadStart > end) throw new RangeError('the headers of a message are longer than the message')
  return { headers: readHeaders(message.subarray(PRELUDE_BYTES, payloadStart)), payload: message.subarray(payloadStart, end) }
}

function readHeaders(bytes: Uint8Array): Readonly<Record<string, string>> {
  const view = viewOf(bytes)
  const headers: [string, string][] = []
  for (let at = 0; at < bytes.byteLength; ) {
    const nameEnd = at + 1 + view.getUint8(at)
    const type = view.getUint8(nameEnd)
    const fixed = VALUE_BYTES[type]
    if (fixed === undefined) throw new RangeError(`a header of type ${type}`)
    const valueStart = nameEnd + (fixed === null ? 3 : 1)
    const valueEnd = valueStart + (fixed ?? view.getUint16(nameEnd + 1))
    if (valueEnd > bytes.byteLength) throw new RangeError('a header is longer than its message')
    if (type === TEXT) headers.push([decode(bytes.subarray(at + 1, nameEnd)), decode(bytes.subarray(valueStart, valueEnd))])
    at = valueEnd
  }
  return Object.fromEntries(headers)
}

function encodeHeader(name: string, value: string): readonly number[] {
  const nameBytes = new TextEncoder().encode(name)
  const valueBytes = new TextEncoder().encode(value)
  return [nameBytes.byteLength, ...nameBytes, TEXT, valueBytes.byteLength >> 8, valueBytes.byteLength & 0xff, ...valueBytes]
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** The CRC-32 of zlib, byte by byte by a table. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_zero, index) => {
  let value = index
  for (let bit = 0; bit < 8; bit += 1) value = (value & 1) === 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}
