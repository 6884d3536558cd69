import { type Budget, fail, measured } from './budget.ts'
import { formatText } from './format-text.ts'
import { toIntegerOrNull } from './java-numbers.ts'
import { matchesWhole, replaceMatches, splitText } from './java-regex-methods.ts'
import { type JavaValue, toDecimal, toList } from './java-values.ts'
import type { JavaMethod, JavaMethods } from './methods.ts'

type TextMethod = JavaMethod<string>

/** The methods of `java.lang.String` that templates use, and the parsers of numbers that templates reach through a number. */
export const STRING_METHODS: JavaMethods<string> = new Map<string, TextMethod>([
  ['length', (text) => text.length],
  ['isEmpty', (text) => text === ''],
  ['isBlank', (text) => text.trim() === ''],
  ['toString', (text) => text],
  ['trim', trimBlanks],
  ['strip', (text) => text.trim()],
  ['stripLeading', (text) => text.trimStart()],
  ['stripTrailing', (text) => text.trimEnd()],
  ['toLowerCase', (text) => text.toLowerCase()],
  ['toUpperCase', (text) => text.toUpperCase()],
  ['hashCode', (text) => hashText(text)],
  ['contains', withText((text, part) => text.includes(part))],
  ['endsWith', withText((text, part) => text.endsWith(part))],
  ['startsWith', withText((text, part, rest) => text.startsWith(part, toIndex(rest) ?? 0))],
  ['indexOf', withText((text, part, rest) => text.indexOf(part, toIndex(rest) ?? 0))],
  ['lastIndexOf', withText((text, part, rest) => text.lastIndexOf(part, toIndex(rest) ?? text.length))],
  ['equals', (text, [other]) => text === other],
  ['equalsIgnoreCase', (text, [other]) => typeof other === 'string' && text.toLowerCase() === other.toLowerCase()],
  ['compareTo', withText((text, other) => compareText(text, other))],
  ['compareToIgnoreCase', withText((text, other) => compareText(text.toLowerCase(), other.toLowerCase()))],
  ['concat', withText((text, other, _, budget) => measured(budget, text + other))],
  ['charAt', (text, parameters, budget) => characterAt(text, toIndex(parameters), budget)],
  ['substring', substring],
  ['subSequence', substring],
  ['repeat', repeat],
  ['replace', withTwoTexts((text, from, to, budget) => measured(budget, replacePlain(text, from, to, budget)))],
  ['replaceAll', withTwoTexts((text, from, to, budget) => replaceMatches(text, from, { text: to, isGlobal: true, budget }))],
  ['replaceFirst', withTwoTexts((text, from, to, budget) => replaceMatches(text, from, { text: to, isGlobal: false, budget }))],
  ['matches', withText((text, pattern, _, budget) => matchesWhole(text, pattern, budget))],
  ['split', withText((text, pattern, rest, budget) => toList(splitText(text, pattern, toIndex(rest) ?? 0, budget)))],
  ['format', (text, parameters, budget) => formatThrough(text, parameters, budget)],
  ['valueOf', (_, [value], budget) => formatText('%s', [value ?? null], budget)],
  ['join', (_, parameters, budget) => joinThrough(parameters, budget)],
  ['parseInt', (_, parameters, budget) => parseInteger(parameters, budget)],
  ['parseLong', (_, parameters, budget) => parseInteger(parameters, budget)],
  ['parseDouble', (_, parameters, budget) => parseDecimal(parameters, budget)],
])

/** A method whose first argument is text. */
function withText(method: (text: string, part: string, rest: readonly JavaValue[], budget: Budget) => JavaValue): TextMethod {
  return (text, [part, ...rest], budget) => (typeof part === 'string' ? method(text, part, rest, budget) : null)
}

function withTwoTexts(method: (text: string, from: string, to: string, budget: Budget) => JavaValue): TextMethod {
  return (text, [from, to], budget) => (typeof from === 'string' && typeof to === 'string' ? method(text, from, to, budget) : null)
}

function toIndex(parameters: readonly JavaValue[]): number | null {
  const [index] = parameters
  return typeof index === 'number' ? index : null
}

/** Java's older `trim`: drops everything up to the blank at both ends. */
function trimBlanks(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && text.charCodeAt(start) <= 0x20) start += 1
  while (end > start && text.charCodeAt(end - 1) <= 0x20) end -= 1
  return text.slice(start, end)
}

function hashText(text: string): number {
  let hash = 0
  for (let at = 0; at < text.length; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0
  return hash
}

/** As Java compares: the distance of the first different characters, or of the lengths. */
function compareText(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const distance = left.charCodeAt(at) - right.charCodeAt(at)
    if (distance !== 0) return distance
  }
  return left.length - right.length
}

function characterAt(text: string, index: number | null, budget: Budget): JavaValue {
  if (index === null) return null
  if (index < 0 || index >= text.length) fail(budget, `String index out of range: ${index}, length ${text.length}.`)
  return text.charAt(index)
}

function substring(text: string, parameters: readonly JavaValue[], budget: Budget): JavaValue {
  const [begin, end = text.length] = parameters
  if (typeof begin !== 'number' || typeof end !== 'number') return null
  if (begin < 0 || end > text.length || begin > end) {
    fail(budget, `String index out of range: begin ${begin}, end ${end}, length ${text.length}.`)
  }
  return text.slice(begin, end)
}

function repeat(text: string, [count]: readonly JavaValue[], budget: Budget): JavaValue {
  if (typeof count !== 'number') return null
  if (count < 0) fail(budget, `A text cannot be repeated ${count} times.`)
  if (text.length * count > budget.limits.textCharsMax) fail(budget, `A text grew longer than ${budget.limits.textCharsMax} characters.`)
  return measured(budget, text.repeat(count))
}

function replacePlain(text: string, from: string, to: string, budget: Budget): string {
  const charsMax = text.length + (text.length / Math.max(from.length, 1) + 1) * to.length
  // The bound is far too high for most texts, so it only decides whether to count.
  if (charsMax > budget.limits.textCharsMax) {
    const count = from === '' ? text.length + 1 : text.split(from).length - 1
    if (text.length + count * (to.length - from.length) > budget.limits.textCharsMax) {
      fail(budget, `A text grew longer than ${budget.limits.textCharsMax} characters.`)
    }
  }
  return text.split(from).length === 1 && from !== '' ? text : text.replaceAll(from, () => to)
}

/** `$any.format('%05d', $n)`: Java's static `String.format`, reached through any text. */
function formatThrough(_: string, parameters: readonly JavaValue[], budget: Budget): JavaValue {
  const [pattern, ...rest] = parameters
  return typeof pattern === 'string' ? formatText(pattern, rest, budget) : null
}

function joinThrough(parameters: readonly JavaValue[], budget: Budget): JavaValue {
  const [separator, first, ...rest] = parameters
  if (typeof separator !== 'string' || first === undefined) return null
  const isList = typeof first === 'object' && first !== null && first.type === 'list'
  const items = isList ? first.items : [first, ...rest]
  return measured(budget, items.map((item) => formatText('%s', [item], budget)).join(separator))
}

/** `Integer.parseInt` and its like, which fail on what is no number, as in Java. */
export function parseInteger(parameters: readonly JavaValue[], budget: Budget): JavaValue {
  const [text] = parameters
  if (text === undefined || text === null) return fail(budget, 'Nothing cannot be read as an integer.')
  return toIntegerOrNull(text) ?? fail(budget, `"${formatText('%s', [text], budget).slice(0, 40)}" cannot be read as an integer.`)
}

/** `Double.parseDouble`. */
export function parseDecimal(parameters: readonly JavaValue[], budget: Budget): JavaValue {
  const text = formatText('%s', [parameters[0] ?? null], budget).trim()
  const value = Number(text.replace(/[dDfF]$/, ''))
  return text === '' || Number.isNaN(value) ? fail(budget, `"${text.slice(0, 40)}" cannot be read as a number.`) : toDecimal(value)
}
