import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { MapEntry, SourceNode } from '../source/source-node.ts'
import { isValue } from '../openapi/check-refs.ts'
import type { Reading } from '../openapi/reading.ts'
import { locate, refOf, type Located } from '../openapi/refs.ts'

/**
 * Leaves out the `$ref`s of a document that lead nowhere or to another file: what they stand for only documents, as long as nothing validates by it. Each is a
 * warning. A path behind such a `$ref` stays, and is refused when it is read: its operations are unknown.
 */
export function withoutLostRefs(reading: Reading): SourceNode {
  return copy(reading.root, new Map(), reading)
}

function copy(place: Place, known: Map<string, Located>, reading: Reading): SourceNode {
  const { node } = place
  if (node.kind === 'scalar') return node
  const ref = refOf(place)
  if (ref !== null && place.parent?.key !== 'paths') {
    const located = known.get(ref) ?? locate(ref, reading)
    known.set(ref, located)
    if (located.kind === 'lost') {
      reading.report.warning(childOf(place, '$ref') ?? place, `${located.message}; it is left out`)
      return { kind: 'map', entries: new Map(), start: node.start }
    }
  }
  const children = childrenOf(place).map((child) => ({ child, node: isValue(child) ? child.node : copy(child, known, reading) }))
  if (children.every((copied) => copied.node === copied.child.node)) return node
  if (node.kind === 'list') return { ...node, items: children.map((copied) => copied.node) }
  return { ...node, entries: new Map(children.map(({ child, node: value }): [string, MapEntry] => [String(child.key), { keyStart: child.keyStart, value }])) }
}
