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
    ['of another format', changed(3, 0x39), 'malformed'],
    ['with a head of another length', changed(7, 3), 'malformed'],
    ['with a head that is no JSON', changed(8, 0x20), 'malformed'],
    ['that somebody else wrote', new TextEncoder().encode('<html>not ours, but long enough</html>'), 'malformed'],
  ]
  for (const [name, bytes, kind] of BAD) {
    it(`${name} is ${kind}`, () => {
      expect(decodeEntry(bytes, name === 'of another key' ? 'other' : 'digest').kind).toBe(kind)
    })
  }

  it('never fails, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.nat(encoded.length - 1), (noise, at) => {
        decodeEntry(new Uint8Array(noise), 'digest')
        const bytes = encoded.slice()
        bytes.set(noise.subarray(0, bytes.length - at), at)
        const decoded = decodeEntry(bytes, 'digest')
        expect(['entry', 'malformed', 'foreign']).toContain(decoded.kind)
      }),
      { seed: 8, numRuns: 1_000 },
    )
  })
})
