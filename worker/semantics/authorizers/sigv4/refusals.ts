import type { AuthorizerRefusal } from '../refusal.ts'

/** The texts of Amazon's refusals (aws-websocket-and-services E4 and E5), word for word. */

/** Neither an Authorization header nor a signature in the query. */
export const MISSING_TOKEN: AuthorizerRefusal = {
  responseType: 'MISSING_AUTHENTICATION_TOKEN',
  errorType: 'MissingAuthenticationTokenException',
  message: 'Missing Authentication Token',
}

/** A signature that cannot be read or lacks a part. */
export function incompleteSignature(message: string): AuthorizerRefusal {
  return { responseType: 'INVALID_SIGNATURE', errorType: 'IncompleteSignatureException', message }
}

/** A signature that can be read and is not right. */
export function invalidSignature(message: string): AuthorizerRefusal {
  return { responseType: 'INVALID_SIGNATURE', errorType: 'InvalidSignatureException', message }
}

/** The access key is not known, or the session token does not belong to it. */
export const UNKNOWN_CREDENTIAL: AuthorizerRefusal = {
  responseType: 'INVALID_SIGNATURE',
  errorType: 'UnrecognizedClientException',
  message: 'The security token included in the request is invalid.',
}

/** The credential was given for a time, and the time is over. */
export const EXPIRED_CREDENTIAL: AuthorizerRefusal = {
  responseType: 'EXPIRED_TOKEN',
  errorType: 'ExpiredTokenException',
  message: 'The security token included in the request is expired',
}

/** The signature is not the one that the request should have; shows what was signed here, so that a client can compare. */
export function signatureMismatch(canonicalRequest: string, stringToSign: string): AuthorizerRefusal {
  return invalidSignature(
    'The request signature we calculated does not match the signature you provided. ' +
      'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n' +
      `The Canonical String for this request should have been\n'${canonicalRequest}'\n\n` +
      `The String-to-Sign should have been\n'${stringToSign}'\n`,
  )
}
