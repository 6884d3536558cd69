import type { JsonValue } from '../source/source-node.ts'

type Schema = Record<string, JsonValue>

/** Keywords of draft 4 that say something about a value (aws-rest 4.4). */
const CHECKED = new Set([
  'type',
  'enum',
  'format',
  'multipleOf',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'minLength',
  'maxLength',
  'pattern',
  'items',
  'additionalItems',
  'minItems',
  'maxItems',
  'uniqueItems',
  'properties',
  'patternProperties',
  'additionalProperties',
  'required',
  'minProperties',
  'maxProperties',
  'dependencies',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
])

/** Keywords of later drafts that draft 4 can't say. */
const BEYOND = new Set(['if', 'then', 'else', 'contains', 'minContains', 'maxContains', 'propertyNames', 'unevaluatedProperties', 'unevaluatedItems', '$dynamicRef'])

/**
 * Writes the keywords of OpenAPI's dialects in draft 4: `nullable`, `const`, numeric exclusive limits, `prefixItems`, `dependentRequired`. Annotations are left out;
 * what draft 4 can't say is left out with a warning.
 *
 * Differs from Amazon: `nullable` and the like make Amazon refuse a model, or are dropped; here they mean what they say. Amazon drops `minItems` and `maxItems` at
 * import; here they are checked.
 */
export function toDraft4Keywords(schema: Schema, warn: (keyword: string, message: string) => void): Schema {
  const later = withoutLaterForms(schema)
  const written: Schema = {}
  for (const [keyword, value] of Object.entries(later)) {
    if (CHECKED.has(keyword)) written[keyword] = value
    else if (BEYOND.has(keyword)) warn(keyword, `models are JSON Schema draft 4, which has no ${keyword}: it is not checked`)
  }
  return withNull(withSoundTypes(withRequired(written, warn), warn), schema['nullable'] === true)
}

function withoutLaterForms(schema: Schema): Schema {
  const { const: only, prefixItems, dependentRequired, dependentSchemas, exclusiveMinimum, exclusiveMaximum, ...rest } = schema
  return {
    ...rest,
    ...(only === undefined ? {} : { enum: [only] }),
    ...(prefixItems === undefined ? {} : { items: prefixItems, ...(rest['items'] === undefined ? {} : { additionalItems: rest['items'] }) }),
    ...(dependentRequired === undefined && dependentSchemas === undefined ? {} : { dependencies: mergeObjects(rest['dependencies'], dependentRequired, dependentSchemas) }),
    ...toExclusive('exclusiveMinimum', 'minimum', exclusiveMinimum, rest['minimum'], Math.max),
    ...toExclusive('exclusiveMaximum', 'maximum', exclusiveMaximum, rest['maximum'], Math.min),
  }
}

function mergeObjects(...objects: readonly (JsonValue | undefined)[]): JsonValue {
  return Object.fromEntries(objects.flatMap((object) => (typeof object === 'object' && object !== null ? Object.entries(object) : [])))
}

/** From draft 6 on the limit itself stands in the exclusive keyword; in draft 4 a truth value beside the limit. */
function toExclusive(keyword: string, limit: string, exclusive: JsonValue | undefined, inclusive: JsonValue | undefined, stricter: (a: number, b: number) => number): Schema {
  if (typeof exclusive === 'boolean') return { [keyword]: exclusive }
  if (typeof exclusive !== 'number') return {}
  if (typeof inclusive !== 'number' || stricter(exclusive, inclusive) === exclusive) return { [limit]: exclusive, [keyword]: true }
  return {}
}

/** Draft 4 wants a list with something in it; the truth value beside a property is draft 3's. */
function withRequired(schema: Schema, warn: (keyword: string, message: string) => void): Schema {
  const { required, ...rest } = schema
  if (required === undefined || (Array.isArray(required) && required.length > 0)) return schema
  if (!Array.isArray(required)) warn('required', '"required" is a list of property names in the object that has them; this one is ignored')
  return rest
}

const TYPES = new Set(['string', 'number', 'integer', 'boolean', 'array', 'object', 'null'])

function withSoundTypes(schema: Schema, warn: (keyword: string, message: string) => void): Schema {
  const { type, ...rest } = schema
  if (type === undefined) return schema
  const types: readonly JsonValue[] = Array.isArray(type) ? type : [type]
  if (types.every((name) => typeof name === 'string' && TYPES.has(name))) return schema
  warn('type', `${JSON.stringify(type)} is no type of JSON Schema: the type is not checked`)
  return rest
}

function withNull(schema: Schema, isNullable: boolean): Schema {
  if (!isNullable) return schema
  const { type, enum: values } = schema
  if (typeof type !== 'string') return { anyOf: [{ type: 'null' }, schema] }
  return { ...schema, type: [type, 'null'], ...(Array.isArray(values) && !values.includes(null) ? { enum: [...values, null] } : {}) }
}
