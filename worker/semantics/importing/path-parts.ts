/** A part of a path as the wild writes it, in what REST APIs can say of it. */
export type PathPart =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'variable'; readonly name: string; readonly isGreedy: boolean; readonly isWhole: boolean; readonly names: readonly string[] }

/** What may stand in a path without being percent-encoded: RFC 3986 `pchar`. */
const PLAIN = /^(?:[A-Za-z0-9._~:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})$/u

/** The ways in which documents say that a variable takes the rest of the path. */
const GREEDY = /^(?:[+*][A-Za-z0-9_.-]+|[A-Za-z0-9_.-]*[A-Za-z0-9_](?:\+|\*|\.\.\.))$/u

/** Takes a path of an OpenAPI document apart. A query, a fragment and templates for them (`{?page}`) are no part of it; empty parts do not count (aws-rest 1.4). */
export function toPathParts(path: string): PathPart[] {
  const bare = path.replaceAll(/\{[?&#][^{}]*\}/gu, '')
  const end = endOfPath(bare)
  const texts = bare
    .slice(0, end)
    .split('/')
    .filter((text) => text !== '')
  return texts.map((text, index) => toPart(text, index === texts.length - 1))
}

/** Whether a path says something that no path of a REST API can: a query or a fragment. */
export function hasMoreThanPath(path: string): boolean {
  return endOfPath(path) < path.length || /\{[?&#][^{}]*\}/u.test(path)
}

function endOfPath(path: string): number {
  const outside = path.replaceAll(/\{[^{}]*\}/gu, (braces) => '_'.repeat(braces.length))
  const end = outside.search(/[?#]/u)
  return end === -1 ? path.length : end
}

function toPart(text: string, isLast: boolean): PathPart {
  const variables = Array.from(text.matchAll(/\{([^{}]*)\}/gu), (found) => found[1] ?? '')
  const [first] = variables
  if (first === undefined) return { kind: 'literal', text: encodeLiteral(text) }
  const isWhole = variables.length === 1 && text === `{${first}}`
  const isGreedy = isLast && isWhole && GREEDY.test(first)
  return { kind: 'variable', name: toName(first), isGreedy, isWhole, names: variables }
}

/** The letters of a variable's name that REST APIs take: `{id:[0-9]+}` and `{?}` occur in the wild. */
function toName(text: string): string {
  return /[A-Za-z0-9_][A-Za-z0-9._$-]*/u.exec(text)?.[0].replace(/\.+$/u, '') ?? 'parameter'
}

function encodeLiteral(text: string): string {
  return Array.from(text.matchAll(/%[0-9A-Fa-f]{2}|[\s\S]/gu), ([piece]) => (PLAIN.test(piece) ? piece : encodePiece(piece))).join('')
}

function encodePiece(piece: string): string {
  return piece === '%' ? '%25' : encodeURIComponent(piece.isWellFormed() ? piece : '\uFFFD')
}
