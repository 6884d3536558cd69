import { SIGV4_LIMITS } from './limits.ts'
import { ALGORITHM, unsupportedAlgorithm } from './parse-authorization.ts'
import type { SignatureFields } from './parse-authorization.ts'
import { incompleteSignature } from './refusals.ts'
import type { AuthorizerRefusal } from '../refusal.ts'

const REQUIRED = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date'] as const
const KNOWN: ReadonlySet<string> = new Set([...REQUIRED, 'X-Amz-Expires', 'X-Amz-Security-Token', 'X-Amz-Content-Sha256'])

/** Reads the signature of a presigned URL (aws-websocket-and-services E3) from its decoded query parameters. */
export function parsePresignedQuery(query: readonly (readonly [string, string])[]): SignatureFields | AuthorizerRefusal {
  const parameters = new Map<string, string>()
  for (const [key, value] of query) {
    if (!KNOWN.has(key)) continue
    if (parameters.has(key)) return incompleteSignature(`AWS query-string parameters must include '${key}' only once.`)
    parameters.set(key, value)
  }
  const algorithm = parameters.get('X-Amz-Algorithm')
  if (algorithm !== undefined && algorithm !== ALGORITHM) return unsupportedAlgorithm(algorithm)
  const missing = REQUIRED.filter((name) => !parameters.get(name))
  if (missing.length > 0) {
    const texts = missing.map((name) => `AWS query-string parameters must include '${name}'. `)
    return incompleteSignature(`${texts.join('')}Re-examine the query-string parameters.`)
  }
  return withExpiry(parameters)
}

function withExpiry(parameters: ReadonlyMap<string, string>): SignatureFields | AuthorizerRefusal {
  const expires = parameters.get('X-Amz-Expires')
  if (expires !== undefined && !isLifetime(expires)) {
    return incompleteSignature(`X-Amz-Expires must be a number of seconds from 1 to ${SIGV4_LIMITS.expiresSecondsMax}.`)
  }
  const securityToken = parameters.get('X-Amz-Security-Token')
  const declaredPayloadHash = parameters.get('X-Amz-Content-Sha256')
  return {
    form: 'query',
    credential: parameters.get('X-Amz-Credential') ?? '',
    signature: parameters.get('X-Amz-Signature') ?? '',
    signedHeaders: parameters.get('X-Amz-SignedHeaders') ?? '',
    date: parameters.get('X-Amz-Date') ?? '',
    ...(expires !== undefined && { expiresSeconds: Number(expires) }),
    ...(securityToken !== undefined && { securityToken }),
    ...(declaredPayloadHash !== undefined && { declaredPayloadHash }),
  }
}

function isLifetime(text: string): boolean {
  const seconds = Number(text)
  return /^\d{1,6}$/.test(text) && seconds >= 1 && seconds <= SIGV4_LIMITS.expiresSecondsMax
}
