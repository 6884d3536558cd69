import { fieldOf, mapField, textsField } from '../source/fields.ts'
import { childrenOf, type Place } from '../source/place.ts'
import type { OperationPlace } from './read-operation.ts'
import { follow } from './refs.ts'

/** Reads what an operation takes as body: a model's name for each content type (aws-rest 4.1). */
export function readRequestModels(operation: Place, body: Place | null, context: OperationPlace): Record<string, string> {
  return context.reading.dialect === 'swagger-2.0' ? readSwaggerBody(operation, body, context) : readRequestBody(operation, context)
}

function readSwaggerBody(operation: Place, body: Place | null, context: OperationPlace): Record<string, string> {
  const schema = body === null ? null : fieldOf(body, 'schema')
  if (schema === null) return {}
  const { root, report } = context.reading
  const own = textsField(operation, 'consumes', report)
  const types = own.length > 0 ? own : textsField(root, 'consumes', report)
  return nameEach(types.length > 0 ? types : ['application/json'], schema, context)
}

function readRequestBody(operation: Place, context: OperationPlace): Record<string, string> {
  const { reading, models } = context
  const place = fieldOf(operation, 'requestBody')
  const body = place === null ? null : follow(place, reading)
  const content = body === null ? null : mapField(body, 'content', reading.report)
  const named: [string, string][] = []
  for (const media of content === null ? [] : childrenOf(content)) {
    const schema = fieldOf(media, 'schema')
    const contentType = String(media.key)
    if (schema !== null) named.push([contentType, models.nameOf(schema, `${context.httpMethod} ${context.path} ${contentType}`)])
  }
  return Object.fromEntries(named)
}

function nameEach(types: readonly string[], schema: Place, { models, httpMethod, path }: OperationPlace): Record<string, string> {
  const name = models.nameOf(schema, `${httpMethod} ${path}`)
  return Object.fromEntries(types.map((type) => [type, name]))
}
