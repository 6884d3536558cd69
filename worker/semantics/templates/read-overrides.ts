import type { Budget } from './budget.ts'
import { toIntegerOrNull } from './java-numbers.ts'
import { printJava } from './java-printing.ts'
import type { JavaMap, JavaValue } from './java-values.ts'
import type { ContextValue, OverriddenParameters, Overrides, OverrideValue } from './template-scope.ts'

/** Nothing overridden. */
export const NO_OVERRIDES: Overrides = {
  requestOverride: { header: {}, path: {}, querystring: {}, custom: {} },
  responseOverride: { header: {}, custom: {} },
}

/** Reads what a template left in `$context.requestOverride` and `$context.responseOverride`. */
export function readOverrides(context: JavaMap, budget: Budget): Overrides {
  const request = membersOf(context.entries.get('requestOverride'))
  const response = membersOf(context.entries.get('responseOverride'))
  const status = toStatus(response.get('status') ?? null)
  return {
    requestOverride: {
      header: toParameters(request.get('header'), budget),
      path: toParameters(request.get('path'), budget),
      querystring: toParameters(request.get('querystring'), budget),
      custom: toCustom(request, ['header', 'path', 'querystring'], budget),
    },
    responseOverride: {
      header: toParameters(response.get('header'), budget),
      ...(status === null ? {} : { status }),
      custom: toCustom(response, ['header', 'status'], budget),
    },
  }
}

function membersOf(value: JavaValue | undefined): ReadonlyMap<JavaValue, JavaValue> {
  return typeof value === 'object' && value !== null && value.type === 'map' ? value.entries : new Map()
}

/** An integer from 100 to 599, also as text; anything else changes nothing. */
function toStatus(value: JavaValue): number | null {
  const status = Number(toIntegerOrNull(value) ?? 0)
  return status >= 100 && status <= 599 ? status : null
}

function toParameters(value: JavaValue | undefined, budget: Budget): OverriddenParameters {
  const parameters: Record<string, OverrideValue> = Object.create(null)
  for (const [name, member] of membersOf(value)) {
    const isList = typeof member === 'object' && member?.type === 'list'
    if (member !== null) parameters[printJava(name, budget)] = isList ? member.items.map((item) => printJava(item, budget)) : printJava(member, budget)
  }
  return parameters
}

function toCustom(members: ReadonlyMap<JavaValue, JavaValue>, known: readonly string[], budget: Budget): Record<string, ContextValue> {
  const custom: Record<string, ContextValue> = Object.create(null)
  for (const [name, value] of members) {
    const key = printJava(name, budget)
    if (!known.includes(key)) custom[key] = fromJava(value, budget)
  }
  return custom
}

function fromJava(value: JavaValue, budget: Budget, depth = 0): ContextValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value
  // A value that contains itself ends here; no later template can have use for the rest.
  if (typeof value === 'bigint' || depth > 20) return printJava(value, budget)
  if (value.type === 'list') return value.items.map((item) => fromJava(item, budget, depth + 1))
  if (value.type !== 'map') return value.type === 'decimal' ? value.value : printJava(value, budget)
  const record: Record<string, ContextValue> = Object.create(null)
  for (const [name, member] of value.entries) record[printJava(name, budget)] = fromJava(member, budget, depth + 1)
  return record
}
