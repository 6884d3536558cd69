import { GATEWAY_RESPONSES, type GatewayResponseType } from '../semantics/gateway-responses/catalog.ts'
import type { ContextMap } from '../semantics/mapping/context-value.ts'
import { toAuthorizer } from './context-variables.ts'
import type { Reached } from './exchange.ts'

/** A refusal as the log is told of it. */
interface LoggedRefusal {
  readonly responseType: string
  readonly message: string | null
  /** How long authorization took before it refused; null when it was not the one that did. */
  readonly authorizationLatencyMs: number | null
}

/** The variables of an access log that tell who was let in and who was not, and by which check (aws-rest 15.1): `waf`, `authenticate`, `authorizer`, `authorize`. */
export function toAccessVariables(reached: Reached, refusal: LoggedRefusal | null): ContextMap {
  return { ...toFilterVariables(reached, refusal), ...toAuthorizationVariables(reached, refusal) }
}

function toFilterVariables({ stage }: Reached, refusal: LoggedRefusal | null): ContextMap {
  if (stage === undefined || stage.filter === null) return {}
  if (refusal?.responseType !== 'WAF_FILTERED') return { waf: { status: 200 }, wafResponseCode: 'WAF_ALLOW' }
  return { waf: { status: statusOf(refusal), error: refusal.message }, wafResponseCode: 'WAF_BLOCK' }
}

function toAuthorizationVariables(reached: Reached, refusal: LoggedRefusal | null): ContextMap {
  const { method, deployment, methodArns, caller } = reached
  const isLetIn = caller !== undefined
  if (method === undefined || (!isLetIn && refusal === null)) return {}
  const { authorizationType } = method.document
  const isDenied = !isLetIn && refusal?.responseType === 'ACCESS_DENIED'
  const authorize = isDenied ? { status: 403, error: refusal.message, latency: 0 } : isLetIn ? { status: 200, latency: 0 } : null
  if (authorizationType === 'NONE') return authorize === null || deployment?.policy === null ? {} : { authorize }
  // Refused by the resource policy, before anybody was asked who calls.
  if (!isLetIn && methodArns === undefined) return authorize === null ? {} : { authorize }
  const latency = reached.authorizationLatencyMs ?? refusal?.authorizationLatencyMs ?? 0
  const proof = isLetIn || isDenied || refusal === null ? { status: 200, latency } : { status: statusOf(refusal), error: refusal.message, latency }
  if (authorizationType === 'AWS_IAM') return { authenticate: proof, ...(authorize === null ? {} : { authorize }) }
  // What an authorizer calls by one of these names is its own.
  return { authorizer: { ...proof, ...toFunctionVariables(reached), ...toAuthorizer(caller ?? null) }, ...(authorize === null ? {} : { authorize }) }
}

/** Of a Lambda authorizer: the service's status and the id of the call; a policy that was kept was not asked for. */
function toFunctionVariables({ caller }: Reached): ContextMap {
  if (caller?.kind !== 'function' || caller.functionRequestId === null) return {}
  return { integrationStatus: 200, requestId: caller.functionRequestId }
}

function statusOf({ responseType }: LoggedRefusal): number {
  return isResponseType(responseType) ? (GATEWAY_RESPONSES[responseType].statusCode ?? 500) : 500
}

function isResponseType(text: string): text is GatewayResponseType {
  return Object.hasOwn(GATEWAY_RESPONSES, text)
}
