import { format, type Schema } from '@cfworker/json-schema'
import { toCanonicalText } from './canonical-text.ts'
import { compileArrayChecks } from './compile-array-checks.ts'
import { compileObjectChecks } from './compile-object-checks.ts'
import { isJsonArray, type Json } from './json.ts'
import { isMultipleOf } from './multiple-of.ts'

/** Judges a value. */
export type Check = (value: Json) => boolean

/** Gives the check of a schema; compiles it at its first use and keeps it, so that schemas may refer to each other in circles. */
export type CheckOf = (schema: Schema | boolean) => Check

/** The schemas that `$ref`s lead to, by absolute address, as the library resolves them. */
export type SchemaLookup = Readonly<Record<string, Schema | boolean>>

/**
 * Compiles schemas of draft 4 to closures, once per model: the library reads a schema anew for every value, which costs some ten times as much. The library resolves
 * references, knows the formats, and is what tests hold this against.
 */
export function openChecks(lookup: SchemaLookup): CheckOf {
  const checks = new Map<Schema | boolean, Check>()
  const checkOf: CheckOf = (schema) => {
    const held = checks.get(schema)
    if (held !== undefined) return held
    const made = compileSchema(schema, lookup, checkOf)
    checks.set(schema, made)
    return made
  }
  return checkOf
}

/** Compiles one schema; those inside it are compiled when they are first met. */
export function compileSchema(schema: Schema | boolean, lookup: SchemaLookup, checkOf: CheckOf): Check {
  if (typeof schema === 'boolean') return () => schema
  if (typeof schema.$ref === 'string') return compileReference(schema, lookup, checkOf)
  const forAll = all([...compileType(schema), ...compileEnum(schema), ...compileCombinations(schema, checkOf)])
  const forTexts = all(compileTextChecks(schema))
  const forNumbers = all(compileNumberChecks(schema))
  const forArrays = all(compileArrayChecks(schema, checkOf))
  const forObjects = all(compileObjectChecks(schema, checkOf))
  return (value) => {
    if (!forAll(value)) return false
    if (typeof value === 'string') return forTexts(value)
    if (typeof value === 'number') return forNumbers(value)
    if (typeof value !== 'object' || value === null) return true
    return isJsonArray(value) ? forArrays(value) : forObjects(value)
  }
}

function compileReference(schema: Schema, lookup: SchemaLookup, checkOf: CheckOf): Check {
  const target = lookup[schema.__absolute_ref__ ?? schema.$ref ?? ''] ?? true
  let check: Check | null = null
  return (value) => (check ??= checkOf(target))(value)
}

/** All checks as one; most schemas have one or two of a kind. */
function all<Value>(checks: readonly ((value: Value) => boolean)[]): (value: Value) => boolean {
  const [first, second] = checks
  if (first === undefined) return PASS
  if (second === undefined) return first
  if (checks.length === 2) return (value) => first(value) && second(value)
  return (value) => checks.every((check) => check(value))
}

const PASS = (): boolean => true

const TYPES: Readonly<Record<string, Check>> = {
  array: (value) => isJsonArray(value),
  boolean: (value) => typeof value === 'boolean',
  integer: (value) => Number.isInteger(value),
  null: (value) => value === null,
  number: (value) => typeof value === 'number',
  object: (value) => typeof value === 'object' && value !== null && !isJsonArray(value),
  string: (value) => typeof value === 'string',
}

function compileType({ type }: Schema): Check[] {
  if (type === undefined) return []
  const named = (Array.isArray(type) ? type : [type]).flatMap((name) => (Object.hasOwn(TYPES, name) ? (TYPES[name] ?? []) : []))
  const [only] = named
  return [named.length === 1 && only !== undefined ? only : (value) => named.some((check) => check(value))]
}

function compileEnum({ enum: values }: Schema): Check[] {
  if (!Array.isArray(values)) return []
  const texts = new Set(values.map((value) => toCanonicalText(value as Json)))
  const plain = new Set(values.filter((value) => typeof value !== 'object' || value === null) as Json[])
  return [(value) => (typeof value === 'object' && value !== null ? texts.has(toCanonicalText(value)) : plain.has(value))]
}

function compileCombinations({ allOf, anyOf, oneOf, not }: Schema, checkOf: CheckOf): Check[] {
  const checks: Check[] = []
  if (allOf !== undefined) checks.push((value) => allOf.every((schema) => checkOf(schema)(value)))
  if (anyOf !== undefined) checks.push((value) => anyOf.some((schema) => checkOf(schema)(value)))
  if (oneOf !== undefined) checks.push((value) => oneOf.filter((schema) => checkOf(schema)(value)).length === 1)
  if (not !== undefined) checks.push((value) => !checkOf(not)(value))
  return checks
}

function compileTextChecks({ minLength, maxLength, pattern, format: name }: Schema): ((text: string) => boolean)[] {
  const checks: ((text: string) => boolean)[] = []
  // A text has at least half as many characters as UTF-16 units, and at most as many.
  if (minLength !== undefined) checks.push((text) => text.length >= minLength && (text.length >= minLength * 2 || countCharacters(text) >= minLength))
  if (maxLength !== undefined) checks.push((text) => text.length <= maxLength || (text.length <= maxLength * 2 && countCharacters(text) <= maxLength))
  if (pattern !== undefined) {
    const compiled = new RegExp(pattern, 'u')
    checks.push((text) => compiled.test(text))
  }
  const known = name !== undefined && Object.hasOwn(format, name) ? format[name] : undefined
  if (known !== undefined) checks.push((text) => known(text))
  return checks
}

function countCharacters(text: string): number {
  let count = 0
  for (const _character of text) count += 1
  return count
}

function compileNumberChecks(schema: Schema): ((value: number) => boolean)[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema
  const checks: ((value: number) => boolean)[] = []
  if (minimum !== undefined) checks.push(exclusiveMinimum === true ? (value) => value > minimum : (value) => value >= minimum)
  if (maximum !== undefined) checks.push(exclusiveMaximum === true ? (value) => value < maximum : (value) => value <= maximum)
  if (multipleOf !== undefined) checks.push((value) => isMultipleOf(value, multipleOf))
  return checks
}
