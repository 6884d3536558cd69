import type { Schema } from '@cfworker/json-schema'
import type { Check, CheckOf } from './compile-schema.ts'
import type { Json, JsonObject } from './json.ts'

type ObjectCheck = (value: JsonObject) => boolean

/** Compiles the keywords for objects. */
export function compileObjectChecks(schema: Schema, checkOf: CheckOf): ObjectCheck[] {
  const { required, minProperties, maxProperties } = schema
  const checks: ObjectCheck[] = []
  if (required !== undefined) checks.push((value) => required.every((name) => Object.hasOwn(value, name)))
  if (minProperties !== undefined) checks.push((value) => Object.keys(value).length >= minProperties)
  if (maxProperties !== undefined) checks.push((value) => Object.keys(value).length <= maxProperties)
  checks.push(...compileProperties(schema, checkOf), ...compileDependencies(schema, checkOf))
  return checks
}

function compileProperties({ properties, patternProperties, additionalProperties }: Schema, checkOf: CheckOf): ObjectCheck[] {
  if (properties === undefined && patternProperties === undefined && additionalProperties === undefined) return []
  const byName = new Map(Object.entries(properties ?? {}))
  const byPattern = Object.entries(patternProperties ?? {}).map(([pattern, schema]) => ({ pattern: new RegExp(pattern, 'u'), schema }))
  const checksOf = (name: string): readonly Check[] => {
    const own = byName.get(name)
    const matching = byPattern.filter(({ pattern }) => pattern.test(name)).map(({ schema }) => schema)
    const found = own === undefined ? matching : [own, ...matching]
    return (found.length > 0 ? found : [additionalProperties ?? true]).map(checkOf)
  }
  const known = new Map<string, readonly Check[]>()
  return [(value) => Object.entries(value).every(([name, member]) => passes(known.get(name) ?? remember(known, name, checksOf), member))]
}

/** Names that were met once are looked up quickly the next time; a client can't make the list grow without end. */
function remember(known: Map<string, readonly Check[]>, name: string, checksOf: (name: string) => readonly Check[]): readonly Check[] {
  const checks = checksOf(name)
  if (known.size < KNOWN_NAMES_MAX) known.set(name, checks)
  return checks
}

const KNOWN_NAMES_MAX = 256

function passes(checks: readonly Check[], member: Json): boolean {
  for (const check of checks) if (!check(member)) return false
  return true
}

function compileDependencies({ dependencies }: Schema, checkOf: CheckOf): ObjectCheck[] {
  if (dependencies === undefined) return []
  return Object.entries(dependencies).map(([name, dependency]) => {
    if (Array.isArray(dependency)) return (value) => !Object.hasOwn(value, name) || dependency.every((needed) => Object.hasOwn(value, needed))
    return (value) => !Object.hasOwn(value, name) || checkOf(dependency)(value)
  })
}
