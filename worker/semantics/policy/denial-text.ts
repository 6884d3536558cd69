import type { AccessVerdict } from './combine-effects.ts'
import { maskAccount } from './method-arn.ts'
import type { Principal } from './principal.ts'

/** What a caller who is known by an ARN, or not known at all, is told (aws-rest 11.5, aws-websocket-and-services E5). */
export function renderDenial(principal: Principal, methodArn: string, verdict: Exclude<AccessVerdict, 'allowed'>): string {
  const user = principal.kind === 'aws' ? principal.arn : 'anonymous'
  return `User: ${user} is not authorized to perform: execute-api:Invoke on resource: ${maskAccount(methodArn)}${renderReason(verdict)}`
}

/** What the caller of a method with a Lambda authorizer is told (aws-rest 11.2). */
export function renderAuthorizerDenial(verdict: Exclude<AccessVerdict, 'allowed'>): string {
  return `User is not authorized to access this resource${renderReason(verdict)}`
}

function renderReason(verdict: Exclude<AccessVerdict, 'allowed'>): string {
  return verdict === 'explicitly-denied' ? ' with an explicit deny' : ''
}
