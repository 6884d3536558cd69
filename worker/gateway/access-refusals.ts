import type { AuthorizerRefusal } from '../semantics/authorizers/refusal.ts'
import { DoorRefusal, GatewayRefusal } from './refusal.ts'

/** An authorizer's refusal as the request path throws it. */
export function toGatewayRefusal({ responseType, errorType, message, headers, note }: AuthorizerRefusal): GatewayRefusal {
  return new GatewayRefusal(responseType, { message, errorType, ...(headers !== undefined && { headers }), ...(note !== undefined && { note }) })
}

/** The refusal of a call whose ARN is longer than policies are evaluated for (aws-rest 17). */
export function uriTooLong(): DoorRefusal {
  return new DoorRefusal({ statusCode: 414, message: 'Request URI too long', errorType: 'RequestUriTooLongException', note: 'the method ARN is longer than 1600 bytes' })
}
