import type { Route, RouteMatch } from '../../../../worker/semantics/routing/route-tree.ts'

/** What Amazon routes; nothing serves another method. */
const METHODS: ReadonlySet<string> = new Set(['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'])

/**
 * The oracle of the route tree: tries every route on its own and takes the best, comparing part by part. Written for plainness, not for speed;
 * it shares no code with the tree.
 */
export function matchNaively(routes: readonly Route<string>[], path: string, method: string): RouteMatch<string> | null {
  const candidates = routes.flatMap((route) => {
    const parameters = matchOne(route.path, path)
    const leaf = !METHODS.has(method) ? undefined : Object.hasOwn(route.methods, method) ? route.methods[method] : route.methods['ANY']
    return parameters === null || leaf === undefined ? [] : [{ rank: rankOf(route.path), match: { leaf, pathParameters: parameters } }]
  })
  candidates.sort((one, other) => (one.rank < other.rank ? -1 : 1))
  return candidates[0]?.match ?? null
}

/** `0` for a literal part, `1` for a variable, `2` for a greedy one: the smaller text is the better route. */
function rankOf(pattern: string): string {
  return partsOf(pattern)
    .map((part) => (part.endsWith('+}') ? '2' : part.startsWith('{') ? '1' : '0'))
    .join('')
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '')
}

function matchOne(pattern: string, path: string): Record<string, string> | null {
  const parameters: Record<string, string> = {}
  const expected = partsOf(pattern)
  const given = partsOf(path)
  for (const [index, part] of expected.entries()) {
    const value = given[index]
    if (value === undefined) return null
    if (part.endsWith('+}')) {
      parameters[part.slice(1, -2)] = restOf(path, index)
      return parameters
    }
    if (part.startsWith('{')) parameters[part.slice(1, -1)] = value
    else if (part !== value) return null
  }
  return expected.length === given.length ? parameters : null
}

/** The path from its part number `index` on, as it was written, without one last slash. */
function restOf(path: string, index: number): string {
  let rest = path.replace(/^\/+/u, '')
  for (let skipped = 0; skipped < index; skipped += 1) rest = rest.replace(/^[^/]+\/+/u, '')
  return rest.replace(/\/$/u, '')
}
