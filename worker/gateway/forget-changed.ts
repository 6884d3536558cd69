import type { Ports } from '../ports.ts'
import { changedPathsOf, isUnsafe } from '../semantics/caching/changed-paths.ts'
import type { Matched, MethodResponse } from './exchange.ts'

/**
 * After an unsafe request that succeeded: what the cache holds of its target, for whomever and in whatever variant, is outdated (RFC 9111 section 4.4). Only the standards'
 * policy knows of that; costs any other stage one test.
 */
export function forgetChanged(matched: Matched, answer: MethodResponse, ports: Ports): void {
  const { document } = matched.stage
  if (document.cachePolicy !== 'rfc9111' || !document.cacheClusterEnabled || !isUnsafe(matched.httpMethod) || answer.statusCode >= 400) return
  const { request, fullPath, resourceRequestPath: resourcePath } = matched
  ports.cache.noteChanges(document, changedPathsOf({ url: request.url, fullPath, resourcePath, answerHeaders: answer.headers }))
}
