import { type Budget, spend } from './budget.ts'
import { compareNumbers } from './java-numbers.ts'
import { printJava } from './java-printing.ts'
import { isNumber, type JavaValue } from './java-values.ts'

/**
 * Velocity's `==`: numbers by value whatever their types, values of one type by Java's `equals`, anything else by its text.
 * Null equals null and, as recorded on API Gateway, the empty text.
 */
export function isEqual(left: JavaValue, right: JavaValue, budget: Budget): boolean {
  if (left === right) return true
  if (left === null || right === null) return (left ?? right) === ''
  if (isNumber(left) && isNumber(right)) return compareNumbers(left, right) === 0
  if (typeof left === 'string' && typeof right === 'string') return false
  if (typeof left === 'object' && typeof right === 'object' && left.type === right.type) return isSame(left, right, budget)
  return printJava(left, budget) === printJava(right, budget)
}

/** Java's `equals`: same type and same content. */
export function isSame(left: JavaValue, right: JavaValue, budget: Budget, depth = 0): boolean {
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  spend(budget, 1)
  if (depth > budget.limits.valueDepthMax || left.type !== right.type) return false
  if (left.type === 'decimal') return right.type === 'decimal' && left.value === right.value && left.exact === right.exact
  if (left.type === 'list' && right.type === 'list') {
    const { items } = right
    return left.items.length === items.length && left.items.every((item, at) => isSame(item, items[at] ?? null, budget, depth + 1))
  }
  if (left.type === 'entry' && right.type === 'entry') {
    return isSame(left.key, right.key, budget, depth + 1) && isSame(left.value, right.value, budget, depth + 1)
  }
  if (left.type !== 'map' || right.type !== 'map' || left.entries.size !== right.entries.size) return false
  const { entries } = right
  return Array.from(left.entries).every(([key, value]) => entries.has(key) && isSame(value, entries.get(key) ?? null, budget, depth + 1))
}

/**
 * Velocity's `<` and its like: negative, zero or positive. Numbers by value, a number and numeric text as numbers, two texts
 * by their characters; NaN, which satisfies no operator, for what has no order.
 */
export function compare(left: JavaValue, right: JavaValue): number {
  if (typeof left === 'string' && typeof right === 'string') return left < right ? -1 : Number(left > right)
  const [first, second] = [toNumber(left), toNumber(right)]
  return first === null || second === null ? Number.NaN : compareNumbers(first, second)
}

const NUMERIC = /^\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$/

function toNumber(value: JavaValue) {
  if (isNumber(value)) return value
  return typeof value === 'string' && NUMERIC.test(value) ? { type: 'decimal' as const, value: Number(value), exact: null } : null
}
