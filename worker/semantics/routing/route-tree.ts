/** What stands at a resource: a value for each method, `ANY` for those without one of their own. */
export type MethodTable<Leaf> = Readonly<Partial<Record<string, Leaf>>>

interface Node<Leaf> {
  /** Children by literal path part; null at the many ends of a tree. A Map, because a part may be called `__proto__`. */
  literals: Map<string, Node<Leaf>> | null
  variable: { readonly name: string; readonly node: Node<Leaf> } | null
  greedy: { readonly name: string; readonly methods: MethodTable<Leaf> } | null
  methods: MethodTable<Leaf> | null
}

/** The resource tree of a deployment, ready to match. Made by `buildRouteTree`. */
export interface RouteTree<Leaf> {
  readonly root: Node<Leaf>
}

/** A resource to put into the tree; its path is checked at deploy (`checkResourcePaths`). */
export interface Route<Leaf> {
  readonly path: string
  readonly methods: MethodTable<Leaf>
}

/** The leaf that answers, and the values of the path's variables, still encoded as the client sent them (aws-rest 1.4). */
export interface RouteMatch<Leaf> {
  readonly leaf: Leaf
  readonly pathParameters: Readonly<Record<string, string>>
}

/** Builds the tree of all resources. Cost grows with the number of path parts, once per deployment and isolate. */
export function buildRouteTree<Leaf>(routes: readonly Route<Leaf>[]): RouteTree<Leaf> {
  const root = emptyNode<Leaf>()
  for (const route of routes) plant(root, route)
  return { root }
}

/**
 * Finds the method that answers a request (aws-rest 1.3): a literal part before a variable before a greedy one, level by level; a resource without the method
 * (or `ANY`) does not count and the next best is tried. Null when nothing answers. Costs one step a path part, however many routes there are.
 *
 * Empty parts (`//`, a slash at the end) do not count for matching; inside a greedy value they stay (aws-rest 1.4).
 */
export function matchRoute<Leaf>(tree: RouteTree<Leaf>, path: string, httpMethod: string): RouteMatch<Leaf> | null {
  const walk: Walk = { path, parts: splitPath(path), httpMethod, names: [], values: [] }
  const leaf = descend(tree.root, 0, walk)
  if (leaf === undefined) return null
  return { leaf, pathParameters: toParameters(walk) }
}

interface Walk {
  readonly path: string
  readonly parts: readonly PathPart[]
  readonly httpMethod: string
  readonly names: string[]
  readonly values: string[]
}

interface PathPart {
  readonly text: string
  /** Where the part begins in the path, for greedy values. */
  readonly start: number
}

function descend<Leaf>(node: Node<Leaf>, depth: number, walk: Walk): Leaf | undefined {
  const part = walk.parts[depth]
  if (part === undefined) return node.methods === null ? undefined : chooseMethod(node.methods, walk.httpMethod)
  const literal = node.literals?.get(part.text)
  if (literal !== undefined) {
    const leaf = descend(literal, depth + 1, walk)
    if (leaf !== undefined) return leaf
  }
  if (node.variable !== null) {
    walk.names.push(node.variable.name)
    walk.values.push(part.text)
    const leaf = descend(node.variable.node, depth + 1, walk)
    if (leaf !== undefined) return leaf
    walk.names.pop()
    walk.values.pop()
  }
  if (node.greedy === null) return undefined
  const leaf = chooseMethod(node.greedy.methods, walk.httpMethod)
  if (leaf === undefined) return undefined
  walk.names.push(node.greedy.name)
  walk.values.push(trimLastSlash(walk.path.slice(part.start)))
  return leaf
}

/** The methods that `ANY` stands for (aws-rest 1.3); TRACE and its like are answered by none. */
const ANY_METHODS: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

/** Whether `ANY` serves a request's method. */
export function isAnyMethod(httpMethod: string): boolean {
  return ANY_METHODS.has(httpMethod)
}

function chooseMethod<Leaf>(methods: MethodTable<Leaf>, httpMethod: string): Leaf | undefined {
  if (!isAnyMethod(httpMethod)) return undefined
  return Object.hasOwn(methods, httpMethod) ? methods[httpMethod] : methods['ANY']
}

/** Splits a path at its slashes and leaves out empty parts. */
function splitPath(path: string): PathPart[] {
  const parts: PathPart[] = []
  let start = 0
  while (start < path.length) {
    let end = path.indexOf('/', start)
    if (end === -1) end = path.length
    if (end > start) parts.push({ text: path.slice(start, end), start })
    start = end + 1
  }
  return parts
}

function trimLastSlash(value: string): string {
  return value.endsWith('/') ? value.slice(0, -1) : value
}

const NO_PARAMETERS: Readonly<Record<string, string>> = Object.freeze({})

function toParameters(walk: Walk): Readonly<Record<string, string>> {
  if (walk.names.length === 0) return NO_PARAMETERS
  return Object.fromEntries(walk.names.map((name, index) => [name, walk.values[index] ?? '']))
}

function plant<Leaf>(root: Node<Leaf>, route: Route<Leaf>): void {
  let node = root
  // A resource's path has no empty parts but the one before its first slash (`checkResourcePaths`).
  for (const text of route.path.split('/')) {
    if (text === '') continue
    const variable = text.startsWith('{') ? /^\{([^{}+]+)(\+?)\}$/u.exec(text) : null
    if (variable === null) {
      node = literalChild(node, text)
      continue
    }
    const name = variable[1] ?? ''
    if (variable[2] === '+') {
      node.greedy = { name, methods: route.methods }
      return
    }
    node.variable ??= { name, node: emptyNode() }
    node = node.variable.node
  }
  node.methods = route.methods
}

function literalChild<Leaf>(node: Node<Leaf>, text: string): Node<Leaf> {
  node.literals ??= new Map()
  const known = node.literals.get(text)
  if (known !== undefined) return known
  const child = emptyNode<Leaf>()
  node.literals.set(text, child)
  return child
}

function emptyNode<Leaf>(): Node<Leaf> {
  return { literals: null, variable: null, greedy: null, methods: null }
}
