import { type Budget, fail, spend } from './budget.ts'
import { type JavaList, type JavaMap, type JavaValue, toMap } from './java-values.ts'

/** What a step may look at besides the value it starts from: the root, for `$` in filters, and what may still be spent. */
export type PathScope = { readonly root: JavaValue; readonly budget: Budget }

/** One step of a compiled path: it adds to `found` what it leads to, or (a function) turns everything found into one value. */
export type JsonPathStep =
  | { readonly kind: 'select'; readonly isDefinite: boolean; readonly select: (from: JavaValue, scope: PathScope, found: JavaValue[]) => void }
  | { readonly kind: 'function'; readonly apply: (model: JavaValue, scope: PathScope) => JavaValue | undefined }

function isMap(value: JavaValue): value is JavaMap {
  return typeof value === 'object' && value !== null && value.type === 'map'
}

function isList(value: JavaValue): value is JavaList {
  return typeof value === 'object' && value !== null && value.type === 'list'
}

/** `.name` or `['name']`. */
export function stepToName(name: string): JsonPathStep {
  return {
    kind: 'select',
    isDefinite: true,
    select: (from, _, found) => {
      const value = isMap(from) ? from.entries.get(name) : undefined
      if (value !== undefined) found.push(value)
    },
  }
}

/** `['a','b']`: a map of the named members at the end of a path, each member in turn elsewhere. */
export function stepToNames(names: readonly string[], isLast: boolean): JsonPathStep {
  return {
    kind: 'select',
    isDefinite: isLast,
    select: (from, _, found) => {
      if (!isMap(from)) return
      const members = names.filter((name) => from.entries.has(name)).map((name) => [name, from.entries.get(name) ?? null] as const)
      if (isLast) found.push(toMap(members))
      else for (const [, value] of members) found.push(value)
    },
  }
}

/** `[0]`, `[-1]` or `[0,2]`. */
export function stepToIndexes(indexes: readonly number[]): JsonPathStep {
  return {
    kind: 'select',
    isDefinite: indexes.length === 1,
    select: (from, _, found) => {
      if (!isList(from)) return
      for (const index of indexes) {
        const value = from.items.at(index)
        if (value !== undefined) found.push(value)
      }
    },
  }
}

/** `[from:to]`, where either end may be missing or count from the end. */
export function stepToSlice(from: number | undefined, to: number | undefined): JsonPathStep {
  return {
    kind: 'select',
    isDefinite: false,
    select: (value, _, found) => {
      if (isList(value)) for (const item of value.items.slice(from ?? 0, to)) found.push(item)
    },
  }
}

/** `*`: every member or item. */
export const STEP_TO_ALL: JsonPathStep = {
  kind: 'select',
  isDefinite: false,
  select: (from, _, found) => {
    if (isMap(from)) for (const value of from.entries.values()) found.push(value)
    else if (isList(from)) for (const item of from.items) found.push(item)
  },
}

/** `[?(...)]`: the items of a list that pass, or a map itself if it passes. */
export function stepThroughFilter(passes: (value: JavaValue, scope: PathScope) => boolean): JsonPathStep {
  return {
    kind: 'select',
    isDefinite: false,
    select: (from, scope, found) => {
      if (isMap(from) && passes(from, scope)) found.push(from)
      else if (isList(from)) for (const item of from.items) if (passes(item, scope)) found.push(item)
    },
  }
}

/** `..`: the value and everything under it, on which the next step is tried. */
export const STEP_TO_DESCENDANTS: JsonPathStep = {
  kind: 'select',
  isDefinite: false,
  select: (from, scope, found) => descend(from, scope.budget, found, 0),
}

function descend(value: JavaValue, budget: Budget, found: JavaValue[], depth: number): void {
  if (!isMap(value) && !isList(value)) return
  if (depth > budget.limits.valueDepthMax) fail(budget, 'The value nests too deeply for "..".')
  spend(budget, 1)
  found.push(value)
  const children = isMap(value) ? value.entries.values() : value.items
  for (const child of children) descend(child, budget, found, depth + 1)
}
