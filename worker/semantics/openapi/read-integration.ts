import type { IntegrationResponseDocument } from '../../../kv-schemas/documents/deployment.ts'
import { fieldOf, flagField, mapField, textField, textsField, warnUnknownFields, wholeField, wordField } from '../source/fields.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { DefinedIntegration } from './definition.ts'
import type { Reading } from './reading.ts'
import { follow } from './refs.ts'
import { readResilience } from './read-resilience.ts'
import { textMapField } from './text-map.ts'

const INTEGRATION_TYPES = ['HTTP', 'HTTP_PROXY', 'MOCK', 'AWS', 'AWS_PROXY'] as const
const CONTENT_HANDLINGS = ['CONVERT_TO_BINARY', 'CONVERT_TO_TEXT'] as const

/** The fields of an integration (aws-rest 16.2). */
const FIELDS = [
  'type',
  'httpMethod',
  'uri',
  'credentials',
  'connectionType',
  'connectionId',
  'integrationTarget',
  'requestParameters',
  'requestTemplates',
  'passthroughBehavior',
  'contentHandling',
  'timeoutInMillis',
  'responseTransferMode',
  'cacheNamespace',
  'cacheKeyParameters',
  'tlsConfig',
  'responses',
  'x-stagedoor-retry',
  'x-stagedoor-circuit-breaker',
]

/** Fields that only HTTP APIs read; REST APIs ignore them. */
const HTTP_API_FIELDS = ['payloadFormatVersion', 'integrationSubtype']

/** Reads an integration with Amazon's defaults (aws-rest 6.1). What the type demands of the other fields is checked when it is compiled. */
export function readIntegration(place: Place, reading: Reading): DefinedIntegration | null {
  const { report } = reading
  const at = follow(place, reading)
  if (at === null) return null
  warnUnknownFields(at, [...FIELDS, ...HTTP_API_FIELDS], report)
  const type = wordField(at, 'type', INTEGRATION_TYPES, report)
  if (type === null) {
    if (fieldOf(at, 'type') === null) report.error(at, `"type" is missing: one of ${INTEGRATION_TYPES.join(', ').toLowerCase()}`)
    return null
  }
  const tlsConfig = mapField(at, 'tlsConfig', report)
  return {
    at,
    document: {
      type,
      httpMethod: textField(at, 'httpMethod', report)?.toUpperCase() ?? null,
      uri: textField(at, 'uri', report),
      connectionType: wordField(at, 'connectionType', ['INTERNET', 'VPC_LINK'] as const, report) ?? 'INTERNET',
      connectionId: textField(at, 'connectionId', report),
      credentials: textField(at, 'credentials', report),
      requestParameters: textMapField(at, 'requestParameters', reading),
      requestTemplates: textMapField(at, 'requestTemplates', reading),
      passthroughBehavior: wordField(at, 'passthroughBehavior', ['WHEN_NO_MATCH', 'WHEN_NO_TEMPLATES', 'NEVER'] as const, report) ?? 'WHEN_NO_MATCH',
      contentHandling: wordField(at, 'contentHandling', CONTENT_HANDLINGS, report),
      timeoutInMillis: wholeField(at, 'timeoutInMillis', report) ?? 29_000,
      cacheNamespace: textField(at, 'cacheNamespace', report),
      cacheKeyParameters: textsField(at, 'cacheKeyParameters', report),
      responseTransferMode: wordField(at, 'responseTransferMode', ['BUFFERED', 'STREAM'] as const, report) ?? 'BUFFERED',
      tlsConfig: tlsConfig === null ? null : { insecureSkipVerification: flagField(tlsConfig, 'insecureSkipVerification', report) ?? false },
      integrationResponses: readIntegrationResponses(at, reading),
      ...readResilience(at, report),
    },
  }
}

function readIntegrationResponses(integration: Place, reading: Reading): IntegrationResponseDocument[] {
  const responses = mapField(integration, 'responses', reading.report)
  return (responses === null ? [] : childrenOf(responses)).map((at) => readIntegrationResponse(at, reading))
}

function readIntegrationResponse(at: Place, reading: Reading): IntegrationResponseDocument {
  const { report } = reading
  const pattern = String(at.key)
  warnUnknownFields(at, ['statusCode', 'responseParameters', 'responseTemplates', 'contentHandling'], report)
  const statusCode = textField(at, 'statusCode', report)
  if (statusCode === null) report.error(at, '"statusCode" is missing: the status that the client gets')
  else if (!/^[1-5][0-9][0-9]$/u.test(statusCode)) report.error(childOf(at, 'statusCode') ?? at, `${JSON.stringify(statusCode)} is no status code`)
  return {
    selectionPattern: pattern === 'default' || pattern === '' ? null : pattern,
    statusCode: statusCode ?? '200',
    responseParameters: textMapField(at, 'responseParameters', reading),
    responseTemplates: textMapField(at, 'responseTemplates', reading),
    contentHandling: wordField(at, 'contentHandling', CONTENT_HANDLINGS, report),
  }
}
