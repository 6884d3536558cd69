import type { MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { fieldOf, mapField } from '../source/fields.ts'
import { childrenOf, type Place } from '../source/place.ts'
import type { Reading } from './reading.ts'
import { follow, modelNameOf, refOf } from './refs.ts'

type MethodResponses = MethodDocument['methodResponses']

/** Reads the responses of an operation. REST APIs have no `default` and no `2XX`: those document themselves and are left out. */
export function readMethodResponses(operation: Place, reading: Reading): MethodResponses {
  const responses = mapField(operation, 'responses', reading.report)
  const read: MethodResponses = {}
  for (const place of responses === null ? [] : childrenOf(responses)) {
    const status = String(place.key)
    if (!/^[1-5][0-9][0-9]$/u.test(status)) continue
    const response = follow(place, reading)
    if (response !== null) read[status] = { responseParameters: readHeaders(response, reading), responseModels: readModels(response, operation, reading) }
  }
  return read
}

function readHeaders(response: Place, reading: Reading): Record<string, boolean> {
  const headers = mapField(response, 'headers', reading.report)
  if (headers === null) return {}
  return Object.fromEntries(childrenOf(headers).map((header) => [`method.response.header.${String(header.key)}`, false]))
}

/** Names of the components' schemas only; a schema written in place has no name. */
function readModels(response: Place, operation: Place, reading: Reading): Record<string, string> {
  if (reading.dialect === 'swagger-2.0') {
    const name = nameOf(fieldOf(response, 'schema'), reading)
    return name === null ? {} : Object.fromEntries(producedTypes(operation, reading).map((type) => [type, name]))
  }
  const content = mapField(response, 'content', reading.report)
  return Object.fromEntries(
    (content === null ? [] : childrenOf(content)).flatMap((media) => {
      const name = nameOf(fieldOf(media, 'schema'), reading)
      return name === null ? [] : [[String(media.key), name]]
    }),
  )
}

function nameOf(schema: Place | null, reading: Reading): string | null {
  const ref = schema === null ? null : refOf(schema)
  return ref === null ? null : modelNameOf(ref, reading)
}

function producedTypes(operation: Place, reading: Reading): string[] {
  const produces = fieldOf(operation, 'produces') ?? fieldOf(reading.root, 'produces')
  const types = produces === null ? [] : childrenOf(produces).map((type) => (type.node.kind === 'scalar' ? String(type.node.value) : ''))
  return types.length === 0 ? ['application/json'] : types
}
