/** What a validated body may be; passed in, so that tests can shrink each number. */
export interface ValidationLimits {
  readonly nestingMax: number
  readonly messagesMax: number
}

/** Each with its source. */
export const VALIDATION_LIMITS: ValidationLimits = {
  // json-smart, a JSON reader of the Java world, stops at 400 as well; it bounds the work for recursive models.
  nestingMax: 400,
  // Ours: a client mends a body long before it reads so many complaints.
  messagesMax: 100,
}
