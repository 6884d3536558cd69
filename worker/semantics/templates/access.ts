import type { Budget } from './budget.ts'
import { ENTRY_METHODS, LIST_METHODS, MAP_METHODS, putEntry, readItem, writeItem } from './collection-methods.ts'
import { isNumber, type JavaValue, readKey } from './java-values.ts'
import { BOOLEAN_METHODS, NUMBER_METHODS } from './scalar-methods.ts'
import { STRING_METHODS } from './string-methods.ts'

/**
 * Calls a method by name. Null, which prints as nothing, when the receiver has no such method: that is all that is ever
 * reached, so neither Java's `getClass` nor a JavaScript constructor exists here.
 */
export function callMethod(receiver: JavaValue, name: string, parameters: readonly JavaValue[], budget: Budget): JavaValue {
  if (typeof receiver === 'string') return STRING_METHODS.get(name)?.(receiver, parameters, budget) ?? null
  if (receiver === null) return null
  if (isNumber(receiver)) return NUMBER_METHODS.get(name)?.(receiver, parameters, budget) ?? null
  if (typeof receiver === 'boolean') return BOOLEAN_METHODS.get(name)?.(receiver, parameters, budget) ?? null
  switch (receiver.type) {
    case 'map':
      return MAP_METHODS.get(name)?.(receiver, parameters, budget) ?? null
    case 'list':
      return LIST_METHODS.get(name)?.(receiver, parameters, budget) ?? null
    case 'entry':
      return ENTRY_METHODS.get(name)?.(receiver, parameters, budget) ?? null
    case 'object':
      return receiver.call(name, parameters)
    case 'block':
      return STRING_METHODS.get(name)?.(receiver.render(), parameters, budget) ?? null
    default:
      return receiver satisfies never
  }
}

/** Reads `$receiver.name`: a key of a map, or what Java would find as `getName()` or `isName()`. */
export function readProperty(receiver: JavaValue, name: string): JavaValue {
  if (typeof receiver === 'string') return name === 'empty' ? receiver === '' : null
  if (typeof receiver !== 'object' || receiver === null) return null
  switch (receiver.type) {
    case 'map':
      return readKey(receiver, name) ?? null
    case 'list':
      return name === 'empty' ? receiver.items.length === 0 : null
    case 'entry':
      return readEntry(receiver.key, receiver.value, name)
    case 'object':
      return receiver.property(name)
    case 'decimal':
    case 'block':
      return null
    default:
      return receiver satisfies never
  }
}

function readEntry(key: JavaValue, value: JavaValue, name: string): JavaValue {
  if (name === 'key') return key
  return name === 'value' ? value : null
}

/** Reads `$receiver[index]`: a key of a map, or an item of a list, from the end when the index is negative. */
export function readIndex(receiver: JavaValue, index: JavaValue, budget: Budget): JavaValue {
  if (typeof receiver !== 'object' || receiver === null) return null
  if (receiver.type === 'map') return readKey(receiver, index) ?? null
  if (receiver.type === 'object') return typeof index === 'string' ? receiver.property(index) : null
  if (receiver.type !== 'list' || typeof index !== 'number') return null
  return readItem(receiver, index < 0 ? index + receiver.items.length : index, budget)
}

/** Writes `$receiver[key] = value` or `$receiver.key = value`; what cannot be written to is left alone, as in Velocity. */
export function writeKey(receiver: JavaValue, key: JavaValue, value: JavaValue, budget: Budget): void {
  if (typeof receiver !== 'object' || receiver === null) return
  if (receiver.type === 'map') putEntry(receiver, key, value, budget)
  else if (receiver.type === 'list' && typeof key === 'number') {
    writeItem(receiver, key < 0 ? key + receiver.items.length : key, value, budget)
  }
}
