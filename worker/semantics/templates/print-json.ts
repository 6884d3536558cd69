import { type Budget, fail, spend } from './budget.ts'
import type { JavaMap, JavaValue } from './java-values.ts'
import { printDecimal } from './print-decimal.ts'

/** How JSON text is written. Java's json-smart escapes `/` when it prints a list, and not when asked for JSON. */
type JsonStyle = { readonly escapesSlash: boolean }

/** Prints a value as compact JSON, in the way of the JSON library behind Jayway's JSONPath. */
export function printJson(value: JavaValue, budget: Budget, style: JsonStyle = { escapesSlash: false }): string {
  const text = print(value, { budget, style, chars: 0 }, 0)
  spend(budget, text.length >> 10)
  return text
}

type Printing = { readonly budget: Budget; readonly style: JsonStyle; chars: number }

function print(value: JavaValue, printing: Printing, depth: number): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return counted(quote(value, printing.style), printing)
  if (typeof value !== 'object') return counted(String(value), printing)
  const { budget } = printing
  if (depth > budget.limits.valueDepthMax) fail(budget, 'A value that contains itself, or nests too deeply, cannot be printed.')
  spend(budget, 1)
  switch (value.type) {
    case 'decimal':
      // JSON has no infinity: json-smart writes null.
      return counted(Number.isFinite(value.value) ? printDecimal(value) : 'null', printing)
    case 'list':
      return `[${value.items.map((item) => print(item, printing, depth + 1)).join(',')}]`
    case 'map':
      return printMap(value, printing, depth)
    case 'entry':
      return `{${printMember(value.key, value.value, printing, depth)}}`
    case 'block':
      return counted(quote(value.render(), printing.style), printing)
    case 'object':
      return 'null'
    default:
      return value satisfies never
  }
}

function printMap(map: JavaMap, printing: Printing, depth: number): string {
  const members = Array.from(map.entries, ([key, value]) => printMember(key, value, printing, depth))
  return `{${members.join(',')}}`
}

function printMember(key: JavaValue, value: JavaValue, printing: Printing, depth: number): string {
  const name = typeof key === 'string' ? key : print(key, printing, depth + 1)
  return `${counted(quote(name, printing.style), printing)}:${print(value, printing, depth + 1)}`
}

function counted(text: string, printing: Printing): string {
  printing.chars += text.length + 1
  const { textCharsMax } = printing.budget.limits
  if (printing.chars > textCharsMax) fail(printing.budget, `A text grew longer than ${textCharsMax} characters.`)
  return text
}

// What json-smart escapes: quotes, backslashes, control characters, and the block of general punctuation.
const ESCAPED = /["\\\p{Cc}\u2000-\u20ff]/u
const ESCAPED_ALL = /["\\\p{Cc}\u2000-\u20ff]/gu
const SHORT: ReadonlyMap<string, string> = new Map([
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
])

function quote(text: string, style: JsonStyle): string {
  const escaped = ESCAPED.test(text) ? text.replace(ESCAPED_ALL, (found) => SHORT.get(found) ?? toUnicodeEscape(found)) : text
  return `"${style.escapesSlash ? escaped.replaceAll('/', '\\/') : escaped}"`
}

/** One UTF-16 unit as a backslash, `u` and four upper-case hexadecimal digits. */
export function toUnicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`
}
