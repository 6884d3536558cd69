import { type JavaNumber, compareNumbers, toDouble, toIntegerOrNull } from './java-numbers.ts'
import { printJava } from './java-printing.ts'
import { isNumber, type JavaValue, toDecimal } from './java-values.ts'
import type { JavaMethod, JavaMethods } from './methods.ts'
import { formatText } from './format-text.ts'
import { parseDecimal, parseInteger } from './string-methods.ts'

/** The methods of Integer, Long, Double and BigDecimal, with the static ones that templates reach through a number. */
export const NUMBER_METHODS: JavaMethods<JavaNumber> = new Map<string, JavaMethod<JavaNumber>>([
  ['intValue', (number) => narrow(number, 32)],
  ['longValue', (number) => narrow(number, 64)],
  ['shortValue', (number) => narrow(number, 16)],
  ['byteValue', (number) => narrow(number, 8)],
  ['doubleValue', (number) => toDecimal(toDouble(number))],
  ['floatValue', (number) => toDecimal(Math.fround(toDouble(number)))],
  ['toString', (number, [other], budget) => printJava(other ?? number, budget)],
  ['hashCode', (number) => (typeof number === 'number' ? (number | 0) ^ (Number.isInteger(number) && Math.abs(number) > 2 ** 31 ? Math.floor(number / 2 ** 32) : 0) : null)],
  ['equals', (number, [other]) => isSameNumber(number, other ?? null)],
  ['compareTo', (number, [other]) => (other !== undefined && isNumber(other) ? Math.sign(compareNumbers(number, other)) : null)],
  ['compare', (_, [left, right]) => compareTwo(left ?? null, right ?? null)],
  ['isNaN', (number) => Number.isNaN(toDouble(number))],
  ['isInfinite', (number) => Math.abs(toDouble(number)) === Number.POSITIVE_INFINITY],
  ['parseInt', (_, parameters, budget) => parseInteger(parameters, budget)],
  ['parseLong', (_, parameters, budget) => parseInteger(parameters, budget)],
  ['parseDouble', (_, parameters, budget) => parseDecimal(parameters, budget)],
  ['valueOf', (number, parameters, budget) => (typeof number === 'object' ? parseDecimal : parseInteger)(parameters, budget)],
  ['max', (_, [left, right]) => choose(left ?? null, right ?? null, 1)],
  ['min', (_, [left, right]) => choose(left ?? null, right ?? null, -1)],
  ['toHexString', (_, [value], budget) => formatText('%x', [value ?? null], budget)],
])

/** The methods of Boolean. */
export const BOOLEAN_METHODS: JavaMethods<boolean> = new Map<string, JavaMethod<boolean>>([
  ['booleanValue', (value) => value],
  ['toString', (value) => String(value)],
  ['equals', (value, [other]) => value === other],
  ['hashCode', (value) => (value ? 1231 : 1237)],
  ['compareTo', (value, [other]) => (typeof other === 'boolean' ? Number(value) - Number(other) : null)],
  ['parseBoolean', (_, [text]) => typeof text === 'string' && text.toLowerCase() === 'true'],
  ['valueOf', (_, [text]) => text === true || (typeof text === 'string' && text.toLowerCase() === 'true')],
])

/** Keeps the low bits, as a cast in Java; a decimal is cut toward zero and held inside the range first. */
function narrow(number: JavaNumber, bits: number): JavaValue {
  const whole = toIntegerOrNull(number)
  if (whole === null) return 0
  if (typeof number !== 'object') return Number(BigInt.asIntN(bits, BigInt(whole))) === Number(whole) ? whole : toIntegerOrNull(String(BigInt.asIntN(bits, BigInt(whole))))
  const max = 2n ** BigInt(Math.max(bits, 32) - 1)
  const held = BigInt(whole) >= max ? max - 1n : BigInt(whole) < -max ? -max : BigInt(whole)
  return toIntegerOrNull(String(BigInt.asIntN(bits, held)))
}

function isSameNumber(number: JavaNumber, other: JavaValue): boolean {
  if (typeof number === 'object') return typeof other === 'object' && other !== null && other.type === 'decimal' && other.value === number.value
  return number === other
}

function compareTwo(left: JavaValue, right: JavaValue): JavaValue {
  return isNumber(left) && isNumber(right) ? Math.sign(compareNumbers(left, right)) : null
}

function choose(left: JavaValue, right: JavaValue, sign: number): JavaValue {
  if (!isNumber(left) || !isNumber(right)) return null
  return Math.sign(compareNumbers(left, right)) === sign ? left : right
}
