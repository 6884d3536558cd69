import type { UpstreamOutcome } from '../ports.ts'
import type { FunctionFailure } from '../semantics/integrations/functions/function-call.ts'
import { GatewayRefusal, type IntegrationNote } from './refusal.ts'

/** Adds to a refusal what the access log tells of the backend: how long it took, and what went wrong. */
export function blameIntegration({ type, details }: GatewayRefusal, known: IntegrationNote): GatewayRefusal {
  return new GatewayRefusal(type, { ...details, integration: { ...(details.note === undefined ? {} : { error: details.note }), ...details.integration, ...known } })
}

/** What a client reads of a backend that gave no answer (aws-rest 6.5); the cause goes to the log. */
export function refuseOutcome(outcome: Exclude<UpstreamOutcome, { kind: 'answered' }>): GatewayRefusal {
  switch (outcome.kind) {
    case 'timed-out':
      return new GatewayRefusal('INTEGRATION_TIMEOUT', { note: 'the backend did not answer in time' })
    case 'unreachable':
      // Amazon lists 504 for this type and answers 500 unless the API customises it (aws-rest 3.1, 6.5).
      return new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: `the backend can't be reached: ${outcome.cause}` })
    case 'untrusted':
      return new GatewayRefusal('INTEGRATION_FAILURE', { message: 'Network error communicating with endpoint', note: `no TLS with the backend: ${outcome.cause}` })
    case 'too-large':
      return new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: outcome.cause })
    default:
      return outcome satisfies never
  }
}

/** The statuses of aws-websocket-and-services D5. */
export function refuseFailure(failure: FunctionFailure): GatewayRefusal {
  switch (failure.kind) {
    case 'timed-out':
      return new GatewayRefusal('INTEGRATION_TIMEOUT', { note: 'the function did not answer in time' })
    case 'not-permitted':
      return new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `Invalid permissions on Lambda function: ${failure.cause}` })
    case 'not-found':
      return new GatewayRefusal('API_CONFIGURATION_ERROR', { note: `there is no such function: ${failure.cause}` })
    case 'throttled':
      return new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: `the function is throttled: ${failure.cause}` })
    case 'unreachable':
      return new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: `the function can't be reached: ${failure.cause}` })
    case 'rejected':
      if (failure.statusCode === 413) return eventTooLarge(failure.cause)
      return failure.statusCode === 502 ? badGateway(failure.cause) : new GatewayRefusal('INTEGRATION_FAILURE', { statusCode: 500, note: failure.cause })
    default:
      return failure satisfies never
  }
}

/** Lambda takes smaller events than the gateway takes requests; Amazon's text then speaks of no number (aws-rest 3.1). */
export function eventTooLarge(note: string): GatewayRefusal {
  return new GatewayRefusal('DEFAULT_4XX', { statusCode: 413, message: 'Request Too Long', errorType: 'RequestTooLargeException', note })
}

/** What Amazon answers when a function failed or gave what is no answer: 502 with the text of a 500 (aws-rest 6.2). */
export function badGateway(note: string): GatewayRefusal {
  return new GatewayRefusal('DEFAULT_5XX', { statusCode: 502, note })
}
