import type { PatternSet, Policy, Statement } from './compile-policy.ts'
import { matchesPattern, type ContextLookup } from './pattern.ts'
import type { Principal } from './principal.ts'

/** What somebody wants to do. */
export interface PolicyRequest {
  /** In lower case: `execute-api:invoke`. */
  readonly action: string
  /**
   * The ARN of the method call. More than one where a backend may read the path in another way (`toGuardedArns`):
   * a Deny of any of them denies, and an Allow must be for the first.
   */
  readonly resources: readonly [string, ...string[]]
  readonly principal: Principal
  readonly context: ContextLookup
}

/** What a policy says to a request; silence is not consent. */
export type PolicyEffect = 'Allow' | 'Deny' | 'silent'

/** The action that a call of a method is (aws-rest 11.3). */
export const INVOKE = 'execute-api:invoke'

/** The action that a client's wish for an answer past the cache is (aws-rest 9.1). */
export const INVALIDATE_CACHE = 'execute-api:invalidatecache'

/** Evaluates a policy: Deny beats Allow (aws-rest 11.3, 12.1). */
export function evaluatePolicy(policy: Policy, request: PolicyRequest): PolicyEffect {
  let effect: PolicyEffect = 'silent'
  for (const statement of policy.statements) {
    if (effect === 'Allow' && statement.effect === 'Allow') continue
    if (!applies(statement, request)) continue
    if (statement.effect === 'Deny') return 'Deny'
    effect = 'Allow'
  }
  return effect
}

/** Evaluates the policies of one principal as if they were one. */
export function evaluatePolicies(policies: readonly Policy[], request: PolicyRequest): PolicyEffect {
  let effect: PolicyEffect = 'silent'
  for (const policy of policies) {
    const own = evaluatePolicy(policy, request)
    if (own === 'Deny') return 'Deny'
    if (own === 'Allow') effect = 'Allow'
  }
  return effect
}

function applies(statement: Statement, request: PolicyRequest): boolean {
  const { principal, actions, conditions } = statement
  if (principal !== null && !principal(request.principal)) return false
  if (!isNamed(actions, request.action, request.context)) return false
  return isResourceNamed(statement, request) && conditions.every((condition) => condition(request.context))
}

function isResourceNamed(statement: Statement, { resources, context }: PolicyRequest): boolean {
  if (statement.effect === 'Allow') return isNamed(statement.resources, resources[0], context)
  return resources.some((resource) => isNamed(statement.resources, resource, context))
}

function isNamed(set: PatternSet, text: string, context: ContextLookup): boolean {
  return set.patterns.some((pattern) => matchesPattern(pattern, text, context)) !== set.isNegated
}
