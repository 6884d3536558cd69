import type { SourceNode } from './source-node.ts'

/** A node together with the way to it: what a reader carries, so that every problem can be shown where it is. */
export interface Place {
  readonly node: SourceNode
  /** Where the key that leads to the node begins; the node's own start when no key does. */
  readonly keyStart: number
  readonly parent: Place | null
  /** The key or index in the parent; null at the root. */
  readonly key: string | number | null
}

/** The place of a whole text. */
export function rootPlace(node: SourceNode): Place {
  return { node, keyStart: node.start, parent: null, key: null }
}

/** The place behind a key or index; null when there is none. */
export function childOf(place: Place, key: string | number): Place | null {
  const { node } = place
  if (node.kind === 'map') {
    const entry = node.entries.get(String(key))
    return entry === undefined ? null : { node: entry.value, keyStart: entry.keyStart, parent: place, key: String(key) }
  }
  if (node.kind !== 'list' || typeof key !== 'number') return null
  const item = node.items[key]
  return item === undefined ? null : { node: item, keyStart: item.start, parent: place, key }
}

/** All entries of a map or items of a list, in order; none for a scalar. */
export function childrenOf(place: Place): readonly Place[] {
  const { node } = place
  if (node.kind === 'map') return Array.from(node.entries, ([key, entry]) => ({ node: entry.value, keyStart: entry.keyStart, parent: place, key }))
  if (node.kind === 'list') return node.items.map((item, key) => ({ node: item, keyStart: item.start, parent: place, key }))
  return []
}

/** Goes down a path; null when it does not exist. */
export function findPlace(place: Place, keys: readonly (string | number)[]): Place | null {
  let reached: Place | null = place
  for (const key of keys) reached = reached === null ? null : childOf(reached, key)
  return reached
}

/** Goes down a path as far as it exists, for pointing at the nearest thing that is there. */
export function descend(place: Place, ...keys: readonly (string | number)[]): Place {
  let reached = place
  for (const key of keys) {
    const child = childOf(reached, key)
    if (child === null) return reached
    reached = child
  }
  return reached
}

/** Where to point: a scalar at its value, anything larger at the key that names it. */
export function startOf(place: Place): number {
  return place.node.kind === 'scalar' ? place.node.start : place.keyStart
}

const PLAIN_KEY = /^[A-Za-z_$][A-Za-z0-9_$-]*$/u

/** Writes the path to a place: `paths["/pets/{petId}"].get.parameters[0]`. Empty at the root. */
export function pathOf(place: Place): string {
  if (place.parent === null || place.key === null) return ''
  return joinPath(pathOf(place.parent), place.key)
}

/** Adds one key to a written path. */
export function joinPath(path: string, key: string | number): string {
  if (typeof key === 'number') return `${path}[${key}]`
  if (!PLAIN_KEY.test(key)) return `${path}[${JSON.stringify(key)}]`
  return path === '' ? key : `${path}.${key}`
}
