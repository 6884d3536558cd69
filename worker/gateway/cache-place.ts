import type { CachePlace, Ports } from '../ports.ts'
import { renderCacheKey, toVariantKey } from '../semantics/caching/cache-key.ts'
import { usesCache } from '../semantics/caching/cached-methods.ts'
import { readKeyParameters, type KeyRequest } from '../semantics/caching/key-sources.ts'
import { readVariant } from '../semantics/caching/vary.ts'
import { readContextText } from '../semantics/mapping/context-value.ts'
import { partitionOf } from './cache-partition.ts'
import { toContextVariables } from './context-variables.ts'
import type { Keyed, Matched } from './exchange.ts'

/** Whether the request asks the cache at all. Costs one test where the stage has none. */
export function isCached(matched: Matched): boolean {
  const { document } = matched.stage
  if (!document.cacheClusterEnabled) return false
  const { method, settings, httpMethod } = matched
  return usesCache(document, {
    settings,
    hasOwnSettings: settings !== document.methodSettings['*/*'],
    httpMethod,
    declaredMethod: method.httpMethod,
    isCanaryRequest: matched.isCanaryRequest === true,
    responseTransferMode: method.document.integration.responseTransferMode,
  })
}

/** Where the answer to a request stands in the cache (design section 7), before any `Vary`. Waits only where the body is part of the key. */
export function findPlace(keyed: Keyed, ports: Ports): CachePlace | Promise<CachePlace> {
  const readsBody = keyed.method.keySources.some((source) => source.kind === 'body')
  return readsBody ? digestBody(keyed).then((bodyDigest) => placeOf(keyed, bodyDigest, ports)) : placeOf(keyed, null, ports)
}

function placeOf(keyed: Keyed, bodyDigest: string | null, ports: Ports): CachePlace {
  const { method, stage, settings } = keyed
  const { document } = stage
  const { integration } = method.document
  const cacheEpoch = ports.cache.epochOf(document)
  const key = renderCacheKey({
    apiId: document.apiId,
    stageName: document.stageName,
    deploymentId: keyed.deployment.document.deploymentId,
    cacheEpoch,
    isCanary: keyed.isCanaryRequest === true,
    httpMethod: keyed.httpMethod === 'HEAD' ? 'GET' : keyed.httpMethod,
    cacheNamespace: integration.cacheNamespace,
    caller: partitionOf(keyed),
    parameters: method.keySources.length === 0 ? [] : readKeyParameters(method.keySources, toKeyRequest(keyed, bodyDigest)),
  })
  return { key, stage: document, cacheEpoch, methodKey: `${method.resourcePath.slice(1)}/${method.httpMethod}`, isEncrypted: settings.cacheDataEncrypted }
}

/** The place of a request's own variant of an answer that varies by these headers. */
export function toVariantPlace(base: CachePlace, names: readonly string[], headers: Headers): CachePlace {
  return names.length === 0 ? base : { ...base, key: toVariantKey(base.key, readVariant(names, headers)) }
}

function toKeyRequest(matched: Matched, bodyDigest: string | null): KeyRequest {
  return {
    pathParameters: matched.pathParameters,
    rawQuery: matched.rawQuery,
    headers: matched.request.headers,
    stageVariables: matched.stageVariables,
    context: (name) => readContextText(toContextVariables(matched), name),
    bodyDigest,
  }
}

async function digestBody(matched: Matched): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await matched.body.bytes())
  return String.fromCharCode(...new Uint8Array(digest))
}
