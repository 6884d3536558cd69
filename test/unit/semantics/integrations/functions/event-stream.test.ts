import { array, assert, dictionary, nat, property, record, string, uint8Array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createStreamDecoder, encodeStreamMessage, type StreamMessage } from '../../../../../worker/semantics/integrations/functions/event-stream.ts'

const message = (payload: string, headers: Record<string, string> = { ':event-type': 'PayloadChunk' }): StreamMessage => ({ headers, payload: new TextEncoder().encode(payload) })

/** The empty message as the format has it, in hexadecimal. */
const KNOWN = {
  empty: '000000100000000005c248eb7d98c8ff',
}

describe('messages', () => {
  test('the empty message of the format', () => {
    expect(createStreamDecoder().push(Uint8Array.from(KNOWN.empty.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16)))).toEqual([{ headers: {}, payload: new Uint8Array(0) }])
    expect(Buffer.from(encodeStreamMessage({ headers: {}, payload: new Uint8Array(0) })).toString('hex')).toBe(KNOWN.empty)
  })

  test('come out as they went in, however they are cut', () => {
    const anyMessage = record({ headers: dictionary(string({ minLength: 1, maxLength: 20, unit: 'grapheme-ascii' }), string({ maxLength: 30 }), { maxKeys: 4, noNullPrototype: true }), payload: uint8Array({ maxLength: 200 }) })
    assert(
      property(array(anyMessage, { maxLength: 5 }), array(nat(400), { maxLength: 8 }), (messages, cuts) => {
        const wire = Buffer.concat(messages.map((each) => encodeStreamMessage(each)))
        const decoder = createStreamDecoder()
        const edges = [...new Set([0, ...cuts.filter((cut) => cut < wire.byteLength), wire.byteLength])].toSorted((a, b) => a - b)
        const got = edges.slice(1).flatMap((end, index) => decoder.push(wire.subarray(edges[index], end)).map(({ headers, payload }) => ({ headers, payload: [...payload] })))
        expect(got).toEqual(messages.map(({ headers, payload }) => ({ headers, payload: [...payload] })))
        expect(decoder.isBetweenMessages()).toBe(true)
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 200) },
    )
  })

  test('an unfinished one is held', () => {
    const decoder = createStreamDecoder()
    expect(decoder.push(encodeStreamMessage(message('abc')).subarray(0, -1))).toEqual([])
    expect(decoder.isBetweenMessages()).toBe(false)
  })
})

describe('bytes that are no event stream throw', () => {
  const whole = encodeStreamMessage(message('abc'))
  const flipped = (at: number): Uint8Array => whole.map((byte, index) => (index === at ? byte ^ 1 : byte))
  const rows = [
    { name: 'text', bytes: new TextEncoder().encode('{"statusCode":200}') },
    { name: 'a changed length', bytes: flipped(3) },
    { name: 'a changed header', bytes: flipped(14) },
    { name: 'a changed payload', bytes: flipped(whole.byteLength - 5) },
    { name: 'a changed checksum', bytes: flipped(whole.byteLength - 1) },
  ]
  test.each(rows)('$name', ({ bytes }) => {
    expect(() => createStreamDecoder().push(bytes)).toThrow(RangeError)
  })

  test('any bytes either wait, decode or throw a RangeError', () => {
    assert(
      property(uint8Array({ maxLength: 64 }), (bytes) => {
        expect(failureOf(bytes)).toSatisfy((failure) => failure === null || failure instanceof RangeError)
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 200) },
    )
  })
})

function failureOf(bytes: Uint8Array): unknown {
  try {
    createStreamDecoder().push(bytes)
    return null
  } catch (error) {
    return error
  }
}
