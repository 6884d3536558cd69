import * as z from 'zod'
import { childOf, descend, findPlace, joinPath, pathOf, type Place } from './place.ts'
import { didYouMean } from './nearest-word.ts'
import type { Report } from './report.ts'
import { showScalar, toValue } from './source-node.ts'

/** Checks a value against its schema; reports every issue at its place and gives null when there is any. */
export function checkShape<Schema extends z.ZodType>(schema: Schema, place: Place, report: Report): z.output<Schema> | null {
  const result = schema.safeParse(toValue(place.node))
  if (result.success) return result.data
  for (const issue of result.error.issues) reportIssue(issue, [], { schema, place, report })
  return null
}

interface Check {
  readonly schema: z.ZodType
  readonly place: Place
  readonly report: Report
}

type Issue = z.core.$ZodIssue
type Keys = readonly (string | number)[]

function reportIssue(issue: Issue, before: Keys, check: Check): void {
  const keys = [...before, ...issue.path.map(toKey)]
  const place = descend(check.place, ...keys)
  switch (issue.code) {
    case 'unrecognized_keys':
      return reportUnknownKeys(issue.keys, keys, place, check)
    case 'invalid_union':
      return reportUnion(issue, keys, place, check)
    case 'invalid_key':
      return check.report.errorAt(place.keyStart, pathOf(place), issue.issues[0]?.message ?? issue.message)
    case 'invalid_value':
      return check.report.error(place, toValueMessage(issue, place))
    case 'invalid_type':
      return check.report.error(place, toTypeMessage(issue, keys, place, check.place))
    case 'invalid_format':
    case 'too_big':
    case 'too_small':
    case 'not_multiple_of':
    case 'invalid_element':
    case 'custom':
      return check.report.error(place, lowerFirst(issue.message))
    default:
      return issue satisfies never
  }
}

function toKey(key: PropertyKey): string | number {
  return typeof key === 'number' ? key : String(key)
}

function reportUnknownKeys(unknown: readonly string[], keys: Keys, place: Place, check: Check): void {
  const known = knownKeysAt(check.schema, keys)
  for (const key of unknown) {
    const child = childOf(place, key)
    check.report.errorAt(child?.keyStart ?? place.keyStart, joinPath(pathOf(place), key), `unknown field ${JSON.stringify(key)}${didYouMean(key, known)}`)
  }
}

/** A value that fits no form of a union: shows the issues of the form that came nearest, the one with the fewest. */
function reportUnion(issue: Issue & { code: 'invalid_union' }, keys: Keys, place: Place, check: Check): void {
  const nearest = issue.errors.filter((errors) => errors.length > 0).toSorted((a, b) => a.length - b.length)[0]
  if (nearest === undefined) return check.report.error(place, lowerFirst(issue.message))
  for (const inner of nearest) reportIssue(inner, keys, check)
}

function toValueMessage(issue: Issue & { code: 'invalid_value' }, place: Place): string {
  const known = issue.values.map(String)
  const found = toValue(place.node)
  const guess = typeof found === 'string' ? didYouMean(found, known) : ''
  return `${describe(place)} is not one of ${known.join(', ')}${guess}`
}

function toTypeMessage(issue: Issue & { code: 'invalid_type' }, keys: Keys, place: Place, root: Place): string {
  if (findPlace(root, keys) === null) return `${JSON.stringify(keys.at(-1))} is missing`
  return `expected ${nameType(issue.expected)}, found ${describe(place)}`
}

function nameType(expected: string): string {
  if (expected === 'object' || expected === 'record') return 'an object'
  if (expected === 'int') return 'a whole number'
  return /^[aeiou]/u.test(expected) ? `an ${expected}` : `a ${expected}`
}

function describe(place: Place): string {
  const { node } = place
  if (node.kind === 'list') return 'an array'
  if (node.kind === 'map') return 'an object'
  return showScalar(node)
}

/** zod's sentences begin with a capital; an acronym keeps its own. */
function lowerFirst(message: string): string {
  if (/^[A-Z]{2}/u.test(message)) return message
  return message.charAt(0).toLowerCase() + message.slice(1)
}

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly items?: JsonSchema
  readonly anyOf?: readonly JsonSchema[]
}

/** The fields that a schema knows at a path, for "did you mean". Asked only when something is wrong already. */
function knownKeysAt(schema: z.ZodType, keys: Keys): string[] {
  let reached: readonly JsonSchema[] = [z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as JsonSchema]
  for (const key of keys) reached = reached.flatMap(formsOf).flatMap((form) => step(form, key))
  return reached.flatMap(formsOf).flatMap((form) => Object.keys(form.properties ?? {}))
}

function formsOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf === undefined ? [schema] : schema.anyOf.flatMap(formsOf)
}

function step(schema: JsonSchema, key: string | number): readonly JsonSchema[] {
  if (typeof key === 'number') return schema.items === undefined ? [] : [schema.items]
  const property = schema.properties?.[key]
  if (property !== undefined) return [property]
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []
}
