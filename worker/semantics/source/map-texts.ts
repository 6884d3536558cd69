import { childrenOf, type Place } from './place.ts'
import type { MapEntry, SourceNode } from './source-node.ts'

/** Rewrites every text value (not the keys) of a tree; what does not change stays the same node. What `isHidden` says goes for all that was rewritten. */
export function mapTexts(place: Place, rewrite: (text: string, place: Place) => string, isHidden = false): SourceNode {
  const { node } = place
  if (node.kind === 'scalar') {
    if (typeof node.value !== 'string') return node
    const value = rewrite(node.value, place)
    return value === node.value ? node : { ...node, value, isHidden }
  }
  const children = childrenOf(place)
  const mapped = children.map((child) => mapTexts(child, rewrite, isHidden))
  if (children.every((child, index) => child.node === mapped[index])) return node
  if (node.kind === 'list') return { ...node, items: mapped }
  return { ...node, entries: new Map(children.map((child, index): [string, MapEntry] => [String(child.key), { keyStart: child.keyStart, value: mapped[index] ?? child.node }])) }
}
