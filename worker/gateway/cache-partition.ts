import type { Authorized, Keyed } from './exchange.ts'
import { readIdentityOf } from './read-identity.ts'

/**
 * Who calls, as the part of the cache's key that keeps one caller's answers from another; null where all callers share them.
 * Differs from Amazon: callers of an authorized method don't share answers unless its settings say `shared`, because the answer of a method that knows its caller is
 * seldom fit for another.
 */
export function partitionOf(keyed: Keyed): string | null {
  const { method, settings, caller } = keyed
  const { authorizationType, authorizerId } = method.document
  if (authorizationType === 'NONE' || settings.shared) return null
  switch (caller?.kind) {
    case 'iam':
      return JSON.stringify(['iam', caller.credential.arn])
    case 'claims':
      return JSON.stringify(['claims', authorizerId, identityOf(caller.claims)])
    case 'function':
      return JSON.stringify(['function', authorizerId, caller.grant.principalId, caller.grant.context, caller.grant.usageIdentifierKey, tokenOf(keyed)])
    case undefined:
      // No authorized method comes here without a caller. If one does, its answers stay with this request.
      return JSON.stringify(['request', keyed.requestId])
    default:
      return caller satisfies never
  }
}

/** A user, by the issuer's name for them; a token that names none stands for itself. */
function identityOf(claims: Readonly<Record<string, string>>): unknown {
  const { iss, sub, client_id: clientId, scope } = claims
  return iss === undefined || sub === undefined ? claims : [iss, sub, clientId, scope]
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
