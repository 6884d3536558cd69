import { isJsonArray, isJsonObject, readMember, type Json, type JsonObject } from './json.ts'

/** What a keyword says of an instance that it does not take. */
type Message = (value: Json, instance: Json, schema: JsonObject) => string

/**
 * The texts of the Java library behind Amazon's validation (json-schema-validator), by keyword; `$context.error.validationErrorString` shows them (aws-rest 4.3).
 * Keywords that are made of other schemas have their texts where they are counted.
 */
export const JAVA_MESSAGES: Readonly<Record<string, Message>> = {
  additionalItems: (_value, instance, schema) => `schema only allows ${count(readMember(schema, 'items'))} elements in array but instance has ${count(instance)} elements`,
  enum: (value, instance) => `instance value (${print(instance)}) not found in enum (possible values: ${print(value)})`,
  format: (value, instance) => `string ${print(instance)} ${FORMATS[print(value)] ?? `is invalid against requested format ${print(value)}`}`,
  maxItems: (value, instance) => `array is too long: must have at most ${print(value)} elements but instance has ${count(instance)} elements`,
  maxLength: (value, instance) => `string ${print(instance)} is too long (length: ${count(instance)}, maximum allowed: ${print(value)})`,
  maxProperties: (value, instance) => `object has too many properties (found ${count(instance)} but schema requires at most ${print(value)})`,
  maximum: (value, instance, schema) =>
    readMember(schema, 'exclusiveMaximum') === true && instance === value
      ? `numeric instance is not strictly lower than the required maximum ${print(value)}`
      : `numeric instance is greater than the required maximum (maximum: ${print(value)}, found: ${print(instance)})`,
  minItems: (value, instance) => `array is too short: must have at least ${print(value)} elements but instance has ${count(instance)} elements`,
  minLength: (value, instance) => `string ${print(instance)} is too short (length: ${count(instance)}, required minimum: ${print(value)})`,
  minProperties: (value, instance) => `object has too few properties (found ${count(instance)} but schema requires at least ${print(value)})`,
  minimum: (value, instance, schema) =>
    readMember(schema, 'exclusiveMinimum') === true && instance === value
      ? `numeric instance is not strictly greater than the required minimum ${print(value)}`
      : `numeric instance is lower than the required minimum (minimum: ${print(value)}, found: ${print(instance)})`,
  multipleOf: (value, instance) => `remainder of division is not zero (${print(instance)} / ${print(value)})`,
  not: () => 'instance matched a schema which it should not have',
  pattern: (value, instance) => `ECMA 262 regex ${print(value)} does not match input string ${print(instance)}`,
  required: (value, instance) => `object has missing required properties (${print(missing(value, instance))})`,
  type: (value, instance) => `instance type (${typeOf(instance)}) does not match any allowed primitive type (allowed: ${print(sorted(value))})`,
  uniqueItems: () => 'array must not contain duplicate elements',
}

/** By the name of the format as JSON. */
const FORMATS: Readonly<Record<string, string>> = {
  '"date-time"': "is invalid against requested date format(s) [yyyy-MM-dd'T'HH:mm:ssZ, yyyy-MM-dd'T'HH:mm:ss.[0-9]{1,12}Z]",
  '"date"': 'is invalid against requested date format(s) yyyy-MM-dd',
  '"email"': 'is not a valid email address',
  '"hostname"': 'is not a valid hostname',
  '"ipv4"': 'is not a valid IPv4 address',
  '"ipv6"': 'is not a valid IPv6 address',
  '"regex"': 'is not a valid ECMA 262 regular expression',
  '"uri"': 'is not a valid URI',
  '"uuid"': 'is not a valid UUID',
}

/** The type of a value in the words of draft 4. */
function typeOf(value: Json): string {
  if (value === null) return 'null'
  if (isJsonArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value
}

function print(value: Json): string {
  return JSON.stringify(value)
}

/** Elements of an array, keys of an object, code points of a text. */
function count(value: Json | undefined): number {
  if (isJsonArray(value)) return value.length
  if (isJsonObject(value)) return Object.keys(value).length
  return typeof value === 'string' ? Array.from(value).length : 0
}

function missing(required: Json, instance: Json): readonly string[] {
  if (!isJsonArray(required) || !isJsonObject(instance)) return []
  return required.filter((name): name is string => typeof name === 'string' && !Object.hasOwn(instance, name)).sort()
}

/** The types in the order in which the Java library lists them. */
const TYPES = ['array', 'boolean', 'integer', 'null', 'number', 'object', 'string']

function sorted(types: Json): readonly string[] {
  const named = isJsonArray(types) ? types : [types]
  // A number may always be an integer, and the library says so.
  const all = named.includes('number') ? [...named, 'integer'] : named
  return TYPES.filter((type) => all.includes(type))
}
