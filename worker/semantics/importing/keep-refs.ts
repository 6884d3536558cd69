import { findLostRefs, isValue } from '../openapi/check-refs.ts'
import type { Reading } from '../openapi/reading.ts'
import { locate, refOf } from '../openapi/refs.ts'
import { childrenOf, rootPlace, type Place } from '../source/place.ts'
import { toNode, withEntry, type MapEntry, type MapNode, type SourceNode } from '../source/source-node.ts'

/** Where things are kept that a document refers to and that have no place of their own any more. */
const STORE = 'x-stagedoor-referenced'

/** A kept thing may refer to the next; documents do so once or twice. */
const LIMITS = { roundsMax: 10 } as const

/**
 * Some documents refer into their own paths (`#/paths/~1pets/get/responses/404`), and importing changes those: what a `$ref` meant before is kept below an
 * extension of the root, and the `$ref` leads there.
 */
export function keepRefs(imported: MapNode, before: Reading): MapNode {
  const names = new Map<string, string>()
  let root = imported
  for (let round = 0; round < LIMITS.roundsMax; round += 1) {
    const lost = [...findLostRefs({ ...before, root: rootPlace(root) }).keys()].filter((ref) => locate(ref, before).kind === 'found')
    if (lost.length === 0) return root
    for (const ref of lost) names.set(ref, String(names.size + 1))
    root = withStore(root, lost, names, before)
  }
  return root
}

function withStore(root: MapNode, lost: readonly string[], names: ReadonlyMap<string, string>, before: Reading): MapNode {
  const store = root.entries.get(STORE)?.value
  const entries = new Map(store?.kind === 'map' ? store.entries : [])
  for (const ref of lost) {
    const located = locate(ref, before)
    if (located.kind === 'found') entries.set(names.get(ref) ?? '', { keyStart: located.place.keyStart, value: located.place.node })
  }
  const kept = withEntry(root, STORE, { kind: 'map', entries, start: root.start })
  const rewritten = rewrite(rootPlace(kept), names)
  return rewritten.kind === 'map' ? rewritten : kept
}

function rewrite(place: Place, names: ReadonlyMap<string, string>): SourceNode {
  const { node } = place
  if (node.kind === 'scalar' || isValue(place)) return node
  const ref = refOf(place)
  const name = ref === null ? undefined : names.get(ref)
  if (name !== undefined && node.kind === 'map') return withEntry(node, '$ref', toNode(`#/${STORE}/${name}`, node.start))
  const children = childrenOf(place)
  const rewritten = children.map((child) => rewrite(child, names))
  if (children.every((child, index) => child.node === rewritten[index])) return node
  if (node.kind === 'list') return { ...node, items: rewritten }
  return { ...node, entries: new Map(children.map((child, index): [string, MapEntry] => [String(child.key), { keyStart: child.keyStart, value: rewritten[index] ?? child.node }])) }
}
