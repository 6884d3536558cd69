import { hasMoreThanPath, toPathParts, type PathPart } from './path-parts.ts'

/** How a path of a document is served. */
export interface PlannedPath {
  /** The resource's path. */
  readonly path: string
  /** The path as the backend gets it: placeholders stand where the resource has variables, and the slash at its end stays. */
  readonly backendPath: string
  /** The resource's variables, in order. */
  readonly variables: readonly string[]
  /** The document's variables that have other names here. */
  readonly renamed: ReadonlyMap<string, string>
  /** What had to be changed, for a warning each. */
  readonly notes: readonly string[]
}

/** A path that is served, or why it can't be. */
export type PathPlan = { readonly kind: 'planned'; readonly planned: PlannedPath } | { readonly kind: 'impossible'; readonly reason: string }

interface Node {
  readonly literals: Map<string, Node>
  variable: { readonly name: string; readonly node: Node } | null
  greedy: string | null
}

/**
 * Plans the paths of a document as resources of a REST API, which know less: one variable at a place, which is a whole part. A later variable at the same place takes
 * the name of the first; a part with text around its variables becomes one variable, whose value is the whole part. Either way the backend gets the path that
 * the client sent, so nothing is lost but the difference between such paths.
 */
export function createPathPlanner(): (path: string) => PathPlan {
  const root = emptyNode()
  return (path) => plan(root, path)
}

function plan(root: Node, path: string): PathPlan {
  const notes: string[] = []
  const renamed = new Map<string, string>()
  const written: string[] = []
  const variables: string[] = []
  let node = root
  if (hasMoreThanPath(path)) notes.push('what follows ? or # is no part of a path: it is left out, and requests are not told apart by it')
  for (const part of toPathParts(path)) {
    const placed = place(part, node, variables)
    if (placed.kind === 'impossible') return placed
    written.push(placed.text)
    node = placed.node
    if (part.kind === 'literal') continue
    variables.push(placed.name)
    if (!part.isWhole) notes.push(`REST APIs have no parts that mix text and variables: {${placed.name}} stands for the whole part`)
    for (const name of part.names) if (name !== placed.name) renamed.set(name, placed.name)
    if (part.isWhole && part.name !== placed.name) notes.push(`REST APIs have one variable at a place: {${part.name}} is called {${placed.name}} here`)
  }
  const resource = `/${written.join('/')}`
  const backendPath = resource.replaceAll('+}', '}') + (resource !== '/' && /\/(?:[?#].*)?$/u.test(path) ? '/' : '')
  return { kind: 'planned', planned: { path: resource, backendPath, variables, renamed, notes } }
}

type Placed = { readonly kind: 'placed'; readonly text: string; readonly name: string; readonly node: Node } | { readonly kind: 'impossible'; readonly reason: string }

function place(part: PathPart, node: Node, taken: readonly string[]): Placed {
  if (part.kind === 'literal') {
    const child = node.literals.get(part.text) ?? emptyNode()
    node.literals.set(part.text, child)
    return { kind: 'placed', text: part.text, name: '', node: child }
  }
  if (part.isGreedy ? node.variable !== null : node.greedy !== null) {
    return { kind: 'impossible', reason: `A sibling (${node.greedy === null ? `{${node.variable?.name ?? ''}}` : `{${node.greedy}+}`}) of this resource already has a variable path part -- only one is allowed` }
  }
  if (part.isGreedy) {
    node.greedy ??= freeName(part.name, taken)
    return { kind: 'placed', text: `{${node.greedy}+}`, name: node.greedy, node: emptyNode() }
  }
  node.variable ??= { name: freeName(part.name, taken), node: emptyNode() }
  return { kind: 'placed', text: `{${node.variable.name}}`, name: node.variable.name, node: node.variable.node }
}

function freeName(wanted: string, taken: readonly string[]): string {
  let name = wanted
  for (let count = 2; taken.includes(name); count += 1) name = `${wanted}${count}`
  return name
}

function emptyNode(): Node {
  return { literals: new Map(), variable: null, greedy: null }
}
