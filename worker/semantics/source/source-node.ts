/** A value of a JSON or YAML text, with the offset at which it begins. */
export type SourceNode = ScalarNode | ListNode | MapNode

/** A text, number, truth value or null. */
export interface ScalarNode {
  readonly kind: 'scalar'
  readonly value: string | number | boolean | null
  readonly start: number
  /** Whether the value came from the environment, and may be a secret: no message shows it. */
  readonly isHidden?: boolean
}

/** An array (JSON) or a sequence (YAML). */
export interface ListNode {
  readonly kind: 'list'
  readonly items: readonly SourceNode[]
  readonly start: number
}

/** An object (JSON) or a mapping (YAML). Its keys are texts in the order of the source; a Map, because a key may be called `__proto__`. */
export interface MapNode {
  readonly kind: 'map'
  readonly entries: ReadonlyMap<string, MapEntry>
  readonly start: number
}

/** One key of a map and its value. */
export interface MapEntry {
  readonly keyStart: number
  readonly value: SourceNode
}

/** What JSON can say. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** Writes a scalar for a message. */
export function showScalar({ value, isHidden }: ScalarNode): string {
  return isHidden === true ? 'a value from the environment' : JSON.stringify(value)
}

/** Turns a node into the value that it stands for. */
export function toValue(node: SourceNode): JsonValue {
  switch (node.kind) {
    case 'scalar':
      return node.value
    case 'list':
      return node.items.map(toValue)
    case 'map':
      return toObject(node)
    default:
      return node satisfies never
  }
}

/** Key by key: lists of entries, as Object.fromEntries takes them, make it twice as slow. */
function toObject(node: MapNode): JsonValue {
  const object: Record<string, JsonValue> = {}
  for (const [key, { value }] of node.entries) {
    if (key === '__proto__') Object.defineProperty(object, key, { value: toValue(value), enumerable: true, configurable: true, writable: true })
    else object[key] = toValue(value)
  }
  return object
}

/** Makes nodes of a value; all of them stand where `start` is. */
export function toNode(value: JsonValue, start: number): SourceNode {
  if (value === null || typeof value !== 'object') return { kind: 'scalar', value, start }
  if (isList(value)) return { kind: 'list', items: value.map((item) => toNode(item, start)), start }
  return { kind: 'map', entries: new Map(Object.entries(value).map(([key, inner]) => [key, { keyStart: start, value: toNode(inner, start) }])), start }
}

function isList(value: readonly JsonValue[] | { readonly [key: string]: JsonValue }): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** A map with one key set, or (with null) left out; other keys stay where they are. */
export function withEntry(node: MapNode, key: string, value: SourceNode | null): MapNode {
  const entries = new Map(node.entries)
  if (value === null) entries.delete(key)
  else entries.set(key, { keyStart: node.entries.get(key)?.keyStart ?? value.start, value })
  return { ...node, entries }
}
