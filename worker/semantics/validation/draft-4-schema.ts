import { isJsonArray, isJsonObject, readMember, type Json, type JsonObject } from './json.ts'
import { toUnicodePattern } from './schema-pattern.ts'

/** Keywords whose value is a schema (or `true` and `false`), a list of schemas, or schemas by name. */
const SCHEMAS: Readonly<Record<string, 'one' | 'list' | 'one-or-list' | 'map' | 'patterns' | 'dependencies'>> = {
  additionalItems: 'one',
  additionalProperties: 'one',
  allOf: 'list',
  anyOf: 'list',
  definitions: 'map',
  dependencies: 'dependencies',
  items: 'one-or-list',
  not: 'one',
  oneOf: 'list',
  patternProperties: 'patterns',
  properties: 'map',
}

/** Keywords of draft 4 whose value is plain data. */
const VALUES: ReadonlySet<string> = new Set([
  '$ref', '$schema', 'default', 'description', 'enum', 'exclusiveMaximum', 'exclusiveMinimum', 'format', 'id', 'maxItems', 'maxLength', 'maxProperties', 'maximum',
  'minItems', 'minLength', 'minProperties', 'minimum', 'multipleOf', 'pattern', 'required', 'title', 'type', 'uniqueItems',
])

/** Keywords of later drafts, which the library would obey and draft 4 does not know. */
const LATER: ReadonlySet<string> = new Set([
  '$anchor', '$defs', '$id', '$recursiveAnchor', '$recursiveRef', 'const', 'contains', 'dependentRequired', 'dependentSchemas', 'else', 'if', 'maxContains',
  'minContains', 'prefixItems', 'propertyNames', 'then', 'unevaluatedItems', 'unevaluatedProperties',
])

/**
 * Copies a schema as the library shall read it: draft 4 alone, patterns in Unicode mode. The copy is the library's own, which marks the schemas it reads.
 * What stands under names that draft 4 does not know is copied too: a `$ref` may point there.
 */
export function toDraft4Schema(schema: Json): Json {
  if (!isJsonObject(schema)) return schema
  const isReference = typeof readMember(schema, '$ref') === 'string'
  const copy: Record<string, Json> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    // What stands beside a $ref does not count (draft 4, "JSON Reference"); an id would change what the $ref means.
    if (LATER.has(keyword) || (isReference && keyword === 'id')) continue
    define(copy, keyword, copyKeyword(keyword, value))
  }
  return copy
}

function copyKeyword(keyword: string, value: Json): Json {
  if (keyword === 'pattern' && typeof value === 'string') return toUnicodePattern(value) ?? value
  if (VALUES.has(keyword)) return value
  const kind = Object.hasOwn(SCHEMAS, keyword) ? SCHEMAS[keyword] : undefined
  if (isJsonArray(value)) return kind === 'list' || kind === 'one-or-list' || kind === undefined ? value.map(toDraft4Schema) : value
  if (!isJsonObject(value)) return value
  if (kind === 'one' || kind === 'one-or-list' || kind === undefined) return toDraft4Schema(value)
  return copyMap(value, kind === 'patterns')
}

function copyMap(schemas: JsonObject, isByPattern: boolean): JsonObject {
  const copy: Record<string, Json> = {}
  for (const [name, schema] of Object.entries(schemas)) define(copy, isByPattern ? (toUnicodePattern(name) ?? name) : name, toDraft4Schema(schema))
  return copy
}

/** Sets a key, also one that is called `__proto__`. Plain assignment where it can be: objects that are made with it are read much faster. */
function define(target: Record<string, Json>, name: string, value: Json): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true, writable: true, configurable: true })
  else target[name] = value
}
