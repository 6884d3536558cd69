import type { Schema } from '@cfworker/json-schema'
import { toCanonicalText } from './canonical-text.ts'
import type { Check, CheckOf } from './compile-schema.ts'
import type { Json } from './json.ts'

type ArrayCheck = (value: readonly Json[]) => boolean

/** Compiles the keywords for arrays. */
export function compileArrayChecks(schema: Schema, checkOf: CheckOf): ArrayCheck[] {
  const { minItems, maxItems, uniqueItems } = schema
  const checks: ArrayCheck[] = []
  if (minItems !== undefined) checks.push((value) => value.length >= minItems)
  if (maxItems !== undefined) checks.push((value) => value.length <= maxItems)
  checks.push(...compileItems(schema, checkOf))
  if (uniqueItems === true) checks.push(hasUniqueItems)
  return checks
}

function compileItems({ items, additionalItems }: Schema, checkOf: CheckOf): ArrayCheck[] {
  if (items === undefined) return []
  if (!Array.isArray(items)) {
    const check = lazily(() => checkOf(items))
    return [(value) => value.every((item) => check()(item))]
  }
  return [(value) => value.every((item, index) => checkOf(items[index] ?? additionalItems ?? true)(item))]
}

/** Equal by value, so that the work grows with the array and not with its square. */
function hasUniqueItems(value: readonly Json[]): boolean {
  const seen = new Set<string>()
  for (const item of value) {
    const text = toCanonicalText(item)
    if (seen.has(text)) return false
    seen.add(text)
  }
  return true
}

function lazily(make: () => Check): () => Check {
  let made: Check | null = null
  return () => (made ??= make())
}
