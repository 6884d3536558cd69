import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { ListNode, MapNode, SourceNode } from '../source/source-node.ts'
import type { Reading } from './reading.ts'
import { locate, refOf } from './refs.ts'

/** Below these keys stand values, not descriptions: a `$ref` there is a text like any other. */
const VALUES = new Set(['example', 'examples', 'default', 'enum', 'const', 'value'])

/** Below these, keys are names that people chose: a response may be called `default`, a schema or property `example`. */
const NAMED = new Set(['properties', 'patternProperties', 'schemas', 'definitions', '$defs', 'dependentSchemas', 'responses', 'parameters', 'requestBodies', 'headers', 'callbacks', 'pathItems', 'paths'])

/** Extensions below which `$ref`s mean what they mean elsewhere. */
const DESCRIBING = new Set(['x-stagedoor-referenced', 'x-amazon-apigateway-any-method'])

type Key = string | number | null

/** Whether what stands at a place can hold no `$ref` that means anything. */
export function isValue(place: Place): boolean {
  return isValueKey(place.key, place.parent?.key ?? null)
}

function isValueKey(key: Key, parentKey: Key): boolean {
  if (typeof key !== 'string' || (typeof parentKey === 'string' && NAMED.has(parentKey))) return false
  return VALUES.has(key) || (key.startsWith('x-') && !DESCRIBING.has(key))
}

/** Finds the `$ref`s of a document that lead nowhere or outside, used or not: what is wrong with each, by its text. Places are not made, for speed. */
export function findLostRefs(reading: Reading): ReadonlyMap<string, string> {
  const lost = new Map<string, string>()
  for (const ref of findRefs(reading.root.node)) {
    const located = locate(ref, reading)
    if (located.kind === 'lost') lost.set(ref, located.message)
  }
  return lost
}

/** Finds the `$ref`s of a document, each once. */
function findRefs(root: SourceNode): ReadonlySet<string> {
  const refs = new Set<string>()
  if (root.kind !== 'scalar') collect(root, null, null, refs)
  return refs
}

/** Looks at scalars without a call for each: there are hundreds of thousands. */
function collect(node: MapNode | ListNode, key: Key, parentKey: Key, refs: Set<string>): void {
  if (isValueKey(key, parentKey)) return
  if (node.kind === 'list') {
    for (const item of node.items) if (item.kind !== 'scalar') collect(item, null, key, refs)
    return
  }
  for (const [childKey, { value }] of node.entries) {
    if (value.kind !== 'scalar') collect(value, childKey, key, refs)
    else if (childKey === '$ref' && typeof value.value === 'string') refs.add(value.value)
  }
}

/** Reports every `$ref` of a document that leads nowhere or outside. */
export function checkRefs(reading: Reading): void {
  const lost = findLostRefs(reading)
  if (lost.size > 0) reportLost(reading.root, lost, reading)
}

function reportLost(place: Place, lost: ReadonlyMap<string, string>, reading: Reading): void {
  const ref = refOf(place)
  const message = ref === null ? undefined : lost.get(ref)
  if (message !== undefined) reading.report.error(childOf(place, '$ref') ?? place, message)
  for (const child of childrenOf(place)) if (child.node.kind !== 'scalar' && !isValue(child)) reportLost(child, lost, reading)
}
