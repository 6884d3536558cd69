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
  /** For the execution log only: what an operator needs to know. Never holds a token, key or signature. */
  readonly note?: string
}
