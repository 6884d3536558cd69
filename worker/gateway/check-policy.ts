import { combineEffects, requireAllow, type CallerAccount } from '../semantics/policy/combine-effects.ts'
import { renderDenial } from '../semantics/policy/denial-text.ts'
import { evaluatePolicies, evaluatePolicy, INVALIDATE_CACHE, INVOKE, type PolicyEffect } from '../semantics/policy/evaluate-policy.ts'
import { METHOD_ARN_BYTES_MAX, toGuardedArns, type MethodCall } from '../semantics/policy/method-arn.ts'
import { ANONYMOUS, type Principal } from '../semantics/policy/principal.ts'
import { toOwnArns } from '../semantics/policy/ready-policy.ts'
import { uriTooLong } from './access-refusals.ts'
import { toCallerFacts, toPolicyContext } from './call-facts.ts'
import type { Guarded, IamCaller, Keyed, Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/**
 * Step 4. The API's resource policy, as far as it goes before anybody knows who calls (aws-rest 12.2): without authorization it must allow the call; before a Lambda
 * authorizer it must not deny it. With IAM and Cognito it is asked after the caller has proved who it is.
 */
export function checkPolicy(matched: Matched): Guarded {
  const { authorizationType } = matched.method.document
  const { policy } = matched.deployment
  if (policy === null && authorizationType === 'NONE' && matched.privateNetwork === null) return { ...matched, methodArns: null }
  const methodArns = toGuardedArns(toMethodCall(matched))
  // A private API opens for those whom its policy names (aws-rest 12.4).
  if (policy === null && matched.privateNetwork !== null) throw denied(ANONYMOUS, methodArns[0], 'implicitly-denied')
  if (methodArns[0].length > METHOD_ARN_BYTES_MAX) throw uriTooLong()
  const guarded: Guarded = { ...matched, methodArns }
  if (policy === null || authorizationType === 'AWS_IAM' || authorizationType === 'COGNITO_USER_POOLS') return guarded
  const effect = askResourcePolicy(guarded, null)
  if (authorizationType === 'NONE') requireResourceAllow(guarded, effect)
  else if (effect === 'Deny') throw denied(ANONYMOUS, methodArns[0], 'explicitly-denied')
  return guarded
}

/** What the resource policy says of a caller; null when the API has none. */
export function askResourcePolicy(guarded: Guarded, caller: IamCaller | null): PolicyEffect | null {
  const { policy } = guarded.deployment
  if (policy === null || guarded.methodArns === null) return null
  return evaluatePolicy(policy, {
    action: INVOKE,
    resources: toOwnArns(guarded.methodArns, toMethodCall(guarded)),
    principal: caller === null ? ANONYMOUS : toPrincipal(caller),
    context: toPolicyContext(guarded, caller === null ? null : toCallerFacts(caller.credential)),
  })
}

/** Whether the caller has `execute-api:InvalidateCache` on the method (aws-rest 9.1): by its own policies, or by the API's. */
export function mayInvalidateCache(matched: Matched & Partial<Keyed>): boolean {
  const { methodArns, caller, deployment } = matched
  if (methodArns === undefined || methodArns === null) return false
  const isSigned = caller?.kind === 'iam'
  const principal = isSigned ? toPrincipal(caller) : ANONYMOUS
  const context = toPolicyContext(matched, isSigned ? toCallerFacts(caller.credential) : null)
  const policies = isSigned ? caller.policies : caller?.kind === 'function' ? [caller.grant.policy] : []
  const identity = evaluatePolicies(policies, { action: INVALIDATE_CACHE, resources: methodArns, principal, context })
  const { policy } = deployment
  const resource = policy === null ? null : evaluatePolicy(policy, { action: INVALIDATE_CACHE, resources: toOwnArns(methodArns, toMethodCall(matched)), principal, context })
  return combineEffects(identity, resource, isSigned ? accountOf(matched, caller) : 'same-account') === 'allowed'
}

/** Whether a caller belongs to the owner of the API. */
export function accountOf({ account }: Matched, { credential }: IamCaller): CallerAccount {
  return credential.accountId === account.accountId ? 'same-account' : 'other-account'
}

/** Refuses a call that the resource policy, if there is one, does not allow by itself. */
export function requireResourceAllow(guarded: Guarded, effect: PolicyEffect | null): void {
  if (effect === null || guarded.methodArns === null) return
  const verdict = requireAllow(effect)
  if (verdict !== 'allowed') throw denied(ANONYMOUS, guarded.methodArns[0], verdict)
}

/** The refusal by policies of a caller who is known by an ARN, or not at all. */
export function denied(principal: Principal, methodArn: string, verdict: 'implicitly-denied' | 'explicitly-denied'): GatewayRefusal {
  return new GatewayRefusal('ACCESS_DENIED', { message: renderDenial(principal, methodArn, verdict) })
}

/** An IAM caller as policies name it. */
export function toPrincipal({ credential }: IamCaller): Principal {
  return { kind: 'aws', accountId: credential.accountId, arn: credential.arn }
}

function toMethodCall({ account, deployment, stage, httpMethod, resourceRequestPath }: Matched): MethodCall {
  return {
    region: account.region,
    accountId: account.accountId,
    apiId: deployment.document.apiId,
    stage: stage.document.stageName,
    httpMethod,
    path: resourceRequestPath,
  }
}
