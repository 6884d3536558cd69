/** The whole identity of a cached answer, as text. Made only by `renderCacheKey` and `toVariantKey`. */
export type CacheKey = string & { readonly __brand: 'CacheKey' }

/** One parameter of the key: its expression, and all values that the request gives it; null when it gives none. */
export interface KeyParameter {
  readonly name: string
  readonly values: readonly string[] | null
}

/** What makes two requests the same for the cache (design section 7). Two requests that differ in any part never share an answer. */
export interface CacheKeyParts {
  readonly apiId: string
  readonly stageName: string
  readonly deploymentId: string
  readonly cacheEpoch: number
  /** Differs from Amazon: base and canary share nothing even when they run the same deployment, because the canary's variables may lead elsewhere. */
  readonly isCanary: boolean
  /** The routed method; HEAD stands under GET. */
  readonly httpMethod: string
  /** The resource's id unless the definition names another; methods with an equal one share entries (aws-rest 9). */
  readonly cacheNamespace: string
  /** Who calls, when the answer may be theirs alone; null when every caller shares it. */
  readonly caller: string | null
  readonly parameters: readonly KeyParameter[]
}

/**
 * Writes the key. Every part is preceded by its length, so that no value can be read as a part of another: different parts always give different keys.
 * Parameters carry their names, because methods that share a namespace may list different ones.
 */
export function renderCacheKey(parts: CacheKeyParts): CacheKey {
  let key = part(parts.apiId) + part(parts.stageName) + part(parts.deploymentId) + part(String(parts.cacheEpoch)) + part(parts.isCanary ? 'canary' : 'base')
  key += part(parts.httpMethod) + part(parts.cacheNamespace) + (parts.caller === null ? ABSENT : part(parts.caller))
  for (const parameter of parts.parameters) key += part(parameter.name) + list(parameter.values)
  return key as CacheKey
}

/** The key of one variant of an answer that varies by request headers (RFC 9111 section 4.1). */
export function toVariantKey(key: CacheKey, variant: readonly KeyParameter[]): CacheKey {
  let text = `${VARIANT}${part(key)}`
  for (const parameter of variant) text += part(parameter.name) + list(parameter.values)
  return text as CacheKey
}

/** Begins no part, so that a variant's key is never the key of another request. */
const VARIANT = 'vary '
const ABSENT = '-'

function part(text: string): string {
  return `${text.length}:${text}`
}

function list(values: readonly string[] | null): string {
  if (values === null) return ABSENT
  let text = `#${values.length}:`
  for (const value of values) text += part(value)
  return text
}
