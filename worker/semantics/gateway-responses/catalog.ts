/** Whom a refusal blames: the caller, whoever configured the API, or what stands behind it. */
export type Blame = 'client' | 'operator' | 'integration'

interface CatalogEntry {
  /** The default status; null for the two fallbacks, which have none of their own. */
  readonly statusCode: number | null
  /** What `$context.error.message` says when the step gives no text of its own. */
  readonly message: string | null
  /** The value of `x-amzn-ErrorType`. */
  readonly errorType: string
  readonly blame: Blame
  /** How Amazon spells the default body: some types have a blank after the colon, some write `Message`, one is plain text (aws-rest 3.1, 3.2). */
  readonly body: 'spaced' | 'tight' | 'capital' | 'text'
}

/** Amazon's gateway response types with their defaults (aws-rest 3.1, 3.2). */
export const GATEWAY_RESPONSES = {
  ACCESS_DENIED: { statusCode: 403, message: 'User is not authorized to access this resource', errorType: 'AccessDeniedException', blame: 'client', body: 'capital' },
  API_CONFIGURATION_ERROR: { statusCode: 500, message: 'Internal server error', errorType: 'InternalServerErrorException', blame: 'operator', body: 'spaced' },
  AUTHORIZER_CONFIGURATION_ERROR: { statusCode: 500, message: null, errorType: 'AuthorizerConfigurationException', blame: 'operator', body: 'tight' },
  AUTHORIZER_FAILURE: { statusCode: 500, message: null, errorType: 'AuthorizerFailureException', blame: 'integration', body: 'tight' },
  BAD_REQUEST_PARAMETERS: { statusCode: 400, message: 'Bad Request', errorType: 'BadRequestException', blame: 'client', body: 'spaced' },
  BAD_REQUEST_BODY: { statusCode: 400, message: 'Invalid request body', errorType: 'BadRequestException', blame: 'client', body: 'spaced' },
  DEFAULT_4XX: { statusCode: null, message: null, errorType: 'BadRequestException', blame: 'client', body: 'spaced' },
  DEFAULT_5XX: { statusCode: null, message: 'Internal server error', errorType: 'InternalServerErrorException', blame: 'operator', body: 'spaced' },
  EXPIRED_TOKEN: { statusCode: 403, message: 'The security token included in the request is expired', errorType: 'ExpiredTokenException', blame: 'client', body: 'tight' },
  INTEGRATION_FAILURE: { statusCode: 504, message: 'Internal server error', errorType: 'InternalServerErrorException', blame: 'integration', body: 'spaced' },
  INTEGRATION_TIMEOUT: { statusCode: 504, message: 'Endpoint request timed out', errorType: 'InternalServerErrorException', blame: 'integration', body: 'spaced' },
  INVALID_API_KEY: { statusCode: 403, message: 'Forbidden', errorType: 'ForbiddenException', blame: 'client', body: 'tight' },
  INVALID_SIGNATURE: {
    statusCode: 403,
    message:
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    errorType: 'InvalidSignatureException',
    blame: 'client',
    body: 'tight',
  },
  MISSING_AUTHENTICATION_TOKEN: { statusCode: 403, message: 'Missing Authentication Token', errorType: 'MissingAuthenticationTokenException', blame: 'client', body: 'tight' },
  QUOTA_EXCEEDED: { statusCode: 429, message: 'Limit Exceeded', errorType: 'LimitExceededException', blame: 'client', body: 'tight' },
  REQUEST_TOO_LARGE: { statusCode: 413, message: 'HTTP content length exceeded 10485760 bytes.', errorType: 'RequestTooLargeException', blame: 'client', body: 'text' },
  RESOURCE_NOT_FOUND: { statusCode: 404, message: 'Not Found', errorType: 'ResourceNotFoundException', blame: 'client', body: 'tight' },
  THROTTLED: { statusCode: 429, message: 'Too Many Requests', errorType: 'TooManyRequestsException', blame: 'client', body: 'tight' },
  UNAUTHORIZED: { statusCode: 401, message: 'Unauthorized', errorType: 'UnauthorizedException', blame: 'client', body: 'tight' },
  UNSUPPORTED_MEDIA_TYPE: { statusCode: 415, message: 'Unsupported Media Type', errorType: 'BadRequestException', blame: 'client', body: 'spaced' },
  WAF_FILTERED: { statusCode: 403, message: 'Forbidden', errorType: 'ForbiddenException', blame: 'client', body: 'tight' },
} as const satisfies Record<string, CatalogEntry>

export type GatewayResponseType = keyof typeof GATEWAY_RESPONSES
