import { fieldOf } from '../source/fields.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import { toValue, type JsonValue } from '../source/source-node.ts'
import type { Reading } from '../openapi/reading.ts'
import { exampleOf, resolveQuietly } from './example-of.ts'

/** What an operation answers by its own document. */
export interface Answer {
  readonly statusCode: string
  readonly contentType: string
  /** Null when the answer has no body. */
  readonly body: string | null
}

/** Chooses the answer that a document shows for an operation: its first success, with its first example, or one made from its schema. */
export function answerOf(operation: Place, reading: Reading): Answer {
  const responses = fieldOf(operation, 'responses')
  const chosen = responses === null ? null : chooseResponse(responses)
  if (chosen === null) return { statusCode: '200', contentType: 'application/json', body: null }
  const response = resolveQuietly(chosen.place, reading)
  const content = response === null ? null : contentOf(response, operation, reading)
  return { statusCode: chosen.statusCode, contentType: content?.contentType ?? 'application/json', body: content?.body ?? null }
}

function chooseResponse(responses: Place): { readonly place: Place; readonly statusCode: string } | null {
  const all = childrenOf(responses).filter((response) => /^(?:[1-5][0-9][0-9]|[1-5]XX|default)$/iu.test(String(response.key)))
  const place = all.find((response) => String(response.key).startsWith('2')) ?? all.find((response) => response.key === 'default') ?? all[0]
  if (place === undefined) return null
  const key = String(place.key)
  return { place, statusCode: key === 'default' ? '200' : key.replace(/XX$/iu, '00') }
}

function contentOf(response: Place, operation: Place, reading: Reading): { readonly contentType: string; readonly body: string } | null {
  return reading.dialect === 'swagger-2.0' ? swaggerContent(response, operation, reading) : mediaContent(response, reading)
}

function mediaContent(response: Place, reading: Reading): { readonly contentType: string; readonly body: string } | null {
  const content = fieldOf(response, 'content')
  const medias = content === null ? [] : childrenOf(content)
  const media = medias.find((candidate) => isJson(String(candidate.key))) ?? medias[0]
  if (media === undefined) return null
  const contentType = concreteType(String(media.key))
  const value = mediaExample(media, reading)
  return value === null ? null : { contentType, body: toBody(value, contentType) }
}

function mediaExample(media: Place, reading: Reading): JsonValue | null {
  const own = childOf(media, 'example')
  if (own !== null) return toValue(own.node)
  const named = fieldOf(media, 'examples')
  const first = named === null ? undefined : childrenOf(named)[0]
  const example = first === undefined ? null : resolveQuietly(first, reading)
  const value = example === null ? null : childOf(example, 'value')
  if (value !== null) return toValue(value.node)
  const schema = fieldOf(media, 'schema')
  return schema === null ? null : exampleOf(schema, reading)
}

function swaggerContent(response: Place, operation: Place, reading: Reading): { readonly contentType: string; readonly body: string } | null {
  const examples = fieldOf(response, 'examples')
  const all = examples === null ? [] : childrenOf(examples)
  const example = all.find((candidate) => isJson(String(candidate.key))) ?? all[0]
  if (example !== undefined) return { contentType: String(example.key), body: toBody(toValue(example.node), String(example.key)) }
  const schema = fieldOf(response, 'schema')
  if (schema === null) return null
  const produced = childrenOf(fieldOf(operation, 'produces') ?? fieldOf(reading.root, 'produces') ?? schema).flatMap((type) => (type.node.kind === 'scalar' && typeof type.key === 'number' ? String(type.node.value) : []))
  const contentType = produced.find(isJson) ?? produced[0] ?? 'application/json'
  return { contentType, body: toBody(exampleOf(schema, reading), contentType) }
}

function isJson(contentType: string): boolean {
  return /^[^;]*[/+]json\b/iu.test(contentType)
}

/** A document may say that any type is answered. */
function concreteType(contentType: string): string {
  return contentType.includes('*') ? 'application/json' : contentType
}

function toBody(value: JsonValue, contentType: string): string {
  return typeof value === 'string' && !isJson(contentType) ? value : JSON.stringify(value, null, 2)
}
