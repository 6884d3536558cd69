/** A value of `$context`: text, a number, a boolean, or more of them by name. */
export type ContextValue = string | number | boolean | null | ContextMap

/** Values of `$context` by name, in the order that Amazon lists them. */
export interface ContextMap {
  readonly [name: string]: ContextValue | undefined
}

/**
 * Finds a variable by its dotted name and gives its text; null when there is none, or when it is a map.
 * A name may itself hold dots, as claims do: at each level the whole rest is tried before its first part.
 */
export function readContextText(context: ContextMap, name: string): string | null {
  const value = readContextValue(context, name)
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null
}

function readContextValue(context: ContextMap, name: string): ContextValue | undefined {
  if (Object.hasOwn(context, name)) return context[name]
  for (let dot = name.indexOf('.'); dot !== -1; dot = name.indexOf('.', dot + 1)) {
    const head = name.slice(0, dot)
    const inner = Object.hasOwn(context, head) ? context[head] : undefined
    if (typeof inner !== 'object' || inner === null) continue
    const value = readContextValue(inner, name.slice(dot + 1))
    if (value !== undefined) return value
  }
  return undefined
}
