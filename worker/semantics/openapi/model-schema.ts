import { childrenOf, descend, findPlace, type Place } from '../source/place.ts'
import { toValue, type JsonValue, type SourceNode } from '../source/source-node.ts'
import { toDraft4Keywords } from './draft-4-keywords.ts'
import type { Reading } from './reading.ts'
import { findTarget, follow, locate, modelNameOf, refOf } from './refs.ts'

/** A JSON object that is being written. */
type Schema = Record<string, JsonValue>

/** A model while it is written: which schemas it refers to, and which of those are still to be written. */
interface Writing {
  readonly reading: Reading
  /** What the model itself is: a `$ref` to it is `#`. */
  readonly root: Place
  readonly names: Map<SourceNode, string>
  readonly queue: { readonly name: string; readonly target: Place }[]
}

/**
 * Writes a schema of a definition as a model: JSON Schema draft 4 that stands on its own, every `$ref` inside it (aws-rest 4.4). Schemas that refer to each other in
 * circles stay circles. Null when its `$ref` leads nowhere, which is reported.
 */
export function toModelSchema(schema: Place, reading: Reading): JsonValue | null {
  const root = follow(schema, reading)
  if (root === null) return null
  const writing: Writing = { reading, root, names: new Map(), queue: [] }
  const written = toSchema(root, writing)
  const definitions: [string, JsonValue][] = []
  for (let next = writing.queue.shift(); next !== undefined; next = writing.queue.shift()) definitions.push([next.name, toSchema(next.target, writing)])
  return definitions.length === 0 ? written : { ...written, definitions: Object.fromEntries(definitions) }
}

function toSchema(place: Place, writing: Writing): Schema {
  const { node } = place
  if (node.kind === 'scalar' && typeof node.value === 'boolean') return node.value ? {} : { not: {} }
  if (node.kind !== 'map') {
    if (!(node.kind === 'scalar' && node.value === null)) writing.reading.report.error(place, 'a schema is an object')
    return {}
  }
  const ref = refOf(place)
  if (ref === null) return toKeywords(place, writing)
  const target = toTarget(ref, place, writing)
  const reference: Schema = target === null ? {} : { $ref: target }
  // Before OpenAPI 3.1 nothing beside a $ref counts.
  if (writing.reading.dialect !== 'openapi-3.1' || node.entries.size === 1) return reference
  const beside = toKeywords(place, writing)
  return Object.keys(beside).length === 0 ? reference : { allOf: [reference, beside] }
}

/** The pointer inside the model that stands for a `$ref`. */
function toTarget(ref: string, place: Place, writing: Writing): string | null {
  const target = findInModel(ref, writing) ?? findTarget(ref, place, writing.reading)
  if (target === null) return null
  if (target.node === writing.root.node) return '#'
  const known = writing.names.get(target.node)
  if (known !== undefined) return toPointer(known)
  const name = freeName(modelNameOf(ref, writing.reading) ?? String(target.key ?? 'schema'), writing.names)
  writing.names.set(target.node, name)
  writing.queue.push({ name, target })
  return toPointer(name)
}

/** Amazon's models may carry definitions of their own; `#/definitions/X` means those when the document itself has none of that name. */
function findInModel(ref: string, { root, reading }: Writing): Place | null {
  const name = /^#\/(?:definitions|\$defs)\/([^/]+)$/u.exec(ref)?.[1]
  if (name === undefined || locate(ref, reading).kind === 'found') return null
  return findPlace(root, ['definitions', name]) ?? findPlace(root, ['$defs', name])
}

function freeName(wanted: string, names: ReadonlyMap<unknown, string>): string {
  const taken = new Set(names.values())
  let name = wanted
  for (let count = 2; taken.has(name); count += 1) name = `${wanted}${count}`
  return name
}

function toPointer(name: string): string {
  return `#/definitions/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`
}

function toKeywords(place: Place, writing: Writing): Schema {
  const written = childrenOf(place).flatMap((child): [string, JsonValue][] => {
    const value = toKeyword(child, writing)
    return value === null ? [] : [[String(child.key), value]]
  })
  return toDraft4Keywords(Object.fromEntries(written), (keyword, message) => writing.reading.report.warning(descend(place, keyword), message))
}

/** Keywords that hold one schema, a list of them, or an object of them; of a list or truth value where a schema may stand, that. */
const ONE = new Set(['not', 'additionalProperties', 'additionalItems', 'items'])
const MANY = new Set(['allOf', 'anyOf', 'oneOf', 'prefixItems', 'items'])
const NAMED = new Set(['properties', 'patternProperties', 'dependencies', 'dependentSchemas'])

function toKeyword(child: Place, writing: Writing): JsonValue | null {
  const keyword = String(child.key)
  const { node } = child
  if (node.kind === 'list' && MANY.has(keyword)) return childrenOf(child).map((item) => toSchema(item, writing))
  if (node.kind === 'map' && NAMED.has(keyword)) {
    return Object.fromEntries(childrenOf(child).map((entry) => [String(entry.key), entry.node.kind === 'list' ? toValue(entry.node) : toSchema(entry, writing)]))
  }
  if (ONE.has(keyword) && node.kind === 'map') return toSchema(child, writing)
  if (keyword === 'definitions' || keyword === '$defs' || keyword === '$ref') return null
  return toValue(node)
}
