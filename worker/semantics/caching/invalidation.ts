import type { MethodSetting } from '../../../kv-schemas/rule-files/stage.ts'
import { parseCacheControl } from './cache-control.ts'

/** What a client's wish for a new answer comes to. */
export type Invalidation = 'not-asked' | 'granted' | 'refused' | 'ignored-with-warning' | 'ignored'

/** The header with which an ignored wish is told (aws-rest 9.1). */
export const WARNING = '199 Cache-control headers were ignored because the caller was unauthorized.'

/** Whether a client asks for a new answer: `Cache-Control: max-age=0`, or `no-cache` (aws-rest 9.1). */
export function asksInvalidation(cacheControl: string | null): boolean {
  if (cacheControl === null) return false
  const { noCache, maxAgeSeconds } = parseCacheControl(cacheControl)
  return noCache || maxAgeSeconds === 0
}

/** Decides over a client's wish by the method's settings (aws-rest 9.1). `mayInvalidate`: the caller has `execute-api:InvalidateCache` on the method. */
export function judgeInvalidation(
  settings: Pick<MethodSetting, 'requireAuthorizationForCacheControl' | 'unauthorizedCacheControlHeaderStrategy'>,
  mayInvalidate: () => boolean,
): Invalidation {
  if (!settings.requireAuthorizationForCacheControl || mayInvalidate()) return 'granted'
  const strategy = settings.unauthorizedCacheControlHeaderStrategy
  switch (strategy) {
    case 'FAIL_WITH_403':
      return 'refused'
    case 'SUCCEED_WITH_RESPONSE_HEADER':
      return 'ignored-with-warning'
    case 'SUCCEED_WITHOUT_RESPONSE_HEADER':
      return 'ignored'
    default:
      return strategy satisfies never
  }
}
