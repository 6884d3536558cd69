/** What stands at a resource: a value for each method, `ANY` for those without one of their own. */
export type MethodTable<Leaf> = Readonly<Partial<Record<string, Leaf>>>

/**
 * The resource tree of a deployment, ready to match: one node of it, with those below. Made by `buildRouteTree`. It is plain data, so that it is made once, at deploy, and
 * an isolate has it by reading JSON.
 */
export interface RouteTree<Leaf> {
  /** Children by literal path part. Ask for own ones alone: a part may be called `constructor`. */
  readonly literals?: Readonly<Record<string, RouteTree<Leaf>>>
  readonly variable?: { readonly name: string; readonly node: RouteTree<Leaf> }
  readonly greedy?: { readonly name: string; readonly methods: MethodTable<Leaf> }
  readonly methods?: MethodTable<Leaf>
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

/** Builds the tree of all resources. Cost grows with the number of path parts. */
export function buildRouteTree<Leaf>(routes: readonly Route<Leaf>[]): RouteTree<Leaf> {
  // A resource's path has no empty parts but the one before its first slash (`checkResourcePaths`).
  return buildNode(routes.map(({ path, methods }) => ({ parts: path.split('/').filter((part) => part !== ''), methods })))
}

/**
 * Finds the method that answers a request (aws-rest 1.3): a literal part before a variable before a greedy one, level by level; a resource without the method
 * (or `ANY`) does not count and the next best is tried. Null when nothing answers. Costs one step a path part, however many routes there are.
 *
 * Empty parts (`//`, a slash at the end) do not count for matching; inside a greedy value they stay (aws-rest 1.4).
 */
export function matchRoute<Leaf>(tree: RouteTree<Leaf>, path: string, httpMethod: string): RouteMatch<Leaf> | null {
  const walk: Walk = { path, parts: splitPath(path), httpMethod, names: [], values: [] }
  const leaf = descend(tree, 0, walk)
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

function descend<Leaf>(node: RouteTree<Leaf>, depth: number, walk: Walk): Leaf | undefined {
  const part = walk.parts[depth]
  if (part === undefined) return node.methods === undefined ? undefined : chooseMethod(node.methods, walk.httpMethod)
  const { literals, variable, greedy } = node
  const literal = literals !== undefined && Object.hasOwn(literals, part.text) ? literals[part.text] : undefined
  if (literal !== undefined) {
    const leaf = descend(literal, depth + 1, walk)
    if (leaf !== undefined) return leaf
  }
  if (variable !== undefined) {
    walk.names.push(variable.name)
    walk.values.push(part.text)
    const leaf = descend(variable.node, depth + 1, walk)
    if (leaf !== undefined) return leaf
    walk.names.pop()
    walk.values.pop()
  }
  if (greedy === undefined) return undefined
  const leaf = chooseMethod(greedy.methods, walk.httpMethod)
  if (leaf === undefined) return undefined
  walk.names.push(greedy.name)
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

/** A resource as far as it lies below a node. */
interface Below<Leaf> {
  readonly parts: readonly string[]
  readonly methods: MethodTable<Leaf>
}

function buildNode<Leaf>(routes: readonly Below<Leaf>[]): RouteTree<Leaf> {
  const here = routes.find(({ parts }) => parts.length === 0)
  const byFirst = Map.groupBy(routes.filter(({ parts }) => parts.length > 0), ({ parts: [first = ''] }) => kindOf(first))
  const literals = byFirst.get('literal')
  const variables = byFirst.get('variable')
  const [greedy] = byFirst.get('greedy') ?? []
  return {
    ...(literals === undefined ? {} : { literals: buildLiterals(literals) }),
    ...(variables === undefined ? {} : { variable: { name: nameOf(variables[0]), node: buildNode(variables.map(belowFirst)) } }),
    ...(greedy === undefined ? {} : { greedy: { name: nameOf(greedy), methods: greedy.methods } }),
    ...(here === undefined ? {} : { methods: here.methods }),
  }
}

function buildLiterals<Leaf>(routes: readonly Below<Leaf>[]): Readonly<Record<string, RouteTree<Leaf>>> {
  const byPart = Map.groupBy(routes, ({ parts: [first = ''] }) => first)
  return Object.fromEntries([...byPart].map(([part, below]) => [part, buildNode(below.map(belowFirst))]))
}

function belowFirst<Leaf>({ parts, methods }: Below<Leaf>): Below<Leaf> {
  return { parts: parts.slice(1), methods }
}

function kindOf(part: string): 'literal' | 'variable' | 'greedy' {
  if (!part.startsWith('{')) return 'literal'
  return part.endsWith('+}') ? 'greedy' : 'variable'
}

/** The name of the variable that a resource's path goes on with. */
function nameOf<Leaf>(route: Below<Leaf> | undefined): string {
  return route?.parts[0]?.replaceAll(/[{}+]/gu, '') ?? ''
}
