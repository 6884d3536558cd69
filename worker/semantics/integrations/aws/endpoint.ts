import type { AwsService } from './services.ts'

/** Where a call goes: a service, or a part of it that has a host of its own. */
export interface EndpointAddress {
  readonly service: AwsService
  /** The service's name in host names. */
  readonly hostName: string
  readonly region: string
  /** What stands before the service in the host (`{id}.appsync-api`, `sync-` of `states`); null for the service's own host. */
  readonly subdomain: string | null
}

/** An IPv4 or bracketed IPv6 address, or localhost: hosts that can't have another label put before them. */
const UNLABELLED = /^(?:localhost|[0-9.]+|\[.*\])$/u

/** The origin of a service, or the override that `AWS_ENDPOINT_URL[_<ID>]` gives, without a slash at its end. */
export function toEndpoint(address: EndpointAddress, override: string | null): string {
  if (override !== null) return overridden(override, address.subdomain)
  const { service, hostName, region, subdomain } = address
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const host = service.isGlobal ? `${hostName}.${domain}` : `${hostName}.${region}.${domain}`
  return `https://${subdomain === null ? '' : `${subdomain}.`}${host}`
}

/** The region that a call to a service is signed for. */
export function toSigningRegion({ service, region }: EndpointAddress): string {
  return service.isGlobal ? 'us-east-1' : region
}

function overridden(override: string, subdomain: string | null): string {
  const url = new URL(override)
  if (subdomain !== null && !UNLABELLED.test(url.hostname)) url.hostname = `${subdomain}.${url.hostname}`
  return url.href.replace(/\/+$/u, '')
}
