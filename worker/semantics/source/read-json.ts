import type { SourceLimits } from './limits.ts'
import type { Report } from './report.ts'
import type { MapEntry, SourceNode } from './source-node.ts'

/**
 * Reads JSON (RFC 8259) into nodes with positions. A syntax error is reported once, at its place, and gives null; a key that occurs twice is reported and
 * reading goes on. Its own reader, because JSON.parse keeps no positions and the YAML reader takes seconds for ten megabytes.
 */
export function readJson(text: string, report: Report, limits: SourceLimits): SourceNode | null {
  const cursor: Cursor = { text, at: text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0, report, limits, failed: false }
  skipSpace(cursor)
  if (cursor.at >= text.length) {
    report.errorAt(0, '', 'the file is empty')
    return null
  }
  const node = readValue(cursor, 0)
  if (node === null) return null
  skipSpace(cursor)
  if (cursor.at < text.length) return fail(cursor, `unexpected ${describe(cursor)} after the end of the value`)
  return node
}

interface Cursor {
  readonly text: string
  at: number
  readonly report: Report
  readonly limits: SourceLimits
  failed: boolean
}

const BYTE_ORDER_MARK = 0xfeff
const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const COLON = 58
const OPEN_BRACE = 123
const CLOSE_BRACE = 125
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93

function readValue(cursor: Cursor, depth: number): SourceNode | null {
  if (depth > cursor.limits.depthMax) return fail(cursor, `nested deeper than ${cursor.limits.depthMax} levels`)
  const start = cursor.at
  switch (cursor.text.charCodeAt(start)) {
    case OPEN_BRACE:
      return readObject(cursor, depth)
    case OPEN_BRACKET:
      return readArray(cursor, depth)
    case QUOTE: {
      const value = readString(cursor)
      return value === null ? null : { kind: 'scalar', value, start }
    }
    default:
      return readWord(cursor)
  }
}

function readObject(cursor: Cursor, depth: number): SourceNode | null {
  const start = cursor.at
  const entries = new Map<string, MapEntry>()
  cursor.at += 1
  skipSpace(cursor)
  if (takes(cursor, CLOSE_BRACE)) return { kind: 'map', entries, start }
  for (;;) {
    const keyStart = cursor.at
    if (cursor.text.charCodeAt(keyStart) !== QUOTE) return fail(cursor, expected(cursor, 'a key in double quotes', 'object', start))
    const key = readString(cursor)
    if (key === null) return null
    skipSpace(cursor)
    if (!takes(cursor, COLON)) return fail(cursor, expected(cursor, 'a colon after the key', 'object', start))
    skipSpace(cursor)
    const value = readValue(cursor, depth + 1)
    if (value === null) return null
    if (entries.has(key)) cursor.report.errorAt(keyStart, '', `the key ${JSON.stringify(key)} occurs twice in one object`)
    else entries.set(key, { keyStart, value })
    skipSpace(cursor)
    if (takes(cursor, CLOSE_BRACE)) return { kind: 'map', entries, start }
    if (!takes(cursor, COMMA)) return fail(cursor, expected(cursor, 'a comma or }', 'object', start))
    skipSpace(cursor)
  }
}

function readArray(cursor: Cursor, depth: number): SourceNode | null {
  const start = cursor.at
  const items: SourceNode[] = []
  cursor.at += 1
  skipSpace(cursor)
  if (takes(cursor, CLOSE_BRACKET)) return { kind: 'list', items, start }
  for (;;) {
    const item = readValue(cursor, depth + 1)
    if (item === null) return null
    items.push(item)
    skipSpace(cursor)
    if (takes(cursor, CLOSE_BRACKET)) return { kind: 'list', items, start }
    if (!takes(cursor, COMMA)) return fail(cursor, expected(cursor, 'a comma or ]', 'array', start))
    skipSpace(cursor)
  }
}

/** Reads a string; the escapes of the rare one that has any are left to JSON.parse. */
function readString(cursor: Cursor): string | null {
  const { text } = cursor
  const start = cursor.at
  let hasEscape = false
  for (let at = start + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      cursor.at = at + 1
      return hasEscape ? unescape(cursor, start) : text.slice(start + 1, at)
    }
    if (code === BACKSLASH) {
      hasEscape = true
      at += 1
    } else if (code < 32) {
      cursor.at = at
      return fail(cursor, `a ${code === 10 || code === 13 ? 'line break' : 'control character'} inside a string: write it as an escape, or close the string with "`)
    }
  }
  cursor.at = start
  return fail(cursor, 'the text ends inside the string that begins here')
}

function unescape(cursor: Cursor, start: number): string | null {
  try {
    return String(JSON.parse(cursor.text.slice(start, cursor.at)))
  } catch {
    // The only thing left to be wrong with a closed string is one of its escapes.
    cursor.at = start
    return fail(cursor, 'the string has an escape that JSON does not know')
  }
}

const WORD = /[-+.A-Za-z0-9_]+/uy
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/u
const NAMED = new Map<string, boolean | null>([
  ['true', true],
  ['false', false],
  ['null', null],
])

function readWord(cursor: Cursor): SourceNode | null {
  const start = cursor.at
  WORD.lastIndex = start
  const word = WORD.exec(cursor.text)?.[0]
  if (word === undefined) return fail(cursor, unexpected(cursor))
  const named = NAMED.get(word)
  if (named === undefined && !NUMBER.test(word)) return fail(cursor, `${JSON.stringify(word)} is no JSON value: texts stand in double quotes`)
  cursor.at += word.length
  return { kind: 'scalar', value: named === undefined ? Number(word) : named, start }
}

function unexpected(cursor: Cursor): string {
  if (cursor.at >= cursor.text.length) return 'the text ends where a value should be: is the file whole?'
  if (cursor.text.startsWith('//', cursor.at) || cursor.text.startsWith('/*', cursor.at)) return 'JSON has no comments'
  const code = cursor.text.charCodeAt(cursor.at)
  if (code === CLOSE_BRACKET || code === CLOSE_BRACE) return 'a comma with nothing after it'
  return `expected a value, found ${describe(cursor)}`
}

function expected(cursor: Cursor, what: string, container: 'object' | 'array', containerStart: number): string {
  if (cursor.at < cursor.text.length) {
    if (what.startsWith('a key') && cursor.text.charCodeAt(cursor.at) === CLOSE_BRACE) return 'a comma with nothing after it'
    if (cursor.text.startsWith('//', cursor.at) || cursor.text.startsWith('/*', cursor.at)) return 'JSON has no comments'
    return `expected ${what}, found ${describe(cursor)}`
  }
  const line = cursor.text.slice(0, containerStart).split('\n').length
  return `the text ends inside the ${container} that begins in line ${line}: is the file whole?`
}

function describe(cursor: Cursor): string {
  const point = cursor.text.codePointAt(cursor.at)
  return point === undefined ? 'the end of the text' : JSON.stringify(String.fromCodePoint(point))
}

function takes(cursor: Cursor, code: number): boolean {
  if (cursor.text.charCodeAt(cursor.at) !== code) return false
  cursor.at += 1
  return true
}

function skipSpace(cursor: Cursor): void {
  const { text } = cursor
  for (;;) {
    const code = text.charCodeAt(cursor.at)
    if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
    cursor.at += 1
  }
}

function fail(cursor: Cursor, message: string): null {
  if (!cursor.failed) cursor.report.errorAt(Math.min(cursor.at, cursor.text.length), '', message)
  cursor.failed = true
  return null
}
