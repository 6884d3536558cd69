import { fieldOf } from '../source/fields.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import { toValue, type JsonValue, type SourceNode } from '../source/source-node.ts'
import { locate, refOf } from '../openapi/refs.ts'
import type { Reading } from '../openapi/reading.ts'

/** How deep and how large an example that is made from a schema grows, and how many `$ref`s in a row are followed. */
const LIMITS = { levelsMax: 8, valuesMax: 2_000, hopsMax: 10 } as const

/** Makes a value that a schema describes: its own example, default or first word, else one of its type. A schema that contains itself is left out inside itself. */
export function exampleOf(schema: Place, reading: Reading): JsonValue {
  return make(schema, { reading, open: [], made: { count: 0 } }) ?? null
}

/** Where an example stands while it is made: the schemas around it, and how many values were made so far. */
interface Making {
  readonly reading: Reading
  readonly open: readonly SourceNode[]
  readonly made: { count: number }
}

/** Follows a `$ref` without a word to the report: an example is no place for it. */
export function resolveQuietly(place: Place, reading: Reading): Place | null {
  let reached: Place = place
  for (let hops = 0; hops < LIMITS.hopsMax; hops += 1) {
    const ref = refOf(reached)
    if (ref === null) return reached
    const located = locate(ref, reading)
    if (located.kind === 'lost') return null
    reached = located.place
  }
  return null
}

/** Undefined where a schema stands inside itself, and when the example is large enough. */
function make(place: Place, { reading, open, made }: Making): JsonValue | undefined {
  const schema = resolveQuietly(place, reading)
  if (schema === null || schema.node.kind !== 'map' || open.length > LIMITS.levelsMax) return null
  made.count += 1
  if (open.includes(schema.node) || made.count > LIMITS.valuesMax) return undefined
  const inside = { reading, open: [...open, schema.node], made }
  return given(schema) ?? composed(schema, inside) ?? ofType(schema, inside)
}

/** What the schema itself offers as a value. */
function given(schema: Place): JsonValue | null {
  for (const key of ['example', 'const', 'default']) {
    const value = childOf(schema, key)
    if (value !== null) return toValue(value.node)
  }
  for (const key of ['examples', 'enum']) {
    const list = childOf(schema, key)
    const first = list === null ? null : childOf(list, 0)
    if (first !== null) return toValue(first.node)
  }
  return null
}

function composed(schema: Place, making: Making): JsonValue | null {
  for (const key of ['oneOf', 'anyOf']) {
    const list = fieldOf(schema, key)
    const first = list === null ? null : (childrenOf(list).find((option) => !isNull(option)) ?? null)
    if (first !== null) return make(first, making) ?? null
  }
  const all = fieldOf(schema, 'allOf')
  if (all === null) return null
  const parts = [...childrenOf(all).map((part) => make(part, making) ?? null), ofType(schema, making)]
  const objects = parts.filter((part) => isObject(part))
  return objects.length === 0 ? (parts.find((part) => part !== null) ?? null) : Object.fromEntries(objects.flatMap((part) => Object.entries(part)))
}

function isNull(schema: Place): boolean {
  const type = childOf(schema, 'type')
  return type?.node.kind === 'scalar' && type.node.value === 'null'
}

function isObject(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A text of each format that checks as one. */
const TEXTS: Readonly<Record<string, string>> = {
  date: '2024-01-31',
  'date-time': '2024-01-31T12:00:00Z',
  time: '12:00:00Z',
  email: 'somebody@example.com',
  uri: 'https://example.com',
  url: 'https://example.com',
  uuid: '00000000-0000-4000-8000-000000000000',
  hostname: 'example.com',
  ipv4: '192.0.2.1',
  ipv6: '2001:db8::1',
  byte: 'c3RyaW5n',
}

function ofType(schema: Place, making: Making): JsonValue {
  switch (typeOf(schema)) {
    case 'object':
      return ofObject(schema, making)
    case 'array': {
      const items = fieldOf(schema, 'items')
      const item = items === null ? undefined : make(items, making)
      return item === undefined ? [] : [item]
    }
    case 'string':
      return TEXTS[textOf(schema, 'format')] ?? 'string'.padEnd(Math.min(numberOf(schema, 'minLength') ?? 0, 100), 'x').slice(0, numberOf(schema, 'maxLength') ?? 100)
    case 'integer':
    case 'number':
      return numberOf(schema, 'minimum') ?? Math.min(numberOf(schema, 'maximum') ?? 1, 1)
    case 'boolean':
      return true
    default:
      return null
  }
}

function typeOf(schema: Place): string {
  const type = childOf(schema, 'type')
  if (type?.node.kind === 'list') return childrenOf(type).map((item) => textOf(type, item.key)).find((name) => name !== 'null') ?? 'null'
  if (type !== null) return textOf(schema, 'type')
  if (childOf(schema, 'properties') !== null) return 'object'
  return childOf(schema, 'items') === null ? 'any' : 'array'
}

function ofObject(schema: Place, making: Making): JsonValue {
  const properties = fieldOf(schema, 'properties')
  const made = (properties === null ? [] : childrenOf(properties)).flatMap((property): [string, JsonValue][] => {
    const value = make(property, making)
    return value === undefined ? [] : [[String(property.key), value]]
  })
  return Object.fromEntries(made)
}

function textOf(place: Place, key: string | number | null): string {
  const child = key === null ? null : childOf(place, key)
  return child?.node.kind === 'scalar' ? String(child.node.value) : ''
}

function numberOf(place: Place, key: string): number | null {
  const child = childOf(place, key)
  return child?.node.kind === 'scalar' && typeof child.node.value === 'number' ? child.node.value : null
}
