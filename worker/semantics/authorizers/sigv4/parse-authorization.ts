import { parseHttpDate } from './amz-date.ts'
import { sha256Base64 } from './digest.ts'
import { SIGV4_LIMITS } from './limits.ts'
import { incompleteSignature } from './refusals.ts'
import type { AuthorizerRefusal } from '../refusal.ts'
import { headerValues } from './signed-request.ts'
import type { SignedRequest } from './signed-request.ts'

/** The one algorithm that the gateway verifies. */
export const ALGORITHM = 'AWS4-HMAC-SHA256'

/** The parts of a signature as they stand in a request, in the header or in the query; nothing is checked but that all are there. */
export interface SignatureFields {
  readonly form: 'header' | 'query'
  readonly credential: string
  readonly signedHeaders: string
  readonly signature: string
  /** As sent; the check of its format comes later. */
  readonly date: string
  /** Seconds that a presigned URL lives; without it the clock window of a header applies. */
  readonly expiresSeconds?: number
  readonly securityToken?: string
  /** The value of `X-Amz-Content-Sha256`, if any. */
  readonly declaredPayloadHash?: string
}

/** Reads the Authorization header of a request (steps 2 to 4 of aws-websocket-and-services E4). */
export async function parseAuthorizationHeader(request: SignedRequest, header: string): Promise<SignatureFields | AuthorizerRefusal> {
  if (header.length > SIGV4_LIMITS.authorizationLengthMax) return incompleteSignature('Authorization header is too long.')
  const space = header.indexOf(' ')
  const algorithm = space === -1 ? header : header.slice(0, space)
  if (algorithm.startsWith('AWS4-') && algorithm !== ALGORITHM) return unsupportedAlgorithm(algorithm)
  const parameters = await parseParameters(space === -1 ? '' : header.slice(space + 1))
  if ('errorType' in parameters) return parameters
  return requireParameters(request, header, parameters)
}

/** The refusal of an algorithm that is not ours. */
export function unsupportedAlgorithm(algorithm: string): AuthorizerRefusal {
  return incompleteSignature(`Unsupported AWS 'algorithm': '${algorithm.slice(0, 32)}'.`)
}

async function parseParameters(text: string): Promise<ReadonlyMap<string, string> | AuthorizerRefusal> {
  const parameters = new Map<string, string>()
  for (const part of text.split(',').map((part) => part.trim())) {
    if (part === '') continue
    const equals = part.indexOf('=')
    if (equals === -1) return notKeyValue(part)
    const key = part.slice(0, equals)
    if (parameters.has(key)) return incompleteSignature(`Authorization header has the '${key.slice(0, 32)}' parameter twice.`)
    parameters.set(key, part.slice(equals + 1))
  }
  return parameters
}

async function notKeyValue(part: string): Promise<AuthorizerRefusal> {
  // The newer of Amazon's two texts: the part may be somebody's token and is not repeated.
  const hash = await sha256Base64(part)
  return incompleteSignature(
    `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${hash}'.`,
  )
}

async function requireParameters(
  request: SignedRequest,
  header: string,
  parameters: ReadonlyMap<string, string>,
): Promise<SignatureFields | AuthorizerRefusal> {
  const credential = parameters.get('Credential')
  const signature = parameters.get('Signature')
  const signedHeaders = parameters.get('SignedHeaders')
  const date = headerDate(request)
  if (credential && signature && signedHeaders && date !== undefined) {
    if (!header.startsWith(`${ALGORITHM} `)) return unsupportedAlgorithm(header.split(' ', 1)[0] ?? '')
    return { form: 'header', credential, signature, signedHeaders, date, ...optionalHeaders(request) }
  }
  const missing = [
    credential ? '' : "Authorization header requires 'Credential' parameter. ",
    signature ? '' : "Authorization header requires 'Signature' parameter. ",
    signedHeaders ? '' : "Authorization header requires 'SignedHeaders' parameter. ",
    date === undefined ? "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " : '',
  ]
  const hash = await sha256Base64(header)
  return incompleteSignature(`${missing.join('')}(Hashed with SHA-256 and encoded with Base64) Authorization=${hash}`)
}

function headerDate(request: SignedRequest): string | undefined {
  const amzDate = headerValues(request, 'x-amz-date')
  if (amzDate.length > 0) return amzDate.join(',').trim()
  const date = headerValues(request, 'date')[0]
  return date === undefined ? undefined : (parseHttpDate(date.trim()) ?? date)
}

function optionalHeaders(request: SignedRequest): Pick<SignatureFields, 'securityToken' | 'declaredPayloadHash'> {
  const tokens = headerValues(request, 'x-amz-security-token')
  const hashes = headerValues(request, 'x-amz-content-sha256')
  return {
    ...(tokens.length > 0 && { securityToken: tokens.join(',').trim() }),
    ...(hashes.length > 0 && { declaredPayloadHash: hashes.join(',').trim() }),
  }
}
