import type { PolicyEffect } from './evaluate-policy.ts'

/** The verdict over a call: let through, or refused because a policy says so, or because none says otherwise. */
export type AccessVerdict = 'allowed' | 'implicitly-denied' | 'explicitly-denied'

/** How the caller relates to the owner of the API. */
export type CallerAccount = 'same-account' | 'other-account'

/**
 * Joins what the caller's own policies (or a Lambda authorizer's) say with what the API's resource policy says: Table A for callers of the owner's
 * account, Table B for others (aws-rest 12.2). An API without a resource policy passes `null`: then the caller's policies decide alone.
 */
export function combineEffects(identity: PolicyEffect, resource: PolicyEffect | null, caller: CallerAccount): AccessVerdict {
  if (identity === 'Deny' || resource === 'Deny') return 'explicitly-denied'
  const isAllowed = caller === 'same-account' ? identity === 'Allow' || resource === 'Allow' : identity === 'Allow' && resource === 'Allow'
  return isAllowed ? 'allowed' : 'implicitly-denied'
}

/** What the resource policy alone says of a call: it must allow it (aws-rest 12.2, methods without authorization and with Cognito). */
export function requireAllow(resource: PolicyEffect): AccessVerdict {
  if (resource === 'Allow') return 'allowed'
  return resource === 'Deny' ? 'explicitly-denied' : 'implicitly-denied'
}
