import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CachedAnswer } from '../../../../worker/semantics/caching/entry.ts'
import { decodeEntry, encodeEntry } from '../../../../worker/semantics/caching/entry-codec.ts'

const ANSWER: CachedAnswer = {
  kind: 'answer',
  statusCode: 200,
  headers: new Headers([['content-type', 'text/plain'], ['x-a', 'é']]),
  body: new TextEncoder().encode('hello'),
  requestedAtMs: 1,
  storedAtMs: 2,
  initialAgeSeconds: 3,
  freshUntilMs: 4,
  staleWhileRevalidateUntilMs: 5,
  staleIfErrorUntilMs: 6,
  keepUntilMs: 7,
  mustRevalidate: false,
  validators: { etag: '"a"', lastModified: null },
  tags: ['t'],
}

const encoded = encodeEntry(ANSWER, 'digest')
const changed = (at: number, value: number): Uint8Array<ArrayBuffer> => {
  const bytes = encoded.slice()
  bytes[at] = value
  return bytes
}

/** An entry with this head and the body of `ANSWER`. */
function encodeLines(lines: readonly string[]): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode(lines.join('\n'))
  const bytes = new Uint8Array([0x53, 0x44, 0x43, 0x32, 0, 0, 0, head.byteLength, ...head, ...(lines[1] === 'vary' ? [] : ANSWER.body)])
  return bytes
}

/** The entry with other lines in its head. */
function headOf(lines: Readonly<Record<number, string>>): Uint8Array<ArrayBuffer> {
  const head = new TextDecoder().decode(encoded.subarray(8, encoded.byteLength - ANSWER.body.byteLength)).split('\n')
  return encodeLines(head.map((line, index) => lines[index] ?? line))
}

describe('an entry in a store', () => {
  it('reads back as it was written', () => {
    const decoded = decodeEntry(encoded, 'digest')
    expect(decoded).toMatchObject({ kind: 'entry', entry: { ...ANSWER, headers: expect.anything(), body: expect.anything() } })
    if (decoded.kind !== 'entry' || decoded.entry.kind !== 'answer') throw new Error('no answer')
    expect([...decoded.entry.headers]).toEqual([...ANSWER.headers])
    expect(new TextDecoder().decode(decoded.entry.body)).toBe('hello')
  })

  it('reads a vary record back', () => {
    const record = { kind: 'vary' as const, names: ['accept'], keepUntilMs: 9 }
    expect(decodeEntry(encodeEntry(record, 'd'), 'd')).toEqual({ kind: 'entry', entry: record })
  })

  const BAD: readonly (readonly [string, Uint8Array<ArrayBuffer>, string])[] = [
    ['of another key', encoded, 'foreign'],
    ['that is empty', new Uint8Array(0), 'malformed'],
    ['cut off in its head', encoded.slice(0, 40), 'malformed'],
    ['cut off in its body', encoded.slice(0, -1), 'malformed'],
    ['with a longer body', new Uint8Array([...encoded, 0]), 'malformed'],
    ['of another version', changed(3, 0x39), 'of-another-version'],
    ['of another format', changed(1, 0x39), 'malformed'],
    ['with a head of another length', changed(7, 3), 'malformed'],
    ['with another digest', changed(8, 0x20), 'foreign'],
    ['with a status that is no number', headOf({ 2: 'x' }), 'malformed'],
    ['with a status that is none', headOf({ 2: '99' }), 'malformed'],
    ['with another length of the body', headOf({ 3: '4' }), 'malformed'],
    ['with a time that is no number', headOf({ 10: '' }), 'malformed'],
    ['with a time before all times', headOf({ 7: '-1' }), 'malformed'],
    ['with a header without a value', headOf({ 18: 'é\nx-b' }), 'malformed'],
    ['with a name that no header has', headOf({ 15: 'content type' }), 'malformed'],
    ['of another kind', headOf({ 1: 'question' }), 'malformed'],
    ['with a vary record of five lines', encodeLines(['digest', 'vary', '9', 'accept', 'more']), 'malformed'],
    ['with a vary record without an end', encodeLines(['digest', 'vary', '', 'accept']), 'malformed'],
    ['that somebody else wrote', new TextEncoder().encode('<html>not ours, but long enough</html>'), 'malformed'],
  ]
  for (const [name, bytes, kind] of BAD) {
    it(`${name} is ${kind}`, () => {
      expect(decodeEntry(bytes, name === 'of another key' ? 'other' : 'digest').kind).toBe(kind)
    })
  }

  it('reads back whatever is stored', () => {
    const amount = fc.nat(2_000_000_000_000)
    const text = fc.stringMatching(/^[!-~]{0,12}$/u)
    const stored = fc.record({
      statusCode: fc.integer({ min: 200, max: 599 }),
      headers: fc.array(fc.tuple(fc.stringMatching(/^[a-z][a-z-]{0,8}$/u), text), { maxLength: 5 }),
      body: fc.uint8Array({ maxLength: 30 }),
      times: fc.array(amount, { minLength: 7, maxLength: 7 }),
      mustRevalidate: fc.boolean(),
      etag: fc.option(fc.stringMatching(/^"[!#-~]{0,5}"$/u)),
      tags: fc.uniqueArray(fc.stringMatching(/^[!-+--~]{1,5}$/u), { maxLength: 3 }),
    })
    fc.assert(
      fc.property(stored, ({ statusCode, headers, body, times, mustRevalidate, etag, tags }) => {
        const [requestedAtMs = 0, storedAtMs = 0, initialAgeSeconds = 0, freshUntilMs = 0, staleWhileRevalidateUntilMs = 0, staleIfErrorUntilMs = 0, keepUntilMs = 0] = times
        const parts = { requestedAtMs, storedAtMs, initialAgeSeconds, freshUntilMs, staleWhileRevalidateUntilMs, staleIfErrorUntilMs, keepUntilMs }
        const answer: CachedAnswer = { kind: 'answer', statusCode, headers: new Headers(headers), body: new Uint8Array(body), ...parts, mustRevalidate, validators: { etag, lastModified: null }, tags }
        expect(decodeEntry(encodeEntry(answer, 'd'), 'd')).toEqual({ kind: 'entry', entry: answer })
      }),
      { seed: 8, numRuns: 500 },
    )
  })

  it('never fails, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(encoded.length - 1), (noise, at) => {
        decodeEntry(new Uint8Array(noise), 'digest')
        const bytes = encoded.slice()
        bytes.set(noise.subarray(0, bytes.length - at), at)
        const decoded = decodeEntry(bytes, 'digest')
        expect(['entry', 'malformed', 'foreign', 'of-another-version']).toContain(decoded.kind)
      }),
      { seed: 8, numRuns: 1_000 },
    )
  })
})
