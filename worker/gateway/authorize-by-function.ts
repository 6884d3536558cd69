import { whenThere, type Awaitable } from '../awaitable.ts'
import type { Ports } from '../ports.ts'
import { readAuthorizerAnswer, type AuthorizerGrant } from '../semantics/authorizers/lambda/authorizer-answer.ts'
import { toGrantKey } from '../semantics/authorizers/lambda/result-cache.ts'
import type { LambdaAuthorizer } from '../semantics/authorizers/ready-authorizer.ts'
import { brokenAuthorizer, unauthorized } from '../semantics/authorizers/refusal.ts'
import { chooseIdentity } from '../semantics/integrations/aws/identity.ts'
import { parseServiceUri, toFunctionUri } from '../semantics/integrations/aws/service-uri.ts'
import type { FunctionCall } from '../semantics/integrations/functions/function-call.ts'
import { toRequestEvent } from '../semantics/integrations/functions/proxy-event.ts'
import { combineEffects } from '../semantics/policy/combine-effects.ts'
import { renderAuthorizerDenial } from '../semantics/policy/denial-text.ts'
import { evaluatePolicy, INVOKE } from '../semantics/policy/evaluate-policy.ts'
import { ANONYMOUS } from '../semantics/policy/principal.ts'
import { renderStageVariables } from '../semantics/stages/stage-variables.ts'
import { toGatewayRefusal } from './access-refusals.ts'
import { toPolicyContext } from './call-facts.ts'
import { askResourcePolicy } from './check-policy.ts'
import type { FunctionCaller, Guarded } from './exchange.ts'
import { toEventSource } from './map-function-proxy.ts'
import { readIdentityOf } from './read-identity.ts'
import { GatewayRefusal } from './refusal.ts'

/** An authorizer is waited for as long as an integration (aws-rest 11.2). */
const TIMEOUT_MS = 29_000

/**
 * Step 5 with a Lambda authorizer (aws-rest 11.2). Its policy may be kept for a while; the verdict never is: each call evaluates the policy for its own method,
 * together with the API's resource policy.
 */
export function authorizeByFunction(guarded: Guarded, authorizer: LambdaAuthorizer, ports: Ports): Awaitable<FunctionCaller> {
  const identity = readIdentityOf(guarded, authorizer.identity)
  if (identity === null) throw toGatewayRefusal(unauthorized('an identity source is missing or empty'))
  if (authorizer.matchesToken !== null && !authorizer.matchesToken(identity[0] ?? '')) {
    throw toGatewayRefusal(unauthorized('the token does not match the validation expression'))
  }
  return whenThere(findGrant(guarded, authorizer, identity, ports), (caller) => {
    requireGranted(guarded, caller.grant)
    return caller
  })
}

function findGrant(guarded: Guarded, authorizer: LambdaAuthorizer, identity: readonly string[], ports: Ports): Awaitable<FunctionCaller> {
  if (authorizer.ttlMs === 0) return askFunction(guarded, authorizer, identity, ports)
  const { apiId, deploymentId } = guarded.deployment.document
  const key = toGrantKey({ apiId, deploymentId, stage: guarded.stage.document.stageName, authorizerId: authorizer.id }, identity)
  const kept = ports.access.grants.get(key, ports.clock.nowMs())
  if (kept !== null) return { kind: 'function', grant: kept, integrationLatencyMs: 0, functionRequestId: null }
  return askFunction(guarded, authorizer, identity, ports).then((asked) => {
    ports.access.grants.put(key, { grant: asked.grant, expiresAtMs: ports.clock.nowMs() + authorizer.ttlMs })
    return asked
  })
}

async function askFunction(guarded: Guarded, authorizer: LambdaAuthorizer, identity: readonly string[], ports: Ports): Promise<FunctionCaller> {
  const call = toCall(guarded, authorizer, identity)
  const askedAtMs = ports.clock.nowMs()
  const outcome = await ports.functions.invoke(call)
  const answer = readAuthorizerAnswer(outcome)
  if (answer.kind === 'refused') throw toGatewayRefusal(answer.refusal)
  return { kind: 'function', grant: answer.grant, integrationLatencyMs: ports.clock.nowMs() - askedAtMs, functionRequestId: outcome.kind === 'answered' ? outcome.headers.get('x-amzn-requestid') : null }
}

function toCall(guarded: Guarded, authorizer: LambdaAuthorizer, identity: readonly string[]): FunctionCall {
  const uri = parseServiceUri(renderStageVariables(authorizer.uri, guarded.stageVariables))
  const target = uri === null ? null : toFunctionUri(uri)
  const rights = chooseIdentity(authorizer.credentials, guarded.stageVariables, null)
  if (target === null || target.isStreaming || rights === null) {
    throw toGatewayRefusal(brokenAuthorizer(target === null ? "the authorizer's URI names no function" : 'the authorizer calls its function in a way that does not exist'))
  }
  return {
    functionArn: target.functionArn,
    payload: JSON.stringify(toEvent(guarded, authorizer, identity)),
    invocationType: 'RequestResponse',
    identity: rights,
    timeoutMs: TIMEOUT_MS,
    apiId: guarded.deployment.document.apiId,
    requestId: guarded.requestId,
    traceId: guarded.traceId,
  }
}

function toEvent(guarded: Guarded, authorizer: LambdaAuthorizer, identity: readonly string[]): Readonly<Record<string, unknown>> {
  const methodArn = guarded.methodArns?.[0]
  if (authorizer.type === 'TOKEN') return { type: 'TOKEN', methodArn, authorizationToken: identity[0] }
  return { type: 'REQUEST', methodArn, ...toRequestEvent(toEventSource(guarded)) }
}

function requireGranted(guarded: Guarded, grant: AuthorizerGrant): void {
  if (guarded.methodArns === null) return
  const context = toPolicyContext(guarded, null)
  const effect = evaluatePolicy(grant.policy, { action: INVOKE, resources: guarded.methodArns, principal: ANONYMOUS, context })
  const verdict = combineEffects(effect, askResourcePolicy(guarded, null), 'same-account')
  if (verdict !== 'allowed') throw new GatewayRefusal('ACCESS_DENIED', { message: renderAuthorizerDenial(verdict) })
}
