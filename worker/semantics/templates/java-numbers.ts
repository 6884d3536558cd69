import type { BinaryOperator } from './syntax.ts'
import { isNumber, type JavaDecimal, type JavaValue, toDecimal, toWhole } from './java-values.ts'

/** One of Java's numbers. */
export type JavaNumber = number | bigint | JavaDecimal

/**
 * Integers divide to integers and grow without overflow, as Velocity widens them; a decimal makes the result one.
 * Null for a division by zero, as in Velocity.
 */
export function calculate(operator: '+' | '-' | '*' | '/' | '%', left: JavaNumber, right: JavaNumber): JavaValue {
  if ((operator === '/' || operator === '%') && toDouble(right) === 0) return null
  if (typeof left === 'object' || typeof right === 'object') {
    return toDecimal(calculateDouble(operator, toDouble(left), toDouble(right)))
  }
  if (typeof left === 'number' && typeof right === 'number') {
    const result = Math.trunc(calculateDouble(operator, left, right))
    // The sum, product or quotient of safe integers is exact while it is itself a safe integer.
    if (Number.isSafeInteger(result)) return result + 0
  }
  return toWhole(calculateWhole(operator, BigInt(left), BigInt(right)))
}

function calculateDouble(operator: '+' | '-' | '*' | '/' | '%', left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '%':
      return left % right
    default:
      return operator satisfies never
  }
}

// Longer products are of no use to a template, and cost time that grows with the square of their length.
const WHOLE_BITS_MAX = 4096n

function calculateWhole(operator: '+' | '-' | '*' | '/' | '%', left: bigint, right: bigint): bigint {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return BigInt.asIntN(Number(WHOLE_BITS_MAX), left * right)
    case '/':
      return left / right
    case '%':
      return left % right
    default:
      return operator satisfies never
  }
}

/** A number as a double. */
export function toDouble(value: JavaNumber): number {
  return typeof value === 'object' ? value.value : Number(value)
}

/** Negative, zero or positive as `left` is less than, equal to or greater than `right`; NaN equals nothing. */
export function compareNumbers(left: JavaNumber, right: JavaNumber): number {
  if (typeof left === 'object' || typeof right === 'object') return toDouble(left) - toDouble(right)
  return left < right ? -1 : Number(left > right)
}

/** An integer from a number or from text, as `Integer.parseInt` reads it; null when it is none. */
export function toIntegerOrNull(value: JavaValue): number | bigint | null {
  if (typeof value === 'number' || typeof value === 'bigint') return value
  if (isNumber(value)) return Number.isFinite(toDouble(value)) ? toWhole(BigInt(Math.trunc(toDouble(value)))) : null
  if (typeof value !== 'string' || !/^[+-]?[0-9]{1,100}$/.test(value)) return null
  return toWhole(BigInt(value.replace('+', '')))
}

/** The four steps of arithmetic. */
export function isArithmetic(operator: BinaryOperator): operator is '+' | '-' | '*' | '/' | '%' {
  return operator === '+' || operator === '-' || operator === '*' || operator === '/' || operator === '%'
}
