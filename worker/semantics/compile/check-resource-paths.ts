import type { DefinedResource } from '../openapi/definition.ts'
import type { Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'

/** What Amazon lets a path part be (aws-rest 1.2). */
const AMAZON_LITERAL = /^[A-Za-z0-9._\-:,]+$/u
/** What a path part may be in a URL without being written in another way: RFC 3986 `pchar`. */
const URL_LITERAL = /^(?:[A-Za-z0-9._~:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/u
const VARIABLE = /^\{([A-Za-z0-9._\-:,$]+)(\+?)\}$/u

interface Node {
  readonly literals: Map<string, Node>
  variable: { readonly text: string; readonly node: Node } | null
  /** The greedy part that leads here, such as `{proxy+}`; null for any other. */
  readonly greedy: string | null
  /** The path that ends here, as it was written. */
  path: string | null
}

/** Checks the paths of a definition as Amazon does when it builds the tree of resources (aws-rest 1.2). */
export function checkResourcePaths(resources: readonly DefinedResource[], report: Report): void {
  const root = emptyNode(null)
  for (const { path, at } of resources) plant(root, path, at, report)
}

/** Splits a path into its parts; slashes at the end do not count (aws-rest 1.4). */
export function splitResourcePath(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function plant(root: Node, path: string, at: Place, report: Report): void {
  let node = root
  const names = new Set<string>()
  for (const part of splitResourcePath(path)) {
    const problem = checkPart(part, node)
    if (problem !== null) return report.error(at, problem)
    if (!part.startsWith('{') && !AMAZON_LITERAL.test(part)) report.warning(at, `the part ${JSON.stringify(part)} holds characters that Amazon refuses in paths; here it is matched as it is written`)
    const name = VARIABLE.exec(part)?.[1]
    if (name !== undefined && names.has(name)) report.warning(at, `the variable {${name}} occurs twice in the path: only its last value is seen`)
    if (name !== undefined) names.add(name)
    node = childNode(node, part)
  }
  if (node.path !== null) return report.error(at, `Another resource with the same parent already has this name: ${splitResourcePath(path).at(-1) ?? '/'} (${node.path} and ${path} are one resource)`)
  node.path = path
}

function checkPart(part: string, parent: Node): string | null {
  if (parent.greedy !== null) return `Cannot create a child of a resource with a greedy path variable: ${parent.greedy}`
  const hasBraces = part.includes('{') || part.includes('}')
  if (hasBraces ? !VARIABLE.test(part) : !URL_LITERAL.test(part)) {
    const hint = hasBraces ? 'a variable is a whole part' : `a URL has it as ${JSON.stringify(encodeURIComponent(part.toWellFormed()))}`
    return `Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end. (found ${JSON.stringify(part)}: ${hint})`
  }
  if (hasBraces && parent.variable !== null && parent.variable.text !== part) {
    return `A sibling (${parent.variable.text}) of this resource already has a variable path part -- only one is allowed`
  }
  return null
}

function childNode(node: Node, part: string): Node {
  if (!part.startsWith('{')) {
    const known = node.literals.get(part) ?? emptyNode(null)
    node.literals.set(part, known)
    return known
  }
  node.variable ??= { text: part, node: emptyNode(part.endsWith('+}') ? part : null) }
  return node.variable.node
}

function emptyNode(greedy: string | null): Node {
  return { literals: new Map(), variable: null, greedy, path: null }
}
