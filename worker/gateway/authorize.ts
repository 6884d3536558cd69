import type { Awaitable } from '../awaitable.ts'
import type { Ports } from '../ports.ts'
import { authorizeByFunction } from './authorize-by-function.ts'
import { authorizeBySignature } from './authorize-by-signature.ts'
import { authorizeByToken } from './authorize-by-token.ts'
import { toGatewayRefusal } from './access-refusals.ts'
import { brokenAuthorizer } from '../semantics/authorizers/refusal.ts'
import type { Authorized, Caller, Guarded } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/** Step 5. Proves who calls, and that this caller may: by signature, by token, or by what a function says. */
export function authorize(guarded: Guarded, ports: Ports): Awaitable<Authorized> {
  return guarded.method.document.authorizationType === 'NONE' ? { ...guarded, caller: null } : proveCaller(guarded, ports)
}

/** The clock is looked at once more than the caller's proof needs: access logs tell how long it took, of refusals too. A caller who is known is not waited for. */
function proveCaller(guarded: Guarded, ports: Ports): Awaitable<Authorized> {
  const startedAtMs = ports.clock.nowMs()
  const toAuthorized = (caller: Caller): Authorized => ({ ...guarded, caller, authorizationLatencyMs: ports.clock.nowMs() - startedAtMs })
  const refuse = (error: unknown): never => {
    if (!(error instanceof GatewayRefusal)) throw error
    throw new GatewayRefusal(error.type, { ...error.details, authorizationLatencyMs: ports.clock.nowMs() - startedAtMs })
  }
  try {
    const caller = findCaller(guarded, ports)
    return caller instanceof Promise ? caller.then(toAuthorized, refuse) : toAuthorized(caller)
  } catch (error) {
    return refuse(error)
  }
}

function findCaller(guarded: Guarded, ports: Ports): Awaitable<Caller> {
  const { authorizationType, authorizerId } = guarded.method.document
  if (authorizationType === 'AWS_IAM') return authorizeBySignature(guarded, ports)
  const authorizer = authorizerId === null ? null : guarded.deployment.authorizer(authorizerId)
  switch (authorizer?.kind) {
    case 'lambda':
      return authorizeByFunction(guarded, authorizer, ports)
    case 'cognito':
    case 'jwt':
      return authorizeByToken(guarded, authorizer, ports)
    case 'broken':
      throw toGatewayRefusal(brokenAuthorizer(`the authorizer ${authorizerId ?? ''} can't work: ${authorizer.reason}`))
    case undefined:
      throw toGatewayRefusal(brokenAuthorizer(`the method names an authorizer that is not there: ${authorizerId ?? 'none'}`))
    default:
      return authorizer satisfies never
  }
}
