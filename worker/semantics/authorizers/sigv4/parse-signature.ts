import { parseAmzDate, toAmzDate } from './amz-date.ts'
import { parseQuery } from './canonical-request.ts'
import { SIGV4_LIMITS } from './limits.ts'
import { parseAuthorizationHeader } from './parse-authorization.ts'
import type { SignatureFields } from './parse-authorization.ts'
import { parsePresignedQuery } from './parse-presigned-query.ts'
import { MISSING_TOKEN, incompleteSignature, invalidSignature } from './refusals.ts'
import type { AuthorizerRefusal } from '../refusal.ts'
import { headerValues } from './signed-request.ts'
import type { SignedRequest } from './signed-request.ts'
import type { CredentialScope } from './signing-key.ts'

/** What a signature has to fit: the API's region and service, and the clock. */
export interface SignatureExpectation {
  readonly region: string
  readonly service: string
  readonly nowMs: number
  /** Lower-case names of headers that change the request's meaning and so have to be signed when they are sent. */
  readonly headersToSign?: readonly string[]
  readonly skewMs?: number
}

/** A signature that is complete, in time and for this API; who made it is still to be proved. */
export interface ParsedSignature extends SignatureFields {
  readonly accessKeyId: string
  readonly scope: CredentialScope
  readonly signedHeaderNames: readonly string[]
}

/** Either the signature of a request or why it is refused before anybody's key is looked up. */
export type SignatureParse =
  | { readonly kind: 'signed'; readonly signature: ParsedSignature }
  | { readonly kind: 'refused'; readonly refusal: AuthorizerRefusal }

/**
 * Reads the signature of a request and checks all that needs no key: steps 1 to 9 of aws-websocket-and-services E4,
 * in Amazon's order, with Amazon's texts.
 */
export async function parseSignature(request: SignedRequest, expected: SignatureExpectation): Promise<SignatureParse> {
  const fields = await parseFields(request)
  if ('errorType' in fields) return { kind: 'refused', refusal: fields }
  const names = fields.signedHeaders.split(';')
  const checked = checkSignedHeaders(request, names, expected) ?? checkDate(fields, expected) ?? checkCredential(fields, names, expected)
  return 'errorType' in checked ? { kind: 'refused', refusal: checked } : { kind: 'signed', signature: checked }
}

function parseFields(request: SignedRequest): Promise<SignatureFields | AuthorizerRefusal> {
  const headers = headerValues(request, 'authorization')
  const query = request.query === '' ? [] : parseQuery(request.query)
  const isPresigned = query.some(([key]) => key === 'X-Amz-Algorithm' || key === 'X-Amz-Signature')
  if (headers.length > 0 && isPresigned) {
    return Promise.resolve(incompleteSignature(
      'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified.',
    ))
  }
  if (headers.length > 0) return parseAuthorizationHeader(request, headers.join(', ').trim())
  return Promise.resolve(isPresigned ? parsePresignedQuery(query) : MISSING_TOKEN)
}

function checkSignedHeaders(request: SignedRequest, names: readonly string[], expected: SignatureExpectation): AuthorizerRefusal | undefined {
  if (!names.includes('host')) {
    return invalidSignature("'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.")
  }
  if (names.length > SIGV4_LIMITS.signedHeadersMax) return incompleteSignature('Too many SignedHeaders.')
  const unsigned = expected.headersToSign?.find((name) => !names.includes(name) && headerValues(request, name).length > 0)
  return unsigned === undefined ? undefined : invalidSignature(`'${unsigned}' must be a 'SignedHeader' in the AWS Authorization.`)
}

function checkDate(fields: SignatureFields, expected: SignatureExpectation): AuthorizerRefusal | undefined {
  const signedMs = parseAmzDate(fields.date)
  if (signedMs === undefined) {
    return incompleteSignature(`Date must be in ISO-8601 'basic format'. Got '${fields.date.slice(0, 64)}'. See http://en.wikipedia.org/wiki/ISO_8601`)
  }
  const skewMs = expected.skewMs ?? SIGV4_LIMITS.skewMs
  const lifetimeMs = fields.expiresSeconds === undefined ? skewMs : fields.expiresSeconds * 1000
  // Whole seconds, as the dates are: a signature of this second is not in the past.
  const nowMs = Math.floor(expected.nowMs / 1000) * 1000
  if (signedMs < nowMs - lifetimeMs) {
    const earliest = toAmzDate(nowMs - lifetimeMs)
    return invalidSignature(`Signature expired: ${fields.date} is now earlier than ${earliest} (${toAmzDate(nowMs)} - ${renderSpan(lifetimeMs)})`)
  }
  if (signedMs > nowMs + skewMs) {
    const latest = toAmzDate(nowMs + skewMs)
    return invalidSignature(`Signature not yet current: ${fields.date} is still later than ${latest} (${toAmzDate(nowMs)} + ${renderSpan(skewMs)})`)
  }
  return undefined
}

function renderSpan(spanMs: number): string {
  return spanMs % 60_000 === 0 ? `${spanMs / 60_000} min.` : `${spanMs / 1000} sec.`
}

function checkCredential(fields: SignatureFields, signedHeaderNames: readonly string[], expected: SignatureExpectation): ParsedSignature | AuthorizerRefusal {
  const parts = fields.credential.split('/')
  const [accessKeyId = '', date = '', region = '', service = '', terminator = ''] = parts
  if (parts.length !== 5 || accessKeyId === '') {
    return incompleteSignature(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${fields.credential.slice(0, 128)}'`,
    )
  }
  const signedDate = fields.date.slice(0, 8)
  const wrong = [
    region === expected.region ? '' : 'Credential should be scoped to a valid region. ',
    service === expected.service ? '' : `Credential should be scoped to correct service: '${expected.service}'. `,
    terminator === 'aws4_request' ? '' : "Credential should be scoped with a valid terminator: 'aws4_request'. ",
    date === signedDate
      ? ''
      : `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date.slice(0, 16)}' != '${signedDate}', from '${fields.date}'.`,
  ].join('')
  if (wrong !== '') return invalidSignature(wrong)
  return { ...fields, accessKeyId, scope: { date, region, service }, signedHeaderNames }
}
