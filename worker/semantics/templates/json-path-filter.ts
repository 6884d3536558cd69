import { spend } from './budget.ts'
import { isSame } from './compare.ts'
import { evaluateSteps } from './evaluate-json-path.ts'
import { compareNumbers, toDouble, toIntegerOrNull } from './java-numbers.ts'
import { translateJavaRegex } from './java-regex.ts'
import { isNumber, type JavaValue, toDecimal, toJsonList } from './java-values.ts'
import type { JsonPathStep, PathScope } from './json-path-steps.ts'
import { type PathReading, readPattern, readQuoted } from './path-reading.ts'

/** Whether a value passes a filter. */
type Predicate = (value: JavaValue, scope: PathScope) => boolean

/** A side of a comparison: undefined when its path leads nowhere. */
type Operand =
  | { readonly kind: 'value'; readonly read: (value: JavaValue, scope: PathScope) => JavaValue | undefined; readonly isPath: boolean }
  | { readonly kind: 'pattern'; readonly pattern: RegExp }

type ReadSteps = (reading: PathReading) => JsonPathStep[]

// Brackets inside a filter, and filters inside filters.
const FILTER_DEPTH_MAX = 30

/** Parses what stands between `[?(` and `)]`: comparisons joined by `&&`, `||`, `!` and brackets. */
export function parseFilter(reading: PathReading, readSteps: ReadSteps): Predicate {
  reading.depth += 1
  if (reading.depth > FILTER_DEPTH_MAX) reading.problem ??= 'the filter nests too deeply'
  const alternatives = [readConjunction(reading, readSteps)]
  while (reading.problem === null && readPattern(reading, /\s*\|\|/y) !== '') alternatives.push(readConjunction(reading, readSteps))
  reading.depth -= 1
  return (value, scope) => alternatives.some((passes) => passes(value, scope))
}

function readConjunction(reading: PathReading, readSteps: ReadSteps): Predicate {
  const conditions = [readCondition(reading, readSteps)]
  while (reading.problem === null && readPattern(reading, /\s*&&/y) !== '') conditions.push(readCondition(reading, readSteps))
  return (value, scope) => conditions.every((passes) => passes(value, scope))
}

function readCondition(reading: PathReading, readSteps: ReadSteps): Predicate {
  const isNegated = readPattern(reading, /(?:\s*!(?!=))+/y).replaceAll(/\s/g, '').length % 2 === 1
  const passes = readPattern(reading, /\s*\(/y) === '' ? readComparison(reading, readSteps) : readBracketed(reading, readSteps)
  return isNegated ? (value, scope) => !passes(value, scope) : passes
}

function readBracketed(reading: PathReading, readSteps: ReadSteps): Predicate {
  if (reading.problem !== null) return () => false
  const passes = parseFilter(reading, readSteps)
  if (readPattern(reading, /\s*\)/y) === '') reading.problem ??= 'a bracket of the filter is not closed'
  return passes
}

const OPERATOR = /\s*(?:==|!=|<=|>=|=~|<|>|(?:in|nin|subsetof|anyof|noneof|size|empty|contains)(?![A-Za-z0-9_])\s*)/iy

function readComparison(reading: PathReading, readSteps: ReadSteps): Predicate {
  const left = readOperand(reading, readSteps)
  const operator = readPattern(reading, OPERATOR).trim().toLowerCase()
  if (operator === '') {
    if (left.kind !== 'value' || !left.isPath) reading.problem ??= 'a comparison is missing'
    return (value, scope) => left.kind === 'value' && left.read(value, scope) !== undefined
  }
  const right = readOperand(reading, readSteps)
  if ((operator === '=~') !== (right.kind === 'pattern')) reading.problem ??= '=~ needs a pattern such as /abc/i on its right'
  return (value, scope) => {
    spend(scope.budget, 1)
    const first = left.kind === 'value' ? left.read(value, scope) : undefined
    if (right.kind === 'pattern') return typeof first === 'string' && right.pattern.test(first)
    return holds(operator, first, right.read(value, scope), scope)
  }
}

function readOperand(reading: PathReading, readSteps: ReadSteps): Operand {
  readPattern(reading, /\s*/y)
  const sign = readPattern(reading, /[@$]/y)
  if (sign !== '') {
    const steps = readSteps(reading)
    return { kind: 'value', isPath: true, read: (value, scope) => evaluateSteps(steps, scope, sign === '@' ? value : scope.root) }
  }
  const pattern = readPattern(reading, /\/(?:[^/\\]|\\[^])*\/[a-zA-Z]*/y)
  if (pattern !== '') return readRegex(reading, pattern)
  const literal = readLiteral(reading)
  if (literal === undefined) reading.problem ??= 'a value is missing in the filter'
  return { kind: 'value', isPath: false, read: () => literal }
}

/** A pattern matches the whole text, as Java's `matches` does. */
function readRegex(reading: PathReading, pattern: string): Operand {
  const end = pattern.lastIndexOf('/')
  const flags = pattern.slice(end + 1)
  const translated = translateJavaRegex(`${flags === '' ? '' : `(?${flags})`}${pattern.slice(1, end).replaceAll('\\/', '/')}`)
  if (!translated.ok) reading.problem ??= `the pattern cannot be used: ${translated.reason}`
  const whole = translated.ok ? new RegExp(`^(?:${translated.source})(?![^])`, translated.flags.replace('m', '')) : /(?!)/
  return { kind: 'pattern', pattern: whole }
}

const NUMBER = /-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y

function readLiteral(reading: PathReading): JavaValue | undefined {
  const quoted = readQuoted(reading)
  if (quoted !== null) return quoted
  const word = readPattern(reading, /(?:true|false|null)(?![A-Za-z0-9_])/y)
  if (word !== '') return word === 'null' ? null : word === 'true'
  const number = readPattern(reading, NUMBER)
  if (number !== '') return toIntegerOrNull(number) ?? toDecimal(Number(number))
  return readPattern(reading, /\[/y) === '' ? undefined : readLiteralList(reading)
}

function readLiteralList(reading: PathReading): JavaValue | undefined {
  const items: JavaValue[] = []
  while (readPattern(reading, /\s*\]/y) === '') {
    if (items.length > 0 && readPattern(reading, /\s*,/y) === '') return undefined
    readPattern(reading, /\s*/y)
    // No list stands inside a list here, so this ends.
    const item = reading.text.charAt(reading.at) === '[' ? undefined : readLiteral(reading)
    if (item === undefined) return undefined
    items.push(item)
  }
  return toJsonList(items)
}

function holds(operator: string, left: JavaValue | undefined, right: JavaValue | undefined, scope: PathScope): boolean {
  switch (operator) {
    case '==':
      return equals(left, right, scope)
    case '!=':
      return !equals(left, right, scope)
    case '<':
      return order(left, right) < 0
    case '<=':
      return order(left, right) <= 0
    case '>':
      return order(left, right) > 0
    case '>=':
      return order(left, right) >= 0
    case 'size':
      return sizeOf(left) !== undefined && sizeOf(left) === right
    case 'empty':
      return (sizeOf(left) === 0) === right && sizeOf(left) !== undefined
    case 'contains':
      return typeof left === 'string' && typeof right === 'string' ? left.includes(right) : has(left, right, scope)
    default:
      return holdsForLists(operator, left, right, scope)
  }
}

function holdsForLists(operator: string, left: JavaValue | undefined, right: JavaValue | undefined, scope: PathScope): boolean {
  if (operator === 'in') return has(right, left, scope)
  if (operator === 'nin') return !has(right, left, scope)
  const [all, others] = [itemsOf(left), itemsOf(right)]
  if (all === null || others === null) return false
  const isShared = (item: JavaValue) => has(right, item, scope)
  if (operator === 'subsetof') return all.every(isShared)
  return operator === 'anyof' ? all.some(isShared) : !all.some(isShared)
}

function itemsOf(value: JavaValue | undefined): readonly JavaValue[] | null {
  return typeof value === 'object' && value !== null && value.type === 'list' ? value.items : null
}

function has(list: JavaValue | undefined, item: JavaValue | undefined, scope: PathScope): boolean {
  return (itemsOf(list) ?? []).some((held) => equals(held, item, scope))
}

/** Jayway compares a number with numeric text as numbers; a path that leads nowhere equals nothing but another such path. */
function equals(left: JavaValue | undefined, right: JavaValue | undefined, scope: PathScope): boolean {
  if (left === undefined || right === undefined) return left === right
  const distance = order(left, right)
  return Number.isNaN(distance) ? isSame(left, right, scope.budget) : distance === 0
}

function order(left: JavaValue | undefined, right: JavaValue | undefined): number {
  if (left === undefined || right === undefined) return Number.NaN
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : Number(left > right)
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right)
  const [first, second] = [toNumber(left), toNumber(right)]
  return first === null || second === null ? Number.NaN : first - second
}

function toNumber(value: JavaValue): number | null {
  if (typeof value === 'string') return value.trim() === '' || Number.isNaN(Number(value)) ? null : Number(value)
  return isNumber(value) ? toDouble(value) : null
}

function sizeOf(value: JavaValue | undefined): number | undefined {
  if (typeof value === 'string') return value.length
  if (typeof value !== 'object' || value === null) return undefined
  if (value.type === 'list') return value.items.length
  return value.type === 'map' ? value.entries.size : undefined
}
