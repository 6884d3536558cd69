import { type JavaValue, parseWhole, toDecimal, toJsonList, toMap } from './java-values.ts'

/**
 * Parses JSON text into the values of a template: integers exact at any size, decimals apart from integers, the order of
 * keys kept, `__proto__` an ordinary key. Undefined when the text is no JSON or nests deeper than `depthMax`.
 */
export function parseJson(text: string, depthMax: number): JavaValue | undefined {
  const reader: Reader = { text, at: 0, depthMax }
  const value = readValue(reader, 0)
  if (value === undefined) return undefined
  skipBlanks(reader)
  return reader.at === text.length ? value : undefined
}

type Reader = { readonly text: string; at: number; readonly depthMax: number }

function skipBlanks(reader: Reader): void {
  for (;;) {
    const code = reader.text.charCodeAt(reader.at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return
    reader.at += 1
  }
}

/** Moves past one character after blanks, if it is there. */
function takes(reader: Reader, character: string): boolean {
  skipBlanks(reader)
  if (reader.text.charAt(reader.at) !== character) return false
  reader.at += 1
  return true
}

function readValue(reader: Reader, depth: number): JavaValue | undefined {
  skipBlanks(reader)
  switch (reader.text.charAt(reader.at)) {
    case '{':
      return depth < reader.depthMax ? readObject(reader, depth + 1) : undefined
    case '[':
      return depth < reader.depthMax ? readArray(reader, depth + 1) : undefined
    case '"':
      return readString(reader)
    case 't':
      return readWord(reader, 'true', true)
    case 'f':
      return readWord(reader, 'false', false)
    case 'n':
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
  if (takes(reader, '}')) return map
  do {
    skipBlanks(reader)
    const key = reader.text.charAt(reader.at) === '"' ? readString(reader) : undefined
    if (key === undefined || !takes(reader, ':')) return undefined
    const value = readValue(reader, depth)
    if (value === undefined) return undefined
    map.entries.set(key, value)
  } while (takes(reader, ','))
  return takes(reader, '}') ? map : undefined
}

function readArray(reader: Reader, depth: number): JavaValue | undefined {
  const items: JavaValue[] = []
  reader.at += 1
  if (takes(reader, ']')) return toJsonList(items)
  do {
    const value = readValue(reader, depth)
    if (value === undefined) return undefined
    items.push(value)
  } while (takes(reader, ','))
  return takes(reader, ']') ? toJsonList(items) : undefined
}

// Everything but quotes, backslashes and the control characters that JSON forbids in strings.
const PLAIN_TEXT = /[ !#-[\]-\uffff]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

function readString(reader: Reader): string | undefined {
  let text = ''
  reader.at += 1
  for (;;) {
    text += readPattern(reader, PLAIN_TEXT)
    if (reader.text.charAt(reader.at) === '"') break
    const escape = readPattern(reader, ESCAPE)
    if (escape === '') return undefined
    const letter = escape.charAt(1)
    text += letter === 'u' ? String.fromCharCode(Number.parseInt(escape.slice(2), 16)) : (ESCAPES.get(letter) ?? letter)
  }
  reader.at += 1
  return text
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y

// json-smart keeps a decimal of more than 18 characters as a BigDecimal, which prints as it was written.
const DOUBLE_CHARS_MAX = 18

function readNumber(reader: Reader): JavaValue | undefined {
  const digits = readPattern(reader, NUMBER)
  if (digits === '') return undefined
  if (/^-?[0-9]+$/.test(digits)) return digits.length > 1000 ? toDecimal(Number(digits)) : parseWhole(digits)
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
