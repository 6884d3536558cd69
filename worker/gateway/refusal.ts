import type { GatewayResponseType } from '../semantics/gateway-responses/catalog.ts'

/** What is known of a backend's part in a request, for the access log (aws-rest 15.1). */
export interface IntegrationNote {
  readonly latencyMs?: number
  /** The status of the service that was called: Lambda's own, not its function's. */
  readonly integrationStatus?: number
  /** The status that the backend itself gave. */
  readonly status?: number
  /** Amazon's id of the call. */
  readonly requestId?: string
  /** What went wrong. */
  readonly error?: string
}

/** What a step may say beyond the type of its refusal. */
export interface RefusalDetails {
  /** `$context.error.message`, when it is not the catalog's text for the type. */
  readonly message?: string | null
  /** The status, where Amazon answers another one than the type's default (INTEGRATION_FAILURE as 502). */
  readonly statusCode?: number
  /** `x-amzn-ErrorType`, when it is not the catalog's. */
  readonly errorType?: string
  /** `$context.error.validationErrorString`. */
  readonly validationErrorString?: string
  /** Headers of the answer that belong to the refusal itself, such as Retry-After. */
  readonly headers?: Readonly<Record<string, string>>
  /** The cause, for the log only. The client never reads it. */
  readonly note?: string
  /** What is known of the backend when it is the one that failed. */
  readonly integration?: IntegrationNote
  /** How long authorization took before it refused, for the access log. */
  readonly authorizationLatencyMs?: number
}

/**
 * The one way for a step to say no: a type of Amazon's gateway responses, thrown by the step, caught and rendered by `handle`.
 * It carries no stack: a refusal is an answer, not a fault.
 */
export class GatewayRefusal {
  readonly type: GatewayResponseType
  readonly details: RefusalDetails

  constructor(type: GatewayResponseType, details: RefusalDetails = {}) {
    this.type = type
    this.details = details
  }
}

/** What a client is told when no API is known yet: there are no gateway responses to customise it (aws-rest 2, rows 1 and 2). */
export interface DoorAnswer {
  readonly statusCode: number
  readonly message: string
  readonly errorType: string
  readonly headers?: Readonly<Record<string, string>>
  /** The cause, for the log only. */
  readonly note?: string
}

/** A refusal at the door, before the stage is resolved. */
export class DoorRefusal {
  readonly answer: DoorAnswer

  constructor(answer: DoorAnswer) {
    this.answer = answer
  }
}
