import { fieldOf, flagField, textField } from '../source/fields.ts'
import { childrenOf, type Place } from '../source/place.ts'
import type { OperationPlace } from './read-operation.ts'
import type { Reading } from './reading.ts'
import { follow } from './refs.ts'

/** What an operation's parameters say. */
export interface Parameters {
  /** `method.request.{path|querystring|header}.NAME`: whether it is required (aws-rest 4.1). */
  readonly requestParameters: Record<string, boolean>
  /** Swagger 2's body parameter; null when there is none. */
  readonly body: Place | null
}

const LOCATIONS: Readonly<Record<string, string>> = { path: 'path', query: 'querystring', header: 'header' }

/** Reads the parameters of an operation and of its path; the operation's own win. Of a parameter, REST APIs keep the name, the place and whether it is required. */
export function readParameters(operation: Place, context: OperationPlace): Parameters {
  const { reading, shared } = context
  const requestParameters: Record<string, boolean> = {}
  let body: Place | null = null
  for (const place of [...listOf(shared, reading), ...listOf(fieldOf(operation, 'parameters'), reading)]) {
    const parameter = follow(place, reading)
    if (parameter === null) continue
    const location = textField(parameter, 'in', reading.report)
    if (location === 'body') body = parameter
    const name = textField(parameter, 'name', reading.report)
    const target = location === null ? undefined : LOCATIONS[location]
    if (location === null || name === null) reading.report.error(parameter, 'a parameter needs "name" and "in"')
    else if (target !== undefined) requestParameters[`method.request.${target}.${name}`] = flagField(parameter, 'required', reading.report) ?? target === 'path'
    else if (!OTHER_LOCATIONS.has(location)) reading.report.error(parameter, `${JSON.stringify(location)} is no place of a parameter: use path, query, header, cookie${reading.dialect === 'swagger-2.0' ? ', body or formData' : ''}`)
  }
  return { requestParameters, body }
}

/** Places that REST APIs know nothing of: such a parameter documents itself and is passed on. */
const OTHER_LOCATIONS = new Set(['body', 'formData', 'cookie'])

function listOf(place: Place | null, reading: Reading): readonly Place[] {
  if (place === null) return []
  if (place.node.kind === 'list') return childrenOf(place)
  reading.report.error(place, '"parameters" must be a list')
  return []
}
