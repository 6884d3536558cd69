import { errorCodeOf, namesRefusedCredentials } from '../aws/service-errors.ts'
import type { FunctionFailure, FunctionOutcome } from './function-call.ts'

/** An answer of the Lambda Invoke API. */
export interface InvokeResponse {
  readonly statusCode: number
  readonly headers: Headers
  readonly payload: Uint8Array<ArrayBuffer>
}

/** What an answer of the Invoke API says (aws-websocket-and-services D2 to D4): 2xx is the function's own, all else the service's. */
export function toFunctionOutcome(response: InvokeResponse): FunctionOutcome {
  const { statusCode, headers, payload } = response
  if (statusCode < 200 || statusCode > 299) return toFunctionFailure(response)
  return { kind: 'answered', statusCode, payload, functionError: headers.get('x-amz-function-error'), headers }
}

/** What an error of the Lambda service says; its text goes to the log only. */
export function toFunctionFailure({ statusCode, headers, payload }: InvokeResponse): FunctionFailure {
  const text = new TextDecoder().decode(payload.subarray(0, CAUSE_BYTES_MAX))
  const code = errorCodeOf(headers, text)
  const cause = `Lambda answered ${statusCode} ${code}: ${text}`
  if (statusCode === 429 || THROTTLES.has(code)) return { kind: 'throttled', cause }
  if (statusCode === 404) return { kind: 'not-found', cause }
  if (statusCode === 401 || statusCode === 403 || namesRefusedCredentials(headers, text)) return { kind: 'not-permitted', cause }
  return { kind: 'rejected', statusCode, cause }
}

/** How much of a service's text a log line takes. */
const CAUSE_BYTES_MAX = 512

const THROTTLES: ReadonlySet<string> = new Set(['TooManyRequestsException', 'ThrottlingException', 'Throttling'])
