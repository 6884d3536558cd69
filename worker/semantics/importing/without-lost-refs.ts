import { findLostRefs, isValue } from '../openapi/check-refs.ts'
import type { Reading } from '../openapi/reading.ts'
import { refOf } from '../openapi/refs.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { MapEntry, SourceNode } from '../source/source-node.ts'

/**
 * Leaves out the `$ref`s of a document that lead nowhere or to another file: what they stand for only documents, as long as nothing validates by it. Each is a
 * warning. A path behind such a `$ref` stays, and is refused when it is read: its operations are unknown.
 */
export function withoutLostRefs(reading: Reading): SourceNode {
  const lost = findLostRefs(reading)
  return lost.size === 0 ? reading.root.node : copy(reading.root, lost, reading)
}

function copy(place: Place, lost: ReadonlyMap<string, string>, reading: Reading): SourceNode {
  const { node } = place
  if (node.kind === 'scalar') return node
  const ref = refOf(place)
  const message = ref === null || place.parent?.key === 'paths' ? undefined : lost.get(ref)
  if (message !== undefined) {
    reading.report.warning(childOf(place, '$ref') ?? place, `${message}; it is left out`)
    return { kind: 'map', entries: new Map(), start: node.start }
  }
  const children = childrenOf(place).map((child) => ({ child, node: isValue(child) ? child.node : copy(child, lost, reading) }))
  if (children.every((copied) => copied.node === copied.child.node)) return node
  if (node.kind === 'list') return { ...node, items: children.map((copied) => copied.node) }
  return { ...node, entries: new Map(children.map(({ child, node: value }): [string, MapEntry] => [String(child.key), { keyStart: child.keyStart, value }])) }
}
