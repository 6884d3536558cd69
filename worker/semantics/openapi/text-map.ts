import { describeNode, mapField } from '../source/fields.ts'
import { childrenOf, type Place } from '../source/place.ts'
import type { Reading } from './reading.ts'

/**
 * An object of texts; an entry that is none is skipped with Amazon's warning (aws-rest 16.1). Numbers count as texts: YAML makes them of what people leave unquoted.
 */
export function textMapField(place: Place, key: string, { report }: Reading): Record<string, string> {
  const map = mapField(place, key, report)
  const texts: [string, string][] = []
  for (const child of map === null ? [] : childrenOf(map)) {
    const value = child.node.kind === 'scalar' ? child.node.value : undefined
    if (typeof value === 'string' || typeof value === 'number') texts.push([String(child.key), String(value)])
    else report.warning(child, `Invalid format for '${key}'. Expected type string for property '${String(child.key)}' but got '${describeNode(child)}'; it is skipped`)
  }
  return Object.fromEntries(texts)
}
