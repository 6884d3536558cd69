import { expect, test } from 'vitest'
import { deleteText, readText, splitText, writeText } from '../../../../worker/objects/ledger/texts.ts'
import { newDisk, openBook } from './sqlite-book.ts'

const TEXTS = [
  { name: 'an empty text', text: '', parts: [''] },
  { name: 'a short text', text: 'abc', parts: ['abc'] },
  { name: 'a text of exactly one part', text: 'abcd', parts: ['abcd'] },
  { name: 'a longer text', text: 'abcdefghij', parts: ['abcd', 'efgh', 'ij'] },
  { name: 'a pair that would be cut', text: 'abc😀def', parts: ['abc', '😀de', 'f'] },
  { name: 'pairs alone', text: '😀😀😀', parts: ['😀😀', '😀'] },
  { name: 'half a pair at the cut', text: 'abc\ud83d', parts: ['abc\ud83d'] },
]
for (const { name, text, parts } of TEXTS) {
  test(`cuts ${name}`, () => expect(splitText(text, 4)).toEqual(parts))

  test(`keeps ${name}`, () => {
    const book = openBook(newDisk())
    const whole = text.toWellFormed()
    writeText(book, 'a', 'something longer that was there before')
    writeText(book, 'a', whole, 4)
    writeText(book, 'b', 'other')
    expect(readText(book, 'a')).toBe(whole)
    deleteText(book, 'a')
    expect([readText(book, 'a'), readText(book, 'b')]).toEqual([null, 'other'])
  })
}

test('no part is larger than a row of a Durable Object may be', () => {
  const parts = splitText('€'.repeat(3_000_000), 500_000)
  expect(Math.max(...parts.map((part) => new TextEncoder().encode(part).byteLength))).toBeLessThan(2_000_000)
})
