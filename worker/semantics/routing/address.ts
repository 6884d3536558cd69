import type { DomainDocument } from '../../../kv-schemas/documents/account.ts'
import { toApiId, toStageName, type ApiId, type StageName } from '../../../kv-schemas/ids.ts'
import { matchBasePath } from './base-path.ts'
import type { CanonicalPath } from './canonical-path.ts'
import { splitFirstSegment } from './first-segment.ts'

/** What the URL says: an API and a stage, and the path as each of its readers sees it. */
export interface Address {
  readonly apiId: ApiId
  readonly stageName: StageName
  /** The path that the resource tree is matched against. */
  readonly resourceRequestPath: CanonicalPath
  /** `$context.path`: the stage and the path (aws-rest 1.4). */
  readonly contextPath: string
  /** `event.path`: leading double slashes collapsed, a base path kept (aws-rest 1.4, 14). */
  readonly eventPath: string
  /** The custom domain and the base path that matched; null at any other host. */
  readonly customDomain: { readonly domain: DomainDocument; readonly basePathMatched: string } | null
  /** Whether the URL names the API by its id, in the host or in the path, which the API may have disabled. */
  readonly isDefaultEndpoint: boolean
}

/** The API that a default host names, `<apiId>.<domain of default hosts>`; null for any other host. */
export function toDefaultHostApi(host: string, executeApiDomain: string): string | null {
  return host.endsWith(`.${executeApiDomain}`) ? host.slice(0, -executeApiDomain.length - 1) : null
}

/** The address at a default host, `/{stage}/{path}`; null when the path names no stage. */
export function addressByDefaultHost(apiId: string, path: CanonicalPath): Address | null {
  return addressByStage(apiId, path)
}

/** The address at a host that means nothing, `/{apiId}/{stage}/{path}`; null when the path names no API and stage. */
export function addressByPath(path: CanonicalPath): Address | null {
  const { segment, rest } = splitFirstSegment(path)
  return addressByStage(segment, rest)
}

/** The address at a custom domain: its base path mappings name the API and the stage; null when none takes the path (aws-rest 14). */
export function addressByDomain(domain: DomainDocument, path: CanonicalPath): Address | null {
  const match = matchBasePath(domain.basePathMappings, path)
  if (match === null) return null
  return {
    apiId: match.mapping.restApiId,
    stageName: match.mapping.stage,
    resourceRequestPath: match.rest,
    contextPath: path,
    eventPath: path,
    customDomain: { domain, basePathMatched: match.mapping.basePath },
    isDefaultEndpoint: false,
  }
}

function addressByStage(apiId: string, path: CanonicalPath): Address | null {
  const { segment, rest } = splitFirstSegment(path)
  const api = toApiId(apiId)
  const stageName = toStageName(segment)
  if (api === null || stageName === null) return null
  const eventPath = rest.startsWith('//') ? rest.replace(/^\/+/u, '/') : rest
  return {
    apiId: api,
    stageName,
    resourceRequestPath: rest,
    contextPath: `/${segment}${rest}`,
    eventPath: eventPath === '' ? '/' : eventPath,
    customDomain: null,
    isDefaultEndpoint: true,
  }
}
