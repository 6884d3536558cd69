import { type JavaValue, parseWhole, toDecimal, toJsonList, toMap } from './java-values.ts'

/**
 * Parses JSON text into the values of a template: integers exact at any size, decimals apart from integers, the order of
 * keys kept, `__proto__` an ordinary key. Undefined when the text is no JSON or nests deeper than `depthMax`.
 */
export function parseJson(text: string, depthMax: number): JavaValue | undefined {
  const reader: Reader = { text, at: 0, depthMax }
  const value = readValue(reader, 0)
  if (value === undefined) return undefined
  return Number.isNaN(nextCode(reader)) ? value : undefined
}

type Reader = { readonly text: string; at: number; readonly depthMax: number }

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d

/** The next character that is no blank, by its code; NaN at the end. */
function nextCode(reader: Reader): number {
  for (;;) {
    const code = reader.text.charCodeAt(reader.at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return code
    reader.at += 1
  }
}

/** Moves past one character after blanks, if it is there. */
function takes(reader: Reader, code: number): boolean {
  if (nextCode(reader) !== code) return false
  reader.at += 1
  return true
}

function readValue(reader: Reader, depth: number): JavaValue | undefined {
  switch (nextCode(reader)) {
    case OPEN_BRACE:
      return depth < reader.depthMax ? readObject(reader, depth + 1) : undefined
    case OPEN_BRACKET:
      return depth < reader.depthMax ? readArray(reader, depth + 1) : undefined
    case QUOTE:
      return readString(reader)
    case 0x74:
      return readWord(reader, 'true', true)
    case 0x66:
      return readWord(reader, 'false', false)
    case 0x6e:
      return readWord(reader, 'null', null)
    default:
      return readNumber(reader)
  }
}

function readWord(reader: Reader, word: string, value: JavaValue): JavaValue | undefined {
  if (!reader.text.startsWith(word, reader.at)) return undefined
  reader.at += word.length
  return value
}

function readObject(reader: Reader, depth: number): JavaValue | undefined {
  const map = toMap([])
  reader.at += 1
  if (takes(reader, CLOSE_BRACE)) return map
  do {
    const key = nextCode(reader) === QUOTE ? readString(reader) : undefined
    if (key === undefined || !takes(reader, COLON)) return undefined
    const value = readValue(reader, depth)
    if (value === undefined) return undefined
    map.entries.set(key, value)
  } while (takes(reader, COMMA))
  return takes(reader, CLOSE_BRACE) ? map : undefined
}

function readArray(reader: Reader, depth: number): JavaValue | undefined {
  const items: JavaValue[] = []
  reader.at += 1
  if (takes(reader, CLOSE_BRACKET)) return toJsonList(items)
  do {
    const value = readValue(reader, depth)
    if (value === undefined) return undefined
    items.push(value)
  } while (takes(reader, COMMA))
  return takes(reader, CLOSE_BRACKET) ? toJsonList(items) : undefined
}

/** What the character after a backslash stands for, by its code; `u` is read apart. */
const ESCAPES: ReadonlyMap<number, string> = new Map([
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
  [0x2f, '/'],
  [0x62, '\b'],
  [0x66, '\f'],
  [0x6e, '\n'],
  [0x72, '\r'],
  [0x74, '\t'],
])
const UNICODE_ESCAPE = /\\u[0-9A-Fa-f]{4}/y

/** The character of the escape at the reader, which moves past it; undefined when it is none. */
function readEscape(reader: Reader): string | undefined {
  const character = ESCAPES.get(reader.text.charCodeAt(reader.at + 1))
  if (character === undefined) {
    const unit = readPattern(reader, UNICODE_ESCAPE)
    return unit === '' ? undefined : String.fromCharCode(Number.parseInt(unit.slice(2), 16))
  }
  reader.at += 2
  return character
}

function readString(reader: Reader): string | undefined {
  const { text } = reader
  let decoded = ''
  reader.at += 1
  for (let from = reader.at; ; from = reader.at) {
    let at = from
    let code = text.charCodeAt(at)
    // JSON forbids raw control characters; at the end of the text the code is NaN, which ends the loop as well.
    while (code !== QUOTE && code !== BACKSLASH && code >= 0x20) code = text.charCodeAt(++at)
    reader.at = at
    if (code === QUOTE) {
      reader.at += 1
      return from === at ? decoded : decoded + text.slice(from, at)
    }
    const character = code === BACKSLASH ? readEscape(reader) : undefined
    if (character === undefined) return undefined
    decoded += text.slice(from, at) + character
  }
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y

// json-smart keeps a decimal of more than 18 characters as a BigDecimal, which prints as it was written.
const DOUBLE_CHARS_MAX = 18

// Integers of more digits would cost time that grows with the square of their length.
const INTEGER_CHARS_MAX = 1000

// So many digits always make an exact number.
const SHORT_INTEGER_CHARS_MAX = 15

function readNumber(reader: Reader): JavaValue | undefined {
  return readShortInteger(reader) ?? readAnyNumber(reader)
}

/** Most numbers are short and whole; these need no pattern. Undefined, without moving, for any other. */
function readShortInteger(reader: Reader): number | undefined {
  const { text } = reader
  let { at } = reader
  let value = 0
  let code = text.charCodeAt(at)
  if (code === 0x30) return undefined
  for (; code >= 0x30 && code <= 0x39; code = text.charCodeAt(++at)) value = value * 10 + code - 0x30
  const isWhole = at > reader.at && code !== 0x2e && code !== 0x65 && code !== 0x45
  if (!isWhole || at - reader.at > SHORT_INTEGER_CHARS_MAX) return undefined
  reader.at = at
  return value
}

function readAnyNumber(reader: Reader): JavaValue | undefined {
  const digits = readPattern(reader, NUMBER)
  if (digits === '') return undefined
  if (!/[.eE]/.test(digits)) return digits.length > INTEGER_CHARS_MAX ? toDecimal(Number(digits)) : parseWhole(digits)
  const value = toDecimal(Number(digits))
  const isLong = digits.length > DOUBLE_CHARS_MAX && !/[eE]/.test(digits)
  return isLong ? { ...value, exact: digits } : value
}

function readPattern(reader: Reader, pattern: RegExp): string {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text)?.[0] ?? ''
  reader.at += found.length
  return found
}
