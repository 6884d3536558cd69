import type { Budget } from './budget.ts'
import { evaluateSteps } from './evaluate-json-path.ts'
import type { JavaValue } from './java-values.ts'
import { parseJsonPath } from './parse-json-path.ts'

/** A JSONPath ready to be evaluated any number of times: the value found, or undefined when there is none. */
export type JsonPath = (root: JavaValue, budget: Budget) => JavaValue | undefined

/** A compiled path, or why its text is no path. */
export type CompiledJsonPath = { readonly ok: true; readonly path: JsonPath } | { readonly ok: false; readonly reason: string }

// Ours: far beyond any real path, and short enough for every pattern of the parser.
const PATH_CHARS_MAX = 10_000

/**
 * Compiles a JSONPath in Jayway's dialect. A definite path gives the value it leads to; a path with a wildcard, slice,
 * union, filter or `..` gives a list of everything it leads to, empty when that is nothing.
 */
export function compileJsonPath(text: string): CompiledJsonPath {
  if (text.length > PATH_CHARS_MAX) return { ok: false, reason: `it is longer than ${PATH_CHARS_MAX} characters` }
  const parsed = parseJsonPath(text)
  if (!parsed.ok) return parsed
  const { steps } = parsed
  return { ok: true, path: (root, budget) => evaluateSteps(steps, { root, budget }, root) }
}
