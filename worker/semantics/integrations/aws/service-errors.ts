/** Codes by which AWS refuses the credentials themselves, whatever they were used for. */
const REFUSED_CREDENTIALS: ReadonlySet<string> = new Set([
  'ExpiredToken', 'ExpiredTokenException', 'InvalidAccessKeyId', 'InvalidClientTokenId', 'InvalidSignatureException', 'InvalidToken', 'MissingAuthenticationToken',
  'MissingAuthenticationTokenException', 'SignatureDoesNotMatch', 'TokenRefreshRequired', 'UnrecognizedClientException',
])

/**
 * The code of an AWS error in any of its protocols: a header cut at its colon, `__type` cut at its namespace, or a `Code` element; empty when none is told.
 */
export function errorCodeOf(headers: Headers, body: string): string {
  const header = headers.get('x-amzn-errortype')
  if (header !== null) return header.split(':')[0] ?? ''
  const found = /"__type"\s*:\s*"(?:[^"#]*#)?([A-Za-z.]+)"/u.exec(body) ?? /"[cC]ode"\s*:\s*"([A-Za-z.]+)"/u.exec(body) ?? /<Code>([A-Za-z.]+)<\/Code>/u.exec(body)
  return found?.[1] ?? ''
}

/** Whether an error says that the credentials are no good: expired, unknown, or not matching their signature. */
export function namesRefusedCredentials(headers: Headers, body: string): boolean {
  return REFUSED_CREDENTIALS.has(errorCodeOf(headers, body))
}
