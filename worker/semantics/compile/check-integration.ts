import type { DefinedIntegration } from '../openapi/definition.ts'
import { childOf, descend, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'

/**
 * How long a backend may take, in milliseconds (aws-rest 6.1, 6.10). Amazon lets regional and private APIs go beyond 29 seconds by a quota, and streams last 15
 * minutes.
 *
 * Differs from Amazon: any API may go up to 15 minutes.
 */
const LIMITS = { timeoutMsMin: 50, timeoutMsAmazonMax: 29_000, timeoutMsMax: 900_000 } as const

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY']

/** `arn:aws:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}` (aws-rest 6.3). */
const AWS_ARN = /^arn:[^:]*:apigateway:[^:]*:[^:]+:(.*)$/u

/** Checks an integration as PutIntegration does, in Amazon's words (aws-rest 6.1). */
export function checkIntegration({ at, document }: DefinedIntegration, report: Report): void {
  const { type, httpMethod, timeoutInMillis } = document
  const subtype = childOf(at, 'integrationSubtype')
  if (subtype !== null) return report.error(subtype, 'integrationSubtype belongs to HTTP APIs; a REST API names the service and its action in "uri", with type aws')
  if (type !== 'MOCK' && httpMethod === null) report.error(at, 'Enumeration value for HttpMethod must be non-empty ("httpMethod" of the integration is missing)')
  if (httpMethod !== null && !METHODS.includes(httpMethod)) report.error(descend(at, 'httpMethod'), `Invalid HttpMethod specified. Valid options are ${METHODS.join(',')}`)
  checkTimeout(timeoutInMillis, descend(at, 'timeoutInMillis'), report)
  checkUri({ at, document }, report)
  checkConnection({ at, document }, report)
  checkTls({ at, document }, report)
  checkResilience({ at, document }, report)
  checkStreaming({ at, document }, report)
  if (document.responseTransferMode === 'STREAM' && type !== 'HTTP_PROXY' && type !== 'AWS_PROXY') {
    report.error(descend(at, 'responseTransferMode'), 'only integrations of type HTTP_PROXY and AWS_PROXY can stream their responses')
  }
}

/** A Worker's fetch always checks certificates in full; a flag that can't be kept is refused rather than ignored. */
function checkTls({ at, document }: DefinedIntegration, report: Report): void {
  if (document.tlsConfig?.insecureSkipVerification !== true) return
  report.error(descend(descend(at, 'tlsConfig'), 'insecureSkipVerification'), 'a Worker always verifies certificates: give the backend a certificate of a public authority, or reach it through a VPC link')
}

/** Rules for failures belong to HTTP backends; Lambda and the services of AWS have retries of their own. */
function checkResilience({ at, document }: DefinedIntegration, report: Report): void {
  if (document.type === 'HTTP' || document.type === 'HTTP_PROXY') return
  if (document.retry !== undefined) report.error(descend(at, 'x-stagedoor-retry'), 'only integrations of type HTTP and HTTP_PROXY can be tried again')
  if (document.circuitBreaker !== undefined) report.error(descend(at, 'x-stagedoor-circuit-breaker'), 'only integrations of type HTTP and HTTP_PROXY have a circuit breaker')
}

/** A function streams by an API of its own (aws-rest 6.10). */
function checkStreaming({ at, document }: DefinedIntegration, report: Report): void {
  if (document.responseTransferMode !== 'STREAM' || document.type !== 'AWS_PROXY' || document.uri === null) return
  if (!document.uri.endsWith('/response-streaming-invocations')) report.error(descend(at, 'uri'), 'responseTransferMode STREAM needs the URI .../2021-11-15/functions/{arn}/response-streaming-invocations')
}

function checkTimeout(timeoutMs: number, at: Place, report: Report): void {
  if (timeoutMs < LIMITS.timeoutMsMin || timeoutMs > LIMITS.timeoutMsMax) {
    report.error(at, `Timeout should be between ${LIMITS.timeoutMsMin} ms and ${LIMITS.timeoutMsAmazonMax} ms (here up to ${LIMITS.timeoutMsMax} ms)`)
  }
}

function checkUri(integration: DefinedIntegration, report: Report): void {
  const { type, uri } = integration.document
  const at = descend(integration.at, 'uri')
  // One that is there but no text was reported when it was read.
  if (uri === null && childOf(integration.at, 'uri') !== null) return
  switch (type) {
    case 'MOCK':
      return
    case 'HTTP':
    case 'HTTP_PROXY':
      if (uri === null || !isHttpEndpoint(uri)) report.error(at, `Invalid HTTP endpoint specified for URI${uri === null ? ' ("uri" is missing)' : ''}`)
      return
    case 'AWS':
    case 'AWS_PROXY':
      return checkArn(uri, type, at, report)
    default:
      return type satisfies never
  }
}

/** `http` or `https`, a host, and a port that Amazon calls (aws-rest 6.5). Stage variables and path parameters may stand anywhere but in the scheme. */
function isHttpEndpoint(uri: string): boolean {
  const filled = uri.replace(/\$\{stageVariables\.[A-Za-z0-9_]+\}/gu, 'variable').replace(/\{[^{}]*\}/gu, 'parameter')
  return /^https?:\/\/[^/?#\s]+([/?#]\S*)?$/iu.test(filled.trim())
}

function checkArn(uri: string | null, type: 'AWS' | 'AWS_PROXY', at: Place, report: Report): void {
  if (uri === null) return report.error(at, 'Invalid ARN specified in the request ("uri" is missing)')
  const rest = AWS_ARN.exec(uri)?.[1]
  if (rest === undefined) return report.error(at, 'Invalid ARN specified in the request')
  if (!/^(?:path|action)\//u.test(rest)) return report.error(at, 'AWS ARN for integration must contain path or action')
  const isFunction = /:lambda:path\/20[0-9]{2}-[0-9]{2}-[0-9]{2}\/functions\/.+\/(?:response-streaming-)?invocations$/u.test(uri)
  const isFirehose = /:firehose:action\/PutRecord(?:Batch)?$/u.test(uri)
  if (type === 'AWS_PROXY' && !isFunction && !isFirehose) {
    report.error(at, "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.")
  }
}

function checkConnection({ at, document }: DefinedIntegration, report: Report): void {
  if (document.connectionType !== 'VPC_LINK') return
  const place = descend(at, 'connectionType')
  if (document.connectionId === null) report.error(place, 'Invalid Vpc Link identifier specified ("connectionId" is missing)')
  if (document.type !== 'HTTP' && document.type !== 'HTTP_PROXY') report.error(place, 'only integrations of type HTTP and HTTP_PROXY go through a VPC link')
}
