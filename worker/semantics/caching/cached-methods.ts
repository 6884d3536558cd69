import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import type { MethodSetting } from '../../../kv-schemas/rule-files/stage.ts'

/** A call, as far as it decides whether the cache is asked. */
export interface CachedCall {
  readonly settings: MethodSetting
  /** Whether the settings are the method's own, not those of all methods. */
  readonly hasOwnSettings: boolean
  /** The routed method. */
  readonly httpMethod: string
  /** As declared: it may be `ANY`. */
  readonly declaredMethod: string
  readonly isCanaryRequest: boolean
  readonly responseTransferMode: 'BUFFERED' | 'STREAM'
}

/**
 * Whether a call asks the cache (aws-rest 8.4, 9): its stage has one, the method caches, and it is a GET, or a method whose own settings say so. HEAD reads what GET stored.
 * A canary asks only with `useStageCache`; a streamed answer is never stored; a TTL of 0 is no caching, except where the backend's headers say how long.
 */
export function usesCache(stage: Pick<StageDocument, 'cacheClusterEnabled' | 'canarySettings' | 'cachePolicy'>, call: CachedCall): boolean {
  if (!stage.cacheClusterEnabled || !call.settings.cachingEnabled) return false
  if (call.settings.cacheTtlInSeconds === 0 && stage.cachePolicy === 'amazon') return false
  if (call.responseTransferMode === 'STREAM') return false
  if (call.isCanaryRequest && stage.canarySettings?.useStageCache !== true) return false
  return call.httpMethod === 'GET' || call.httpMethod === 'HEAD' || (call.hasOwnSettings && call.declaredMethod === call.httpMethod)
}
