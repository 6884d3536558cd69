import { createRecent } from '../recent.ts'
import type { AuthorizerGrant } from './authorizer-answer.ts'

/** The TTL of results that Amazon allows (aws-rest 11.2). */
export const RESULT_TTL_SECONDS_MAX = 3600

/** A grant that is kept, and until when. */
export interface CachedGrant {
  readonly grant: AuthorizerGrant
  readonly expiresAtMs: number
}

/** Grants by key, oldest use first: as many as `entriesMax`, in the memory of an isolate. */
export interface GrantCache {
  get(key: string, nowMs: number): AuthorizerGrant | null
  put(key: string, cached: CachedGrant): void
}

/**
 * The key of a result: authorizer and identity (aws-rest 11.2). The stage stands in it, because two stages may run two functions under one name, and the
 * deployment, because a deployment may change what the authorizer is. Values are told apart by their lengths, so that no value can pretend to be two.
 */
export function toGrantKey(scope: { readonly apiId: string; readonly stage: string; readonly deploymentId: string; readonly authorizerId: string }, identity: readonly string[]): string {
  return `${scope.apiId}/${scope.stage}/${scope.deploymentId}/${scope.authorizerId}/${identity.map((value) => `${value.length}:${value}`).join('')}`
}

/** Makes an empty cache. It belongs to one isolate. */
export function createGrantCache(entriesMax: number): GrantCache {
  const entries = createRecent<CachedGrant>(entriesMax)
  return {
    get(key, nowMs) {
      const cached = entries.get(key)
      if (cached === null) return null
      if (cached.expiresAtMs > nowMs) return cached.grant
      entries.remove(key)
      return null
    },
    put: (key, cached) => entries.put(key, cached),
  }
}
