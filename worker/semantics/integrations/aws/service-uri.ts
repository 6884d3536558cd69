/** An integration's URI that names an AWS service: `arn:aws:apigateway:{region}:{subdomain.service|service}:{path|action}/{service_api}` (aws-rest 6.3). */
export interface ServiceUri {
  readonly region: string
  readonly subdomain: string | null
  readonly serviceName: string
  readonly kind: 'path' | 'action'
  /** What stands behind `path/` or `action/`. */
  readonly api: string
}

const SERVICE_URI = /^arn:aws[a-z-]*:apigateway:([a-z0-9-]+):(?:([^:]+)\.)?([a-z0-9-]+):(path|action)\/(.*)$/su

/** Takes the URI of an AWS or AWS_PROXY integration apart; null when it is none. */
export function parseServiceUri(uri: string): ServiceUri | null {
  const found = SERVICE_URI.exec(uri)
  if (found === null) return null
  const [, region = '', subdomain, serviceName = '', kind, api = ''] = found
  return { region, subdomain: subdomain ?? null, serviceName, kind: kind === 'path' ? 'path' : 'action', api }
}

/** The function that a Lambda URI calls, and by which of the two APIs. */
export interface FunctionUri {
  readonly functionArn: string
  readonly isStreaming: boolean
}

const FUNCTION_PATH = /^(?:2015-03-31\/functions\/(.+)\/(invocations)|2021-11-15\/functions\/(.+)\/response-streaming-invocations)$/u

/** The function that a URI calls; null when it calls another service, or Lambda in another way. */
export function toFunctionUri(uri: ServiceUri): FunctionUri | null {
  if (uri.serviceName !== 'lambda' || uri.kind !== 'path') return null
  const found = FUNCTION_PATH.exec(uri.api)
  if (found === null) return null
  const isStreaming = found[2] === undefined
  return { functionArn: found[isStreaming ? 3 : 1] ?? '', isStreaming }
}
