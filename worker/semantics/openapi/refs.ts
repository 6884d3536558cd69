import { didYouMean } from '../source/nearest-word.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Reading } from './reading.ts'

/** The address of the models of a REST API, as Amazon's models refer to each other (aws-rest 4.4). */
const AMAZON_MODEL = /^https?:\/\/apigateway\.amazonaws\.com\/restapis\/[^/]+\/models\/([^/]+)$/u

/** A `$ref` of a place as text; null when the place is itself. */
export function refOf(place: Place): string | null {
  if (place.node.kind !== 'map') return null
  const ref = place.node.entries.get('$ref')?.value
  return ref?.kind === 'scalar' && typeof ref.value === 'string' ? ref.value : null
}

/** Follows the `$ref`s of a place to what they stand for; reports what leads nowhere, outside, or in a circle, and gives null. */
export function follow(place: Place, reading: Reading): Place | null {
  const seen = new Set<SourceNode>()
  let reached = place
  for (let ref = refOf(reached); ref !== null; ref = refOf(reached)) {
    if (seen.has(reached.node)) {
      reading.report.error(place, `the $ref ${JSON.stringify(refOf(place))} leads in a circle`)
      return null
    }
    seen.add(reached.node)
    const target = findTarget(ref, reached, reading)
    if (target === null) return null
    reached = target
  }
  return reached
}

/** Finds what one `$ref` points at; reports and gives null when that is nothing. */
export function findTarget(ref: string, place: Place, reading: Reading): Place | null {
  const at = childOf(place, '$ref') ?? place
  const found = locate(ref, reading)
  if (found.kind === 'found') return found.place
  reading.report.error(at, found.message)
  return null
}

/** What a `$ref` leads to, without a word to the report. */
export type Located = { readonly kind: 'found'; readonly place: Place } | { readonly kind: 'lost'; readonly message: string }

/** Looks a `$ref` up. */
export function locate(ref: string, reading: Reading): Located {
  const model = AMAZON_MODEL.exec(ref)?.[1]
  const pointer = model === undefined ? ref : `#${schemasPointer(reading)}/${model}`
  if (!pointer.startsWith('#')) return lost(outsideMessage(pointer, reading))
  const keys = pointer.slice(1).split('/').slice(1).map(unescapePointer)
  let reached: Place = reading.root
  for (const key of keys) {
    const child = childOf(reached, reached.node.kind === 'list' ? Number(key) : key)
    if (child === null) return lost(`the $ref ${JSON.stringify(ref)} leads to nothing${didYouMean(key, childrenOf(reached).map((sibling) => String(sibling.key)))}`)
    reached = child
  }
  return { kind: 'found', place: reached }
}

/** Where the dialect keeps its schemas, as a JSON pointer. */
function schemasPointer(reading: Reading): string {
  return reading.dialect === 'swagger-2.0' ? '/definitions' : '/components/schemas'
}

function lost(message: string): Located {
  return { kind: 'lost', message }
}

function outsideMessage(ref: string, reading: Reading): string {
  const local = `#${schemasPointer(reading)}/${ref}`
  if (/^[A-Za-z0-9_]+$/u.test(ref)) return `the $ref ${JSON.stringify(ref)} is no place in this document; did you mean ${JSON.stringify(local)}?`
  return `the $ref ${JSON.stringify(ref)} leads out of this document: a definition is one file; bundle it first`
}

function unescapePointer(part: string): string {
  return decode(part).replaceAll('~1', '/').replaceAll('~0', '~')
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    // Not percent-encoded after all: some tools write names with % as they are.
    return part
  }
}

/** The name behind a `$ref` to a schema of the components; null for any other. */
export function modelNameOf(ref: string, reading: Reading): string | null {
  const model = AMAZON_MODEL.exec(ref)?.[1]
  if (model !== undefined) return model
  const prefix = `#${schemasPointer(reading)}/`
  if (!ref.startsWith(prefix)) return null
  const name = ref.slice(prefix.length)
  return name.includes('/') ? null : unescapePointer(name)
}
