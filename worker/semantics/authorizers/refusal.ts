/** The gateway response types that a check of the caller may end in (aws-rest 3.1). */
export type AuthorizerResponseType =
  | 'ACCESS_DENIED'
  | 'AUTHORIZER_CONFIGURATION_ERROR'
  | 'AUTHORIZER_FAILURE'
  | 'EXPIRED_TOKEN'
  | 'INVALID_SIGNATURE'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'UNAUTHORIZED'

/** Why a caller is not let in, in Amazon's words: all of it is for the client to read, except `note`. */
export interface AuthorizerRefusal {
  readonly responseType: AuthorizerResponseType
  /** The value of `x-amzn-ErrorType`. */
  readonly errorType: string
  /** The text of the answer; Amazon says `null` where an authorizer itself is broken. */
  readonly message: string | null
  /** Headers of the answer, such as WWW-Authenticate. */
  readonly headers?: Readonly<Record<string, string>>
  /** For the execution log only: what an operator needs to know. Never holds a token, key or signature. */
  readonly note?: string
}

/** The plain 401 that a caller without good credentials gets (aws-rest 11.2, 11.4). */
export function unauthorized(note: string, message = 'Unauthorized'): AuthorizerRefusal {
  return { responseType: 'UNAUTHORIZED', errorType: 'UnauthorizedException', message, note }
}

/** The 500 for an authorizer that answered what is no answer, or is not set up right: the client reads `null` (aws-rest 11.2). */
export function brokenAuthorizer(note: string): AuthorizerRefusal {
  return { responseType: 'AUTHORIZER_CONFIGURATION_ERROR', errorType: 'AuthorizerConfigurationException', message: null, note }
}

/** The 500 for an authorizer that could not be asked. */
export function unreachableAuthorizer(note: string): AuthorizerRefusal {
  return { responseType: 'AUTHORIZER_FAILURE', errorType: 'AuthorizerFailureException', message: null, note }
}
