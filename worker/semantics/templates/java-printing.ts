import { type Budget, fail, measured, spend } from './budget.ts'
import type { JavaMap, JavaValue } from './java-values.ts'
import { printDecimal } from './print-decimal.ts'
import { printJson } from './print-json.ts'

/**
 * Prints a value as Java's `toString` does: maps as `{k=v, k=v}`, lists out of JSON as compact JSON, other lists as `[a, b]`.
 * Null prints as nothing when it stands alone and as `null` inside a map or list.
 */
export function printJava(value: JavaValue, budget: Budget): string {
  if (typeof value === 'string') return value
  if (value === null) return ''
  return measured(budget, print(value, budget, 0))
}

function print(value: JavaValue, budget: Budget, depth: number): string {
  if (value === null) return 'null'
  if (typeof value !== 'object') return String(value)
  spend(budget, 1)
  if (depth > budget.limits.valueDepthMax) fail(budget, 'A value that contains itself, or nests too deeply, cannot be printed.')
  switch (value.type) {
    case 'decimal':
      return printDecimal(value)
    case 'list':
      if (value.printsAs === 'json') return printJson(value, budget, { escapesSlash: true })
      return `[${joined(value.items, (item) => print(item, budget, depth + 1), budget)}]`
    case 'map':
      return printMap(value, budget, depth)
    case 'entry':
      return `${print(value.key, budget, depth + 1)}=${print(value.value, budget, depth + 1)}`
    case 'block':
      return value.render()
    case 'object':
      return ''
    default:
      return value satisfies never
  }
}

function printMap(map: JavaMap, budget: Budget, depth: number): string {
  if (map.rules.isSilent === true) return ''
  const entries = Array.from(map.entries)
  return `{${joined(entries, ([key, value]) => `${print(key, budget, depth + 1)}=${print(value, budget, depth + 1)}`, budget)}}`
}

/** Texts one after another with a comma and a blank between them, as long as they fit. */
function joined<Item>(items: readonly Item[], printed: (item: Item) => string, budget: Budget): string {
  const texts: string[] = []
  let chars = 0
  for (const item of items) {
    const text = printed(item)
    texts.push(text)
    chars += text.length + 2
    if (chars > budget.limits.textCharsMax) fail(budget, `A text grew longer than ${budget.limits.textCharsMax} characters.`)
  }
  return texts.join(', ')
}
