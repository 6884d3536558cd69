import { type Budget, fail, spend } from './budget.ts'
import { isSame } from './compare.ts'
import { printJava } from './java-printing.ts'
import { type JavaEntry, type JavaList, type JavaMap, type JavaValue, readKey, toList } from './java-values.ts'
import type { JavaMethod, JavaMethods } from './methods.ts'

/** The methods of `java.util.List`, and of the collections and arrays that stand in for it. */
export const LIST_METHODS: JavaMethods<JavaList> = new Map<string, JavaMethod<JavaList>>([
  ['size', (list) => list.items.length],
  ['isEmpty', (list) => list.items.length === 0],
  ['get', (list, [index], budget) => (typeof index === 'number' ? readItem(list, index, budget) : null)],
  ['contains', (list, [item], budget) => findItem(list, item, budget) >= 0],
  ['indexOf', (list, [item], budget) => findItem(list, item, budget)],
  ['containsAll', (list, [other], budget) => isList(other) && other.items.every((item) => findItem(list, item, budget) >= 0)],
  ['add', add],
  ['addAll', (list, [other], budget) => (isList(other) ? addAll(list, other, budget) : null)],
  ['set', set],
  ['remove', remove],
  ['clear', (list) => clear(list)],
  ['subList', subList],
  ['toString', (list, _, budget) => printJava(list, budget)],
  ['toArray', (list) => toList([...list.items])],
  ['equals', (list, [other], budget) => isSame(list, other ?? null, budget)],
])

/** The methods of `java.util.Map`. */
export const MAP_METHODS: JavaMethods<JavaMap> = new Map<string, JavaMethod<JavaMap>>([
  ['size', (map) => map.entries.size],
  ['isEmpty', (map) => map.entries.size === 0],
  ['get', (map, [key = null]) => readKey(map, key) ?? null],
  ['getOrDefault', (map, [key = null, other = null]) => readKey(map, key) ?? other],
  ['put', (map, [key = null, value = null], budget) => putEntry(map, key, value, budget)],
  ['putIfAbsent', (map, [key = null, value = null], budget) => readKey(map, key) ?? putEntry(map, key, value, budget)],
  ['putAll', putAll],
  ['remove', (map, [key = null]) => removeKey(map, key)],
  ['clear', (map) => (map.entries.clear(), null)],
  ['containsKey', (map, [key = null]) => readKey(map, key) !== undefined],
  ['containsValue', (map, [value = null], budget) => Array.from(map.entries.values()).some((held) => isSame(held, value, budget))],
  ['keySet', (map, _, budget) => listOf(map.entries.keys(), map, budget)],
  ['values', (map, _, budget) => listOf(map.entries.values(), map, budget)],
  ['entrySet', (map, _, budget) => listOf(Array.from(map.entries, ([key, value]) => toEntry(key, value)), map, budget)],
  ['toString', (map, _, budget) => printJava(map, budget)],
  ['equals', (map, [other], budget) => isSame(map, other ?? null, budget)],
])

/** The methods of `java.util.Map.Entry`. */
export const ENTRY_METHODS: JavaMethods<JavaEntry> = new Map<string, JavaMethod<JavaEntry>>([
  ['getKey', (entry) => entry.key],
  ['getValue', (entry) => entry.value],
  ['toString', (entry, _, budget) => printJava(entry, budget)],
])

/** One entry of a map as a value of its own. */
function toEntry(key: JavaValue, value: JavaValue): JavaEntry {
  return { type: 'entry', key, value }
}

/** The item at an index, which counts from the end when negative; Java's exception when there is none. */
export function readItem(list: JavaList, index: number, budget: Budget): JavaValue {
  return list.items[checkIndex(list, index, budget)] ?? null
}

/** Replaces the item at an index. */
export function writeItem(list: JavaList, index: number, item: JavaValue, budget: Budget): JavaValue {
  const at = checkIndex(list, index, budget)
  const before = list.items[at] ?? null
  list.items[at] = item
  return before
}

function checkIndex(list: JavaList, index: number, budget: Budget): number {
  if (index >= 0 && index < list.items.length) return index
  return fail(budget, `Index ${index} out of bounds for length ${list.items.length}.`)
}

/** Puts an entry into a map; gives back what the key had before. */
export function putEntry(map: JavaMap, key: JavaValue, value: JavaValue, budget: Budget): JavaValue {
  spend(budget, 1)
  if (map.written !== null) {
    if (map.written.has(key)) fail(budget, `${printJava(key, budget)} is overridden twice; Amazon allows it once.`)
    map.written.add(key)
  }
  const before = map.entries.get(key) ?? null
  map.entries.set(key, value)
  return before
}

function isList(value: JavaValue | undefined): value is JavaList {
  return typeof value === 'object' && value !== null && value.type === 'list'
}

function findItem(list: JavaList, item: JavaValue | undefined, budget: Budget): number {
  spend(budget, list.items.length >> 4)
  return list.items.findIndex((held) => isSame(held, item ?? null, budget))
}

function add(list: JavaList, parameters: readonly JavaValue[], budget: Budget): JavaValue {
  spend(budget, 1)
  const [first = null, second] = parameters
  if (second === undefined) {
    list.items.push(first)
    return true
  }
  if (typeof first !== 'number') return null
  if (first !== list.items.length) checkIndex(list, first, budget)
  list.items.splice(first, 0, second)
  return null
}

function addAll(list: JavaList, other: JavaList, budget: Budget): JavaValue {
  spend(budget, other.items.length)
  for (const item of Array.from(other.items)) list.items.push(item)
  return other.items.length > 0
}

function set(list: JavaList, [index, item = null]: readonly JavaValue[], budget: Budget): JavaValue {
  return typeof index === 'number' ? writeItem(list, index, item, budget) : null
}

/** Java's two: an integer removes by index, anything else the first equal item. */
function remove(list: JavaList, [which = null]: readonly JavaValue[], budget: Budget): JavaValue {
  if (typeof which === 'number') return list.items.splice(checkIndex(list, which, budget), 1)[0] ?? null
  const at = findItem(list, which, budget)
  if (at >= 0) list.items.splice(at, 1)
  return at >= 0
}

function clear(list: JavaList): JavaValue {
  list.items.length = 0
  return null
}

function subList(list: JavaList, [from, to]: readonly JavaValue[], budget: Budget): JavaValue {
  if (typeof from !== 'number' || typeof to !== 'number') return null
  if (from < 0 || to > list.items.length || from > to) fail(budget, `Range ${from} to ${to} out of bounds for length ${list.items.length}.`)
  spend(budget, to - from)
  return toList(list.items.slice(from, to))
}

function putAll(map: JavaMap, [other = null]: readonly JavaValue[], budget: Budget): JavaValue {
  if (typeof other !== 'object' || other === null || other.type !== 'map') return null
  for (const [key, value] of Array.from(other.entries)) putEntry(map, key, value, budget)
  return null
}

function removeKey(map: JavaMap, key: JavaValue): JavaValue {
  const before = map.entries.get(key) ?? null
  map.entries.delete(key)
  return before
}

function listOf(values: Iterable<JavaValue>, map: JavaMap, budget: Budget): JavaList {
  spend(budget, map.entries.size >> 3)
  return toList(Array.from(values))
}
