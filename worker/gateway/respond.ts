import { GATEWAY_RESPONSES } from '../semantics/gateway-responses/catalog.ts'
import type { Matched, MethodResponse, Reached } from './exchange.ts'
import { DoorRefusal, GatewayRefusal } from './refusal.ts'

/** What `record` says about a refused request. */
export interface RefusalNote {
  readonly responseType: string
  readonly message: string | null
  readonly note: string | null
}

/** Step 14. Adds the standard headers (aws-rest 15.5) to the method's answer. */
export function respond(matched: Matched, answer: MethodResponse): Response {
  const { headers } = answer
  if (!headers.has('content-type')) headers.set('content-type', 'application/json')
  addStandardHeaders(headers, matched)
  return new Response(mayHaveBody(answer.statusCode) ? answer.body : null, { status: answer.statusCode, headers })
}

/** Step 14 for a request that was refused. Whatever is thrown and is no refusal is a fault of ours: a 500, and the log says why. */
export function refuse(reached: Reached, error: unknown): { readonly response: Response; readonly error: RefusalNote } {
  if (error instanceof DoorRefusal) return refuseAtDoor(reached, error)
  const refusal = error instanceof GatewayRefusal ? error : new GatewayRefusal('DEFAULT_5XX', { statusCode: 500, note: describeFault(error) })
  const entry = GATEWAY_RESPONSES[refusal.type]
  const message = refusal.details.message === undefined ? entry.message : refusal.details.message
  const headers = new Headers({ 'content-type': 'application/json', 'x-amzn-errortype': refusal.details.errorType ?? entry.errorType, ...refusal.details.headers })
  addStandardHeaders(headers, reached)
  const status = refusal.details.statusCode ?? entry.statusCode ?? 500
  const name = entry.body === 'capital' ? 'Message' : 'message'
  const space = entry.body === 'spaced' ? ' ' : ''
  const response = new Response(`{"${name}":${space}${JSON.stringify(message)}}`, { status, headers })
  return { response, error: { responseType: refusal.type, message, note: refusal.details.note ?? null } }
}

function refuseAtDoor(reached: Reached, { answer }: DoorRefusal): { readonly response: Response; readonly error: RefusalNote } {
  const headers = new Headers({ 'content-type': 'application/json', 'x-amzn-errortype': answer.errorType, ...answer.headers })
  addStandardHeaders(headers, reached)
  const response = new Response(`{"message":${JSON.stringify(answer.message)}}`, { status: answer.statusCode, headers })
  return { response, error: { responseType: answer.errorType, message: answer.message, note: answer.note ?? null } }
}

function addStandardHeaders(headers: Headers, reached: Reached): void {
  headers.set('x-amzn-requestid', reached.requestId)
  headers.set('x-amz-apigw-id', reached.extendedRequestId)
}

function mayHaveBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304
}

function describeFault(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
