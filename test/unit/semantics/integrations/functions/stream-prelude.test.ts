import { describe, expect, test } from 'vitest'
import { readStreamPrelude } from '../../../../../worker/semantics/integrations/functions/stream-prelude.ts'

const ZEROS = '\0'.repeat(8)
const read = (text: string) => readStreamPrelude(new TextEncoder().encode(text))

describe('the metadata of a streaming answer (aws-rest 6.10)', () => {
  const rows = [
    { text: `{"statusCode":201}${ZEROS}`, statusCode: 201, headers: [], start: 26 },
    { text: `{}${ZEROS}payload`, statusCode: 200, headers: [], start: 10 },
    { text: `{"headers":{"X-A":"1","x-b":"2"},"multiValueHeaders":{"X-B":["3","4"]}}${ZEROS}`, statusCode: 200, headers: [['X-A', '1'], ['X-B', '3'], ['X-B', '4']], start: 79 },
    { text: `{"cookies":["a=1","b=2"]}${ZEROS}`, statusCode: 200, headers: [['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']], start: 33 },
    { text: `{"headers":{"X-A":7,"X-B":true}}${ZEROS}${ZEROS}`, statusCode: 200, headers: [['X-A', '7'], ['X-B', 'true']], start: 40 },
  ]
  test.each(rows)('$text', ({ text, statusCode, headers, start }) => {
    expect(read(text)).toEqual({ kind: 'whole', prelude: { statusCode, headers }, payloadStart: start })
  })

  test.each(['', '{"statusCode":200}', `{"statusCode":200}${'\0'.repeat(7)}`, 'not json yet'])('%j waits for more', (text) => {
    expect(read(text)).toEqual({ kind: 'more' })
  })

  const malformed = [
    `not json${ZEROS}`, `[]${ZEROS}`, `null${ZEROS}`, ZEROS, `{"body":"x"}${ZEROS}`, `{"statusCode":"200"}${ZEROS}`, `{"statusCode":99}${ZEROS}`, `{"headers":[]}${ZEROS}`, `{"headers":{"X-A":{}}}${ZEROS}`, `{"headers":{"a b":"x"}}${ZEROS}`,
    `{"multiValueHeaders":{"X-A":"x"}}${ZEROS}`, `{"cookies":"a=1"}${ZEROS}`, `{"cookies":[{}]}${ZEROS}`, 'x'.repeat(16_384), `${' '.repeat(16_380)}${ZEROS}`,
  ]
  test.each(malformed.map((text) => [text.slice(0, 40), text]))('%j is malformed', (_name, text) => {
    expect(read(text)).toMatchObject({ kind: 'malformed' })
  })
})
