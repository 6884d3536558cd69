import { equalInConstantTime } from '../equal-in-constant-time.ts'
import type { AuthorizerRefusal } from '../refusal.ts'
import { renderCanonicalRequest } from './canonical-request.ts'
import type { CanonicalForm } from './canonical-request.ts'
import { EMPTY_SHA256, sha256Hex } from './digest.ts'
import type { ParsedSignature } from './parse-signature.ts'
import { EXPIRED_CREDENTIAL, UNKNOWN_CREDENTIAL, signatureMismatch } from './refusals.ts'
import { headerValues } from './signed-request.ts'
import type { SignedRequest } from './signed-request.ts'
import { renderScope, signHex } from './signing-key.ts'
import { hasValidChunks } from './streaming-payload.ts'

/** What is known of the access key that a signature names. */
export interface SigningCredential {
  readonly signingKey: CryptoKey
  /** SHA-256 in hex of the session token that belongs to the key; a key without one must come without a token. */
  readonly sessionTokenSha256?: string
  readonly expiresAtMs?: number
}

/** What a verification needs besides the request and its signature. */
export interface VerifyOptions {
  readonly nowMs: number
  /** The bytes of the body; called at most once, and only if the signature covers them. */
  readonly readBody: () => Promise<Uint8Array<ArrayBuffer>>
  /** False only for services that sign paths as they are. */
  readonly normalizePath?: boolean
}

/** The end of a verification. */
export type SignatureVerdict = { readonly kind: 'verified' } | { readonly kind: 'refused'; readonly refusal: AuthorizerRefusal }

const UNSIGNED: ReadonlySet<string> = new Set(['UNSIGNED-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'])
const CHUNKED: ReadonlySet<string> = new Set(['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER'])
/** What is signed but nobody should read in an error: session tokens, API keys, sessions of browsers. */
const SECRET_HEADERS: ReadonlySet<string> = new Set(['x-amz-security-token', 'x-api-key', 'cookie', 'authorization', 'proxy-authorization'])

/** Proves that a request was signed with a key: steps 10 and 11 of aws-websocket-and-services E4. */
export async function verifySignature(
  request: SignedRequest,
  signature: ParsedSignature,
  credential: SigningCredential,
  options: VerifyOptions,
): Promise<SignatureVerdict> {
  const token = await checkSessionToken(signature, credential, options.nowMs)
  if (token !== undefined) return { kind: 'refused', refusal: token }
  const payload = await resolvePayload(signature, options)
  const forms = candidateForms(request, signature, payload.hash, options.normalizePath ?? true)
  const isPlausible = payload.isAsDeclared && hasEveryHeader(request, signature) && isSorted(signature.signedHeaderNames)
  const isSigned = isPlausible && (await matchesAnyForm(request, signature, credential, forms))
  const isWhole = isSigned && (await hasWholePayload(signature, credential, payload))
  return isWhole ? { kind: 'verified' } : { kind: 'refused', refusal: await explainMismatch(request, signature, forms[0]) }
}

async function checkSessionToken(signature: ParsedSignature, credential: SigningCredential, nowMs: number): Promise<AuthorizerRefusal | undefined> {
  const given = signature.securityToken
  const expected = credential.sessionTokenSha256
  if (given === undefined && expected === undefined) return expiry(credential, nowMs)
  if (given === undefined || expected === undefined) return UNKNOWN_CREDENTIAL
  return equalInConstantTime(await sha256Hex(given), expected) ? expiry(credential, nowMs) : UNKNOWN_CREDENTIAL
}

function expiry(credential: SigningCredential, nowMs: number): AuthorizerRefusal | undefined {
  return credential.expiresAtMs !== undefined && nowMs >= credential.expiresAtMs ? EXPIRED_CREDENTIAL : undefined
}

interface Payload {
  readonly hash: string
  /** False when the request announces another hash than its body has. */
  readonly isAsDeclared: boolean
  readonly chunkedBody?: Uint8Array<ArrayBuffer>
}

async function resolvePayload(signature: ParsedSignature, options: VerifyOptions): Promise<Payload> {
  const declared = signature.declaredPayloadHash
  // Differs from Amazon: whether execute-api takes UNSIGNED-PAYLOAD is not known; here a signer may leave the body out.
  if (declared !== undefined && UNSIGNED.has(declared)) return { hash: declared, isAsDeclared: true }
  const body = await options.readBody()
  if (declared !== undefined && CHUNKED.has(declared)) return { hash: declared, isAsDeclared: true, chunkedBody: body }
  const hash = body.length === 0 ? EMPTY_SHA256 : await sha256Hex(body)
  return { hash, isAsDeclared: declared === undefined || equalInConstantTime(declared, hash) }
}

function hasEveryHeader(request: SignedRequest, signature: ParsedSignature): boolean {
  return signature.signedHeaderNames.every((name) => headerValues(request, name).length > 0)
}

function isSorted(names: readonly string[]): boolean {
  return names.every((name, index) => name === name.toLowerCase() && (index === 0 || (names[index - 1] ?? '') < name))
}

/**
 * The ways in which a client may have written the request down. The first is the rule. Runtimes that hand over several
 * headers of one name as `a, b` lose what the client signed as `a,b`; and some clients add the session token to
 * the URL after signing it, which is safe because the token itself is compared.
 */
function candidateForms(
  request: SignedRequest,
  signature: ParsedSignature,
  payloadHash: string,
  normalizePath: boolean,
): readonly [CanonicalForm, ...CanonicalForm[]] {
  const rule: CanonicalForm = {
    signedHeaders: signature.signedHeaderNames,
    payloadHash,
    normalizePath,
    unsignedQuery: ['X-Amz-Signature'],
    headerJoin: 'as-received',
  }
  const others: CanonicalForm[] = []
  const isJoined = signature.signedHeaderNames.some((name) => headerValues(request, name).some((value) => value.includes(', ')))
  if (isJoined) others.push({ ...rule, headerJoin: 'without-spaces' })
  if (signature.form === 'query' && signature.securityToken !== undefined) {
    others.push({ ...rule, unsignedQuery: ['X-Amz-Signature', 'X-Amz-Security-Token'] })
  }
  return [rule, ...others]
}

async function matchesAnyForm(
  request: SignedRequest,
  signature: ParsedSignature,
  credential: SigningCredential,
  forms: readonly CanonicalForm[],
): Promise<boolean> {
  for (const form of forms) {
    const stringToSign = await renderStringToSign(signature, renderCanonicalRequest(request, form))
    if (equalInConstantTime(signature.signature, await signHex(credential.signingKey, stringToSign))) return true
  }
  return false
}

async function renderStringToSign(signature: ParsedSignature, canonicalRequest: string): Promise<string> {
  return ['AWS4-HMAC-SHA256', signature.date, renderScope(signature.scope), await sha256Hex(canonicalRequest)].join('\n')
}

async function hasWholePayload(signature: ParsedSignature, credential: SigningCredential, payload: Payload): Promise<boolean> {
  if (payload.chunkedBody === undefined) return true
  return hasValidChunks({
    body: payload.chunkedBody,
    signingKey: credential.signingKey,
    scope: signature.scope,
    date: signature.date,
    seedSignature: signature.signature,
    hasTrailer: payload.hash.endsWith('-TRAILER'),
  })
}

async function explainMismatch(request: SignedRequest, signature: ParsedSignature, form: CanonicalForm): Promise<AuthorizerRefusal> {
  // Differs from Amazon: secrets in the canonical request are masked, since errors end up in logs.
  const stringToSign = await renderStringToSign(signature, renderCanonicalRequest(request, form))
  return signatureMismatch(renderCanonicalRequest(maskSecrets(request), form), stringToSign)
}

function maskSecrets(request: SignedRequest): SignedRequest {
  return {
    ...request,
    headers: request.headers.map(([name, value]) => [name, SECRET_HEADERS.has(name.toLowerCase()) ? '****' : value]),
    query: request.query.replace(/(^|&)(X-Amz-Security-Token)=[^&]*/g, '$1$2=****'),
  }
}
