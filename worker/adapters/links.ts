import type { LinkTarget } from '../../kv-schemas/rule-files/account.ts'
import type { UpstreamRequest } from '../ports.ts'
import { fetcherOf } from './bindings.ts'
import type { Carrier } from './fetch-upstream.ts'

/** A request on its way through a link: what carries it, and how it looks there. */
export interface Linked {
  readonly carrier: Carrier
  readonly request: UpstreamRequest
}

/** Sends a request down a link; a text says why it can't go. */
export function toLinked(request: UpstreamRequest, link: LinkTarget, env: object): Linked | string {
  if ('binding' in link) {
    const fetcher = fetcherOf(env, link.binding)
    return fetcher === null ? `the Worker has no binding ${link.binding}` : { carrier: (url, init) => fetcher.fetch(url, init), request: withHost(request) }
  }
  const headers = new Headers(request.headers)
  for (const [name, secret] of Object.entries(link.secretHeaders ?? {})) {
    const value: unknown = Object.hasOwn(env, secret) ? Reflect.get(env, secret) : undefined
    if (typeof value !== 'string' || value === '') return `the Worker has no secret ${secret}`
    headers.set(name, value)
  }
  const carrier = toCarrier(link.certificate, env)
  if (typeof carrier === 'string') return carrier
  return { carrier, request: { ...request, headers: withForwardedHost(headers, request.url), url: toLinkUrl(link.url, request.url) } }
}

/** A Worker next door sees the headers as they are: nothing on the way writes the `Host` that a connection would have. */
function withHost(request: UpstreamRequest): UpstreamRequest {
  const headers = new Headers(request.headers)
  headers.set('host', new URL(request.url).host)
  return { ...request, headers }
}

function toCarrier(certificate: string | undefined, env: object): Carrier | string {
  if (certificate === undefined) return (url, init) => fetch(url, init)
  const fetcher = fetcherOf(env, certificate)
  return fetcher === null ? `the Worker has no mTLS certificate ${certificate}` : (url, init) => fetcher.fetch(url, init)
}

/** The link's address with the path and query of the integration's URI. */
function toLinkUrl(linkUrl: string, integrationUrl: string): string {
  const { pathname, search } = new URL(integrationUrl)
  return `${linkUrl.replace(/\/+$/u, '')}${pathname}${search}`
}

/** Differs from Amazon: the `Host` header is that of the link's URL, as a Worker can't write another; the integration's own host stands in `X-Forwarded-Host`. */
function withForwardedHost(headers: Headers, integrationUrl: string): Headers {
  headers.set('x-forwarded-host', new URL(integrationUrl).host)
  return headers
}
