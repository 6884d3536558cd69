import type { Reading } from '../openapi/reading.ts'
import { resolveQuietly } from './example-of.ts'
import { fieldOf } from '../source/fields.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import { toNode, withEntry, type MapNode, type SourceNode } from '../source/source-node.ts'
import { answerOf, type Answer } from './answer-of.ts'
import type { ImportContext } from './import-paths.ts'
import { importParameters } from './import-parameters.ts'
import { importSecurity } from './import-security.ts'
import { mockIntegration, proxyIntegration } from './integrations.ts'
import type { PlannedPath } from './plan-paths.ts'

/** Where an operation stands, and how its path is served. */
export interface OperationImport extends ImportContext {
  /** The key of the path item: a method in lower case, or the extension for any. */
  readonly httpMethod: string
  readonly planned: PlannedPath
  /** The parameters of the path item. */
  readonly shared: Place | null
}

/** A mapping template has at most 300 KB (aws-rest 17); some of it is for marking the text as text. */
const LIMITS = { bodyBytesMax: 300_000 } as const

const INTEGRATION = 'x-amazon-apigateway-integration'

/** Writes one operation: its parameters for the resource's path, and an integration unless it has one. */
export function importOperation(at: Place, context: OperationImport): SourceNode {
  if (at.node.kind !== 'map') return at.node
  const withParameters = withEntry(at.node, 'parameters', importParameters(at, context))
  const secured = context.isOrdinary ? withEntry(withParameters, 'security', importSecurity(at, context.authorizers, context.reading)) : withParameters
  return secured.entries.has(INTEGRATION) ? secured : withIntegration(secured, at, context)
}

function withIntegration(operation: MapNode, at: Place, { backend, httpMethod, planned, reading }: OperationImport): MapNode {
  switch (backend.kind) {
    case 'none':
      return operation
    case 'upstream':
      return withEntry(operation, INTEGRATION, toNode(proxyIntegration(backend.url, httpMethod, planned), at.keyStart))
    case 'mock': {
      const answer = withinBounds(answerOf(at, reading), at, reading)
      const answered = withEntry(operation, INTEGRATION, toNode(mockIntegration(answer, requestTypes(at, reading)), at.keyStart))
      return withEntry(answered, 'responses', withResponse(at, answer.statusCode, answer.contentType, reading))
    }
    default:
      return backend satisfies never
  }
}

/** A body that no template can hold is left out. */
function withinBounds(answer: Answer, at: Place, { report }: Reading): Answer {
  if (answer.body === null || new TextEncoder().encode(answer.body).length < LIMITS.bodyBytesMax) return answer
  report.warning(at, `the example is larger than ${LIMITS.bodyBytesMax} bytes, more than a template may be: the mock answers without a body`)
  return { ...answer, body: null }
}

function requestTypes(operation: Place, reading: Reading): string[] {
  const body = fieldOf(operation, 'requestBody')
  const resolved = body === null ? null : resolveQuietly(body, reading)
  const content = resolved === null ? null : fieldOf(resolved, 'content')
  const consumes = fieldOf(operation, 'consumes') ?? fieldOf(reading.root, 'consumes')
  const swagger = consumes === null ? [] : childrenOf(consumes).flatMap((type) => (type.node.kind === 'scalar' ? String(type.node.value) : []))
  return [...(content === null ? [] : childrenOf(content).map((media) => String(media.key))), ...swagger].filter((type) => !type.includes('*'))
}

/** The responses, among them the one that the mock gives, with the header that it sets (aws-rest 6.4: an answer must be declared). */
function withResponse(operation: Place, statusCode: string, contentType: string, reading: Reading): SourceNode {
  const responses = fieldOf(operation, 'responses')
  const start = responses?.node.start ?? operation.keyStart
  const all: MapNode = responses?.node.kind === 'map' ? responses.node : { kind: 'map', entries: new Map(), start }
  const declared = responses === null ? null : childOf(responses, statusCode)
  const response = declared === null ? null : resolveQuietly(declared, reading)
  const own: MapNode = response?.node.kind === 'map' ? response.node : { kind: 'map', entries: new Map([['description', { keyStart: start, value: toNode('An example', start) }]]), start }
  if (contentType === 'application/json') return declared === null ? withEntry(all, statusCode, own) : all
  const headers = own.entries.get('headers')?.value
  const header = toNode(reading.dialect === 'swagger-2.0' ? { type: 'string' } : { schema: { type: 'string' } }, start)
  const withHeader = withEntry(headers?.kind === 'map' ? headers : { kind: 'map', entries: new Map(), start }, 'Content-Type', header)
  return withEntry(all, statusCode, withEntry(own, 'headers', withHeader))
}

