import { mergeQuery } from '../query.ts'
import type { EndpointAddress } from './endpoint.ts'
import { toS3Target } from './s3-action.ts'
import { serviceOf, type AwsService } from './services.ts'
import type { ServiceUri } from './service-uri.ts'

/** A request to an AWS service before it is signed. */
export interface ServiceRequest {
  readonly address: EndpointAddress
  readonly method: string
  /** Path and query, beginning with a slash. */
  readonly target: string
  readonly headers: Headers
  readonly body: string | Uint8Array<ArrayBuffer> | null
}

/** What the mapping of a method made of its request. */
export interface MappedServiceRequest {
  readonly method: string
  /** The headers that the definition maps, and no others. */
  readonly headers: Headers
  /** The query that the definition maps, encoded, without its question mark. */
  readonly query: string
  readonly body: string | Uint8Array<ArrayBuffer> | null
  /** The client's content type, for a body that goes on unchanged. */
  readonly contentType: string
  readonly apiId: string
  readonly traceId: string
}

/** Makes the request of an AWS integration (aws-rest 6.3); a text says why there is none. */
export function toServiceRequest(uri: ServiceUri, mapped: MappedServiceRequest): ServiceRequest | string {
  const service = serviceOf(uri.serviceName)
  const address: EndpointAddress = { service, hostName: uri.serviceName, region: uri.region, subdomain: uri.subdomain }
  const body = mapped.method === 'GET' || mapped.method === 'HEAD' ? null : mapped.body
  const request = { address, method: mapped.method, headers: toServiceHeaders(mapped), body }
  if (uri.kind === 'path') return { ...request, target: mergeQuery(`/${uri.api.replace(/^\/+/u, '')}`, mapped.query) }
  const { action, parameters } = splitAction(uri.api)
  if (service.signingName === 's3') {
    const target = toS3Target(action, parameters)
    return target === null ? `S3 has no action ${action} that a URI can name` : { ...request, target: mergeQuery(target, mapped.query) }
  }
  if (service.protocol === 'rest') return `${uri.serviceName} has no actions; its URI needs path/`
  return withAction(action, parameters, { request, service, query: mapped.query, contentTypeIsMapped: mapped.headers.has('content-type') })
}

interface ActionParts {
  readonly request: Omit<ServiceRequest, 'target'>
  readonly service: AwsService
  readonly query: string
  readonly contentTypeIsMapped: boolean
}

function withAction(action: string, parameters: URLSearchParams, { request, service, query, contentTypeIsMapped }: ActionParts): ServiceRequest {
  const { headers } = request
  if (service.targetPrefix !== null && !headers.has('x-amz-target')) headers.set('x-amz-target', `${service.targetPrefix}.${action}`)
  if (service.contentType !== null && !contentTypeIsMapped) headers.set('content-type', service.contentType)
  if (headers.has('x-amz-target')) {
    const address = action === 'StartSyncExecution' ? { ...request.address, hostName: `sync-${request.address.hostName}` } : request.address
    return { ...request, address, target: mergeQuery(mergeQuery('/', parameters.toString()), query) }
  }
  const asked = new URLSearchParams({ Action: action })
  if (service.apiVersion !== null && !new URLSearchParams(query).has('Version')) asked.set('Version', service.apiVersion)
  for (const [name, value] of parameters) asked.append(name, value)
  return { ...request, target: mergeQuery(`/?${asked.toString()}`, query) }
}

/** `GetObject&Bucket={bucket}&Key={key}`: the action, and parameters of its own. */
function splitAction(api: string): { readonly action: string; readonly parameters: URLSearchParams } {
  const [action = '', ...rest] = api.split('&')
  return { action, parameters: new URLSearchParams(rest.join('&')) }
}

/** What Amazon's gateway sends beside the mapped headers (aws-rest 5.3, aws-websocket-and-services D1); a mapped one goes first. */
function toServiceHeaders(mapped: MappedServiceRequest): Headers {
  const headers = new Headers(mapped.headers)
  setAbsent(headers, 'accept', 'application/json')
  setAbsent(headers, 'content-type', mapped.contentType)
  setAbsent(headers, 'user-agent', `AmazonAPIGateway_${mapped.apiId}`)
  headers.set('x-amzn-apigateway-api-id', mapped.apiId)
  headers.set('x-amzn-trace-id', mapped.traceId)
  return headers
}

function setAbsent(headers: Headers, name: string, value: string): void {
  if (!headers.has(name)) headers.set(name, value)
}
