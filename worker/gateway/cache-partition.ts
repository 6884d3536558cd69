import type { Authorized, Keyed } from './exchange.ts'
import { readIdentityOf } from './read-identity.ts'

/**
 * Who calls, as the part of the cache's key that keeps one caller's answers from another; null where all callers share them.
 * Differs from Amazon: callers of a method that is authorized, or requires an API key, don't share answers unless its settings say `shared`, because the answer of a method
 * that knows its caller is seldom fit for another.
 */
export function partitionOf(keyed: Keyed): string | null {
  const { method, settings, apiKey } = keyed
  if (settings.shared) return null
  const caller = method.document.authorizationType === 'NONE' ? null : callerOf(keyed)
  if (apiKey === null) return caller === null ? null : JSON.stringify(caller)
  return JSON.stringify(['key', apiKey.apiKeyId, caller])
}

function callerOf(keyed: Keyed): readonly unknown[] {
  const { method, caller } = keyed
  const { authorizerId } = method.document
  switch (caller?.kind) {
    case 'iam':
      return ['iam', caller.credential.arn]
    case 'claims':
      return ['claims', authorizerId, lastingClaims(caller.claims)]
    case 'function':
      return ['function', authorizerId, caller.grant.principalId, caller.grant.context, caller.grant.usageIdentifierKey, tokenOf(keyed)]
    case undefined:
      // No authorized method comes here without a caller. If one does, its answers stay with this request.
      return ['request', keyed.requestId]
    default:
      return caller satisfies never
  }
}

/** Claims of one token or one login, not of its holder (RFC 7519 section 4.1, OpenID Connect Core section 2, Cognito's tokens). */
const CLAIMS_OF_A_TOKEN: ReadonlySet<string> = new Set(['exp', 'iat', 'nbf', 'jti', 'auth_time', 'nonce', 'at_hash', 'c_hash', 'event_id', 'origin_jti'])

/** What a token says of its holder, in an order of our own. All of it counts: a user may act for one tenant today and for another tomorrow. */
function lastingClaims(claims: Readonly<Record<string, string>>): readonly (readonly [string, string])[] {
  // A token that does not say who holds it stands for itself.
  const lasting = claims['iss'] === undefined || claims['sub'] === undefined ? Object.entries(claims) : Object.entries(claims).filter(([name]) => !CLAIMS_OF_A_TOKEN.has(name))
  return lasting.toSorted(([one], [other]) => (one < other ? -1 : 1))
}

/**
 * What the caller showed to the authorizer. Many authorizers call everybody `user`, and then only this tells callers apart. Where the authorizer looks at no source
 * of its own, the header that tokens come in.
 */
function tokenOf(keyed: Authorized): readonly string[] | string | null {
  const { authorizerId } = keyed.method.document
  const authorizer = authorizerId === null ? null : keyed.deployment.authorizer(authorizerId)
  const shown = authorizer?.kind === 'lambda' ? readIdentityOf(keyed, authorizer.identity) : null
  return shown === null || shown.length === 0 ? keyed.request.headers.get('authorization') : shown
}
