import type { FunctionOutcome } from '../../integrations/functions/function-call.ts'
import { compilePolicy, type Policy } from '../../policy/compile-policy.ts'
import { brokenAuthorizer, unauthorized, unreachableAuthorizer, type AuthorizerRefusal } from '../refusal.ts'

/** What a Lambda authorizer grants. The policy is evaluated for every method anew; it is what is cached, never the verdict. */
export interface AuthorizerGrant {
  readonly principalId: string
  readonly policy: Policy
  /** Texts only, whatever the function gave (aws-rest 11.2). */
  readonly context: Readonly<Record<string, string>>
  readonly usageIdentifierKey: string | null
}

/** The answer of an authorizer, or the refusal that it comes to. Only grants may be cached. */
export type AuthorizerAnswer = { readonly kind: 'granted'; readonly grant: AuthorizerGrant } | { readonly kind: 'refused'; readonly refusal: AuthorizerRefusal }

/** Bounds of an answer (aws-rest 11.2): the length of an ARN in its policy, and our own of its whole. */
const LIMITS = { resourceLengthMax: 512, answerBytesMax: 65_536 } as const

/** Reads what a call of an authorizer function came to (table of aws-rest 11.2). */
export function readAuthorizerAnswer(outcome: FunctionOutcome): AuthorizerAnswer {
  switch (outcome.kind) {
    case 'answered':
      return readPayload(outcome.payload, outcome.functionError)
    case 'not-permitted':
    case 'not-found':
      return refused(brokenAuthorizer(`Invalid permissions on Lambda function: ${outcome.cause}`))
    case 'throttled':
    case 'rejected':
    case 'unreachable':
      return refused(unreachableAuthorizer(outcome.cause))
    case 'timed-out':
      return refused(unreachableAuthorizer('the authorizer function did not answer in time'))
    default:
      return outcome satisfies never
  }
}

function readPayload(payload: Uint8Array, functionError: string | null): AuthorizerAnswer {
  if (payload.byteLength > LIMITS.answerBytesMax) return broken(`the answer is larger than ${LIMITS.answerBytesMax} bytes`)
  const answer = parseJson(payload)
  if (functionError !== null) {
    const isRefusal = isRecord(answer) && answer['errorMessage'] === 'Unauthorized'
    return isRefusal ? refused(unauthorized('the authorizer function said Unauthorized')) : broken('the authorizer function failed')
  }
  if (!isRecord(answer)) return broken('the answer is not an object')
  return readGrant(answer)
}

function readGrant(answer: Readonly<Record<string, unknown>>): AuthorizerAnswer {
  const { principalId, policyDocument, context, usageIdentifierKey } = answer
  if (typeof principalId !== 'string' || principalId === '') return broken('principalId is missing or not a text')
  const policy = readPolicy(policyDocument)
  if (typeof policy === 'string') return broken(policy)
  const texts = readContext(context)
  if (texts === null) return broken('context is not an object of texts, numbers and booleans')
  if (usageIdentifierKey !== undefined && usageIdentifierKey !== null && typeof usageIdentifierKey !== 'string') return broken('usageIdentifierKey is not a text')
  return { kind: 'granted', grant: { principalId, policy, context: texts, usageIdentifierKey: usageIdentifierKey ?? null } }
}

function readPolicy(document: unknown): Policy | string {
  if (!isRecord(document)) return 'policyDocument is missing or not an object'
  const compilation = compilePolicy(document, { kind: 'identity' })
  if (compilation.kind === 'invalid') {
    const [issue] = compilation.issues
    return `policyDocument: ${issue?.path ?? ''}: ${issue?.message ?? ''}`
  }
  const patterns = compilation.policy.statements.flatMap((statement) => statement.resources.patterns)
  const isLong = patterns.some((pattern) => pattern.text.length > LIMITS.resourceLengthMax)
  return isLong ? `policyDocument: a Resource is longer than ${LIMITS.resourceLengthMax} characters` : compilation.policy
}

function readContext(context: unknown): Readonly<Record<string, string>> | null {
  if (context === undefined || context === null) return {}
  if (!isRecord(context)) return null
  const texts: [string, string][] = []
  for (const [name, value] of Object.entries(context)) {
    if (value === null) continue
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null
    texts.push([name, String(value)])
  }
  // `fromEntries` defines members, so that a member called `__proto__` is one like any other.
  return Object.fromEntries(texts)
}

function parseJson(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload))
  } catch {
    // No JSON is one of the malformed answers; the caller says so.
    return undefined
  }
}

function broken(note: string): AuthorizerAnswer {
  return refused(brokenAuthorizer(`Execution failed due to configuration error: ${note}`))
}

function refused(refusal: AuthorizerRefusal): AuthorizerAnswer {
  return { kind: 'refused', refusal }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
