import { type JavaValue, toJsonList, toMap } from './java-values.ts'
import { parseJson } from './parse-json.ts'

/**
 * Parses what json-smart, the reader behind Jayway's JSONPath, still takes for JSON: names and texts without quotes or in
 * single quotes, commas too many, and anything after the end. Text that starts no object or list is itself the value: a
 * form body read by `$input.path('$')` is that very text. Undefined for what is broken even so.
 */
export function parseLenientJson(text: string, depthMax: number): JavaValue | undefined {
  const strict = parseJson(text, depthMax)
  if (strict !== undefined) return strict
  const reader: Reader = { text: text.trim(), at: 0, depthMax }
  if (/^(?:$|[:}\]])/.test(reader.text)) return undefined
  return /^[{["']/.test(reader.text) ? readValue(reader, 0) : reader.text
}

type Reader = { readonly text: string; at: number; readonly depthMax: number }

/** Matches a sticky pattern and moves past it; the empty string when it does not match. */
function take(reader: Reader, pattern: RegExp): string {
  pattern.lastIndex = reader.at
  const found = pattern.exec(reader.text)?.[0] ?? ''
  reader.at += found.length
  return found
}

const BLANKS = /\s*/y
const COMMAS = /[\s,]*/y
const BARE_NAME = /[^:{}[\],"']+/y
const BARE_VALUE = /[^:{}[\],]+/y

function readValue(reader: Reader, depth: number): JavaValue | undefined {
  take(reader, BLANKS)
  const first = reader.text.charAt(reader.at)
  if ((first === '{' || first === '[') && depth >= reader.depthMax) return undefined
  if (first === '{') return readObject(reader, depth + 1)
  if (first === '[') return readArray(reader, depth + 1)
  if (first === '"' || first === "'") return readQuoted(reader)
  const bare = take(reader, BARE_VALUE).trim()
  // A bare value is a number, true, false or null when it reads as one, and text otherwise.
  return bare === '' ? undefined : (parseJson(bare, 0) ?? bare)
}

function readObject(reader: Reader, depth: number): JavaValue | undefined {
  const map = toMap([])
  reader.at += 1
  for (;;) {
    take(reader, COMMAS)
    if (take(reader, /\}/y) !== '') return map
    const key = /["']/.test(reader.text.charAt(reader.at)) ? readQuoted(reader) : take(reader, BARE_NAME).trim()
    if (key === undefined || key === '' || take(reader, /\s*:/y) === '') return undefined
    const value = readValue(reader, depth)
    if (value === undefined) return undefined
    map.entries.set(key, value)
    if (take(reader, /\s*(?:,|(?=\}))/y) === '' && reader.text.charAt(reader.at) !== '}') return undefined
  }
}

function readArray(reader: Reader, depth: number): JavaValue | undefined {
  const items: JavaValue[] = []
  reader.at += 1
  for (;;) {
    take(reader, COMMAS)
    if (take(reader, /\]/y) !== '') return toJsonList(items)
    const value = readValue(reader, depth)
    if (value === undefined) return undefined
    items.push(value)
    take(reader, BLANKS)
    if (!/[,\]]/.test(reader.text.charAt(reader.at))) return undefined
  }
}

/** Text in either kind of quotes; line ends and other control characters may stand in it as they are. */
function readQuoted(reader: Reader): string | undefined {
  const start = reader.at + 1
  // No pattern here: one that repeats a group runs out of stack on some megabytes of escapes.
  let end = start
  while (end < reader.text.length && reader.text.charAt(end) !== reader.text.charAt(reader.at)) end += reader.text.charAt(end) === '\\' ? 2 : 1
  if (end >= reader.text.length) return undefined
  reader.at = end + 1
  return reader.text.slice(start, end).replaceAll(/\\(?:u([0-9A-Fa-f]{4})|([^]))/g, (_, hex: string | undefined, letter: string) => {
    return hex === undefined ? (ESCAPES.get(letter) ?? letter) : String.fromCharCode(Number.parseInt(hex, 16))
  })
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
