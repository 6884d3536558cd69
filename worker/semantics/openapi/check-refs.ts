import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { Reading } from './reading.ts'
import { locate, refOf, type Located } from './refs.ts'

/** Below these keys stand values, not descriptions: a `$ref` there is a text like any other. */
const VALUES = new Set(['example', 'examples', 'default', 'enum', 'const', 'value'])

/** Below these, keys are names that people chose: a response may be called `default`, a schema or property `example`. */
const NAMED = new Set(['properties', 'patternProperties', 'schemas', 'definitions', '$defs', 'dependentSchemas', 'responses', 'parameters', 'requestBodies', 'headers', 'callbacks', 'pathItems', 'paths'])

/** Whether what stands at a place can hold no `$ref` that means anything. */
export function isValue(place: Place): boolean {
  const parentKey = place.parent?.key
  if (typeof place.key !== 'string' || (typeof parentKey === 'string' && NAMED.has(parentKey))) return false
  return VALUES.has(place.key) || place.key.startsWith('x-')
}

/** Reports every `$ref` of a document that leads nowhere or outside, used or not. */
export function checkRefs(reading: Reading): void {
  const known = new Map<string, Located>()
  walk(reading.root, known, reading)
}

function walk(place: Place, known: Map<string, Located>, reading: Reading): void {
  const ref = refOf(place)
  if (ref !== null) {
    const located = known.get(ref) ?? locate(ref, reading)
    known.set(ref, located)
    if (located.kind === 'lost') reading.report.error(childOf(place, '$ref') ?? place, located.message)
  }
  for (const child of childrenOf(place)) {
    if (child.node.kind !== 'scalar' && !isValue(child)) walk(child, known, reading)
  }
}
