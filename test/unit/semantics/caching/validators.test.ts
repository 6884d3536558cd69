import { describe, expect, it } from 'vitest'
import { isNotModified, updateHeaders, withoutConditions, withValidators } from '../../../../worker/semantics/caching/validators.ts'

const NEW = 'Fri, 02 Jan 2026 00:00:00 GMT'
const OLD = 'Thu, 01 Jan 2026 00:00:00 GMT'

const ROWS: readonly (readonly [string, Record<string, string>, Record<string, string>, boolean, number?])[] = [
  ['no condition', {}, { etag: '"a"' }, false],
  ['the same tag', { 'if-none-match': '"a"' }, { etag: '"a"' }, true],
  ['another tag', { 'if-none-match': '"b"' }, { etag: '"a"' }, false],
  ['one of several tags', { 'if-none-match': '"x", W/"a"' }, { etag: '"a"' }, true],
  ['a weak tag of ours', { 'if-none-match': '"a"' }, { etag: 'W/"a"' }, true],
  ['any tag', { 'if-none-match': '*' }, {}, true],
  ['a tag, but we have none', { 'if-none-match': '"a"' }, {}, false],
  ['a comma inside a tag', { 'if-none-match': '"a,b"' }, { etag: '"a,b"' }, true],
  ['no list of tags at all', { 'if-none-match': 'a' }, { etag: '"a"' }, false],
  ['tags before dates', { 'if-none-match': '"b"', 'if-modified-since': NEW }, { etag: '"a"', 'last-modified': OLD }, false],
  ['not modified since', { 'if-modified-since': OLD }, { 'last-modified': OLD }, true],
  ['modified since', { 'if-modified-since': OLD }, { 'last-modified': NEW }, false],
  ['a date that is none', { 'if-modified-since': 'yesterday' }, { 'last-modified': OLD }, false],
  ['a date, but we have none', { 'if-modified-since': NEW }, {}, false],
  ['an answer that is no 200', { 'if-none-match': '"a"' }, { etag: '"a"' }, false, 404],
]

describe('a client that has the answer', () => {
  for (const [name, request, headers, expected, statusCode = 200] of ROWS) {
    it(`with ${name}: ${expected ? '304' : 'the answer'}`, () => {
      expect(isNotModified(new Headers(request), { statusCode, headers: new Headers(headers) })).toBe(expected)
    })
  }
})

describe('asking the backend', () => {
  const client = new Headers({ 'if-none-match': '"x"', 'if-modified-since': OLD, 'if-match': '"y"', 'if-unmodified-since': OLD, 'if-range': '"x"', range: 'bytes=0-1', accept: 'a' })

  it('leaves the conditions and ranges of the client out', () => {
    expect([...withoutConditions(client)]).toEqual([['accept', 'a']])
    expect(client.get('range')).toBe('bytes=0-1')
  })

  it('asks with our own validators', () => {
    expect([...withValidators(client, { etag: '"a"', lastModified: NEW })]).toEqual([['accept', 'a'], ['if-modified-since', NEW], ['if-none-match', '"a"']])
    expect([...withValidators(client, { etag: null, lastModified: null })]).toEqual([['accept', 'a']])
  })

  it('takes the headers of a 304, but those that describe the body', () => {
    const stored = new Headers({ 'content-type': 'text/plain', 'cache-control': 'max-age=1', etag: '"a"', x: '1' })
    const updated = updateHeaders(stored, new Headers({ 'content-type': 'no/no', 'content-length': '0', 'cache-control': 'max-age=9', 'set-cookie': 'a=b' }))
    expect([...updated]).toEqual([['cache-control', 'max-age=9'], ['content-type', 'text/plain'], ['etag', '"a"'], ['x', '1']])
    expect(stored.get('cache-control')).toBe('max-age=1')
  })
})
