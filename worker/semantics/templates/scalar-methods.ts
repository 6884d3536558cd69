import { formatText } from './format-text.ts'
import { compareNumbers, type JavaNumber, toDouble, toIntegerOrNull } from './java-numbers.ts'
import { printJava } from './java-printing.ts'
import { isNumber, type JavaValue, toDecimal, toWhole } from './java-values.ts'
import type { JavaMethod, JavaMethods } from './methods.ts'
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
  ['hashCode', hashNumber],
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

/** Integer's hash is its value, Long's the two halves of it; a Double's needs its bits, and no template asks for it. */
function hashNumber(number: JavaNumber): JavaValue {
  if (typeof number === 'object') return null
  const bits = BigInt.asUintN(64, BigInt(number))
  const isInteger = BigInt.asIntN(32, bits) === BigInt(number)
  return Number(BigInt.asIntN(32, isInteger ? bits : bits ^ (bits >> 32n)))
}

/** A cast to an integer of so many bits: a decimal is cut toward zero and held inside the range, an integer keeps its low bits. */
function narrow(number: JavaNumber, bits: number): JavaValue {
  const whole = BigInt(toIntegerOrNull(number) ?? 0)
  const max = 2n ** BigInt(Math.max(bits, 32) - 1)
  const held = typeof number === 'object' ? clamp(whole, -max, max - 1n) : whole
  return toWhole(BigInt.asIntN(bits, held))
}

function clamp(value: bigint, min: bigint, max: bigint): bigint {
  if (value < min) return min
  return value > max ? max : value
}

function isSameNumber(number: JavaNumber, other: JavaValue): boolean {
  if (typeof number !== 'object') return number === other
  return typeof other === 'object' && other?.type === 'decimal' && other.value === number.value
}

function compareTwo(left: JavaValue, right: JavaValue): JavaValue {
  return isNumber(left) && isNumber(right) ? Math.sign(compareNumbers(left, right)) : null
}

function choose(left: JavaValue, right: JavaValue, sign: number): JavaValue {
  if (!isNumber(left) || !isNumber(right)) return null
  return Math.sign(compareNumbers(left, right)) === sign ? left : right
}
