/**
 * The values a template works with, as Java would hold them: text, booleans and integers are JavaScript's own (an integer
 * is a bigint once a number would not be exact), everything else carries its type. Keys of maps live in a `Map`, so
 * that `__proto__` is a key like any other and no prototype is ever reached.
 */
export type JavaValue =
  | null
  | string
  | boolean
  | number
  | bigint
  | JavaDecimal
  | JavaList
  | JavaMap
  | JavaEntry
  | JavaObject
  | JavaBlock

/** A Double, or, with `exact`, a BigDecimal that prints as it was written. */
export type JavaDecimal = { readonly type: 'decimal'; readonly value: number; readonly exact: string | null }

/** A list; one that came out of JSON prints as JSON, any other as Java prints lists. */
export type JavaList = { readonly type: 'list'; readonly items: JavaValue[]; readonly printsAs: 'json' | 'java' }

/** What a map is for, where that changes what it does. */
export type MapRules = {
  /** Prints as nothing: the maps inside `$context`. */
  readonly isSilent?: boolean
  /** Finds a key in any case when no key has that very case: header names. */
  readonly foldsCase?: boolean
  /** A key may be put once: overridden parameters. */
  readonly writesOnce?: boolean
}

/** A map in the order of its keys. */
export type JavaMap = {
  readonly type: 'map'
  readonly entries: Map<JavaValue, JavaValue>
  readonly rules: MapRules
  /** The keys put so far, where the rules count them. */
  readonly written: Set<JavaValue> | null
}

/** One entry of a map. */
export type JavaEntry = { readonly type: 'entry'; readonly key: JavaValue; readonly value: JavaValue }

/** An object of the gateway, such as `$input`: it answers what it knows, and null to everything else. */
export type JavaObject = {
  readonly type: 'object'
  readonly property: (name: string) => JavaValue
  readonly call: (name: string, parameters: readonly JavaValue[]) => JavaValue
}

/** What `#define` makes: text that is rendered anew wherever it is printed. */
export type JavaBlock = { readonly type: 'block'; readonly render: () => string }

const PLAIN: MapRules = {}

/** A map with the given entries. */
export function toMap(entries: Iterable<readonly [JavaValue, JavaValue]>, rules: MapRules = PLAIN): JavaMap {
  return { type: 'map', entries: new Map(entries), rules, written: rules.writesOnce === true ? new Set() : null }
}

/** A list that prints as Java prints lists, such as one written in the template. */
export function toList(items: JavaValue[]): JavaList {
  return { type: 'list', items, printsAs: 'java' }
}

/** A list that prints as JSON, such as one out of a body. */
export function toJsonList(items: JavaValue[]): JavaList {
  return { type: 'list', items, printsAs: 'json' }
}

/** A Double. */
export function toDecimal(value: number): JavaDecimal {
  return { type: 'decimal', value, exact: null }
}

/** An integer of any size in its cheapest exact form. */
export function toWhole(value: bigint): number | bigint {
  const narrow = Number(value)
  return Number.isSafeInteger(narrow) ? narrow : value
}

/** The value of a key, or undefined when the map has no such key. */
export function readKey(map: JavaMap, key: JavaValue): JavaValue | undefined {
  const found = map.entries.get(key)
  if (found !== undefined || map.rules.foldsCase !== true || typeof key !== 'string') return found
  const folded = key.toLowerCase()
  for (const [name, value] of map.entries) if (typeof name === 'string' && name.toLowerCase() === folded) return value
  return undefined
}

/** Whether a value is one of Java's numbers. */
export function isNumber(value: JavaValue): value is number | bigint | JavaDecimal {
  if (typeof value === 'number' || typeof value === 'bigint') return true
  return typeof value === 'object' && value !== null && value.type === 'decimal'
}

/** An integer from its digits: a number while that is exact, else a bigint. */
export function parseWhole(digits: string): number | bigint {
  const value = Number(digits)
  return Number.isSafeInteger(value) ? value + 0 : BigInt(digits)
}
