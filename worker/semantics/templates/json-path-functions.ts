import { toDouble } from './java-numbers.ts'
import { isNumber, type JavaValue, toDecimal, toJsonList } from './java-values.ts'
import type { JsonPathStep } from './json-path-steps.ts'

type JsonPathFunction = (model: JavaValue) => JavaValue | undefined

/** The functions that Jayway lets stand at the end of a path. */
const FUNCTIONS: ReadonlyMap<string, JsonPathFunction> = new Map<string, JsonPathFunction>([
  ['length', (model) => sizeOf(model)],
  ['size', (model) => sizeOf(model)],
  ['min', (model) => fold(model, (numbers) => numbers.reduce((least, number) => Math.min(least, number)))],
  ['max', (model) => fold(model, (numbers) => numbers.reduce((most, number) => Math.max(most, number)))],
  ['sum', (model) => fold(model, total)],
  ['avg', (model) => fold(model, (numbers) => total(numbers) / numbers.length)],
  ['stddev', (model) => fold(model, deviation)],
  ['first', (model) => itemAt(model, 0)],
  ['last', (model) => itemAt(model, -1)],
  ['keys', keysOf],
])

/** A function as a step; null when there is no function of that name. Only `index` takes an argument, a number. */
export function toJsonPathFunction(name: string, argument: string): JsonPathStep | null {
  if (name === 'index' && /^-?[0-9]{1,9}$/.test(argument)) return { kind: 'function', apply: (model) => itemAt(model, Number(argument)) }
  const apply = FUNCTIONS.get(name)
  return apply === undefined || argument !== '' ? null : { kind: 'function', apply: (model) => apply(model) }
}

function sizeOf(model: JavaValue): JavaValue | undefined {
  if (typeof model !== 'object' || model === null) return undefined
  if (model.type === 'list') return model.items.length
  return model.type === 'map' ? model.entries.size : undefined
}

function fold(model: JavaValue, combine: (numbers: readonly number[]) => number): JavaValue | undefined {
  if (typeof model !== 'object' || model === null || model.type !== 'list') return undefined
  const numbers = model.items.filter(isNumber).map(toDouble)
  return numbers.length === 0 ? undefined : toDecimal(combine(numbers))
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0)
}

function deviation(numbers: readonly number[]): number {
  const mean = total(numbers) / numbers.length
  return Math.sqrt(total(numbers.map((number) => (number - mean) ** 2)) / numbers.length)
}

function itemAt(model: JavaValue, index: number): JavaValue | undefined {
  return typeof model === 'object' && model !== null && model.type === 'list' ? model.items.at(index) : undefined
}

function keysOf(model: JavaValue): JavaValue | undefined {
  return typeof model === 'object' && model !== null && model.type === 'map' ? toJsonList(Array.from(model.entries.keys())) : undefined
}
