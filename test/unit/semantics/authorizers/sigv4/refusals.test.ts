import { describe, expect, test } from 'vitest'
import { CLIENTS, HOST, NOW_MS, SESSION_TOKEN, verifyWire } from './clients.ts'
import type { WireRequest } from './clients.ts'

const SCOPE = 'AKIDEXAMPLE/20250101/us-east-1/execute-api/aws4_request'
const SIGNATURE = '0'.repeat(64)
const AUTHORIZATION = `AWS4-HMAC-SHA256 Credential=${SCOPE}, SignedHeaders=host;x-amz-date, Signature=${SIGNATURE}`
const QUERY = {
  'X-Amz-Algorithm': 'AWS4-HMAC-SHA256', 'X-Amz-Credential': SCOPE, 'X-Amz-Date': '20250101T000000Z',
  'X-Amz-Expires': '300', 'X-Amz-SignedHeaders': 'host', 'X-Amz-Signature': SIGNATURE,
}

const signed = (authorization: string | undefined, headers: Readonly<Record<string, string>> = { 'x-amz-date': '20250101T000000Z' }, query = ''): WireRequest => ({
  method: 'GET', path: '/prod/pets', query, body: '',
  headers: [['host', HOST], ...Object.entries(headers), ...(authorization === undefined ? [] : [['authorization', authorization] as const])],
})
const presigned = (changes: Readonly<Record<string, string | undefined>>): WireRequest => {
  const entries = Object.entries({ ...QUERY, ...changes }).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]))
  return signed(undefined, {}, new URLSearchParams(entries).toString())
}
const MISSING = "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
  "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. " +
  '(Hashed with SHA-256 and encoded with Base64) Authorization='

/** aws-websocket-and-services E4 and E5: what is wrong, and what Amazon says to it. */
const rows: readonly (readonly [name: string, request: WireRequest, expected: string])[] = [
  ['nothing', signed(undefined), 'MissingAuthenticationTokenException: Missing Authentication Token'],
  ['somebody else\'s token', signed('Bearer sometoken'), "IncompleteSignatureException: Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'nJKFR6Xc4vzCeI3jT+FjlC9k5Q/qVw0zd0gi1erL8ew='."],
  ['one word', signed('sometoken', {}), `IncompleteSignatureException: ${MISSING}nJKFR6Xc4vzCeI3jT+FjlC9k5Q/qVw0zd0gi1erL8ew=`],
  ['an empty header', signed('', {}), `IncompleteSignatureException: ${MISSING}47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=`],
  ['another algorithm', signed(AUTHORIZATION.replace('SHA256', 'SHA1')), "IncompleteSignatureException: Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA1'."],
  ['all parts but a foreign algorithm', signed(AUTHORIZATION.replace('AWS4-HMAC-SHA256', 'Digest')), "IncompleteSignatureException: Unsupported AWS 'algorithm': 'Digest'."],
  ['two headers', signed(`${AUTHORIZATION}, ${AUTHORIZATION}`), "IncompleteSignatureException: Authorization header has the 'SignedHeaders' parameter twice."],
  ['a part twice', signed(`${AUTHORIZATION}, Signature=${SIGNATURE}`), "IncompleteSignatureException: Authorization header has the 'Signature' parameter twice."],
  ['header and query', signed(AUTHORIZATION, { 'x-amz-date': '20250101T000000Z' }, 'X-Amz-Algorithm=AWS4-HMAC-SHA256'), 'IncompleteSignatureException: Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter or the Authorization header should be specified.'],
  ['host not signed', signed(AUTHORIZATION.replace('host;', '')), "InvalidSignatureException: 'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."],
  ['method override not signed', signed(AUTHORIZATION, { 'x-amz-date': '20250101T000000Z', 'x-http-method-override': 'DELETE' }), "InvalidSignatureException: 'x-http-method-override' must be a 'SignedHeader' in the AWS Authorization."],
  ['no date', signed(AUTHORIZATION, {}), "IncompleteSignatureException: Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. (Hashed with SHA-256 and encoded with Base64) Authorization=oV5SN+WFKggBIaDHCGnBl+VY5uhjMQ5Z9jd4fLMbijA="],
  ['not a date', signed(AUTHORIZATION, { 'x-amz-date': '2025-01-01' }), "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '2025-01-01'. See http://en.wikipedia.org/wiki/ISO_8601"],
  ['30 February', signed(AUTHORIZATION, { 'x-amz-date': '20250230T000000Z' }), "IncompleteSignatureException: Date must be in ISO-8601 'basic format'. Got '20250230T000000Z'. See http://en.wikipedia.org/wiki/ISO_8601"],
  ['too old', signed(AUTHORIZATION, { 'x-amz-date': '20241231T235459Z' }), 'InvalidSignatureException: Signature expired: 20241231T235459Z is now earlier than 20241231T235500Z (20250101T000000Z - 5 min.)'],
  ['from the future', signed(AUTHORIZATION, { 'x-amz-date': '20250101T000501Z' }), 'InvalidSignatureException: Signature not yet current: 20250101T000501Z is still later than 20250101T000500Z (20250101T000000Z + 5 min.)'],
  ['credential of four parts', signed(AUTHORIZATION.replace('/aws4_request', '')), "IncompleteSignatureException: Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got 'AKIDEXAMPLE/20250101/us-east-1/execute-api'"],
  ['region', signed(AUTHORIZATION.replace('us-east-1', 'eu-west-1')), 'InvalidSignatureException: Credential should be scoped to a valid region. '],
  ['region and service', signed(AUTHORIZATION.replace('us-east-1/execute-api', 'eu-west-1/s3')), "InvalidSignatureException: Credential should be scoped to a valid region. Credential should be scoped to correct service: 'execute-api'. "],
  ['terminator', signed(AUTHORIZATION.replace('aws4_', 'aws5_')), "InvalidSignatureException: Credential should be scoped with a valid terminator: 'aws4_request'. "],
  ['date of the scope', signed(AUTHORIZATION.replace('20250101', '20250102')), "InvalidSignatureException: Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20250102' != '20250101', from '20250101T000000Z'."],
  ['unknown key', signed(AUTHORIZATION.replace('AKID', 'AKIX')), 'UnrecognizedClientException: no such key'],
  ['token for a key without one', signed(AUTHORIZATION, { 'x-amz-date': '20250101T000000Z', 'x-amz-security-token': 'x' }), 'UnrecognizedClientException: The security token included in the request is invalid.'],
  ['query: only the algorithm', signed(undefined, {}, 'X-Amz-Algorithm=AWS4-HMAC-SHA256'), "IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters."],
  ['query: no algorithm', presigned({ 'X-Amz-Algorithm': undefined }), "IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-Algorithm'. Re-examine the query-string parameters."],
  ['query: eight days', presigned({ 'X-Amz-Expires': '604801' }), 'IncompleteSignatureException: X-Amz-Expires must be a number of seconds from 1 to 604800.'],
  ['query: no lifetime', presigned({ 'X-Amz-Expires': '0' }), 'IncompleteSignatureException: X-Amz-Expires must be a number of seconds from 1 to 604800.'],
  ['query: lifetime in words', presigned({ 'X-Amz-Expires': '1e3' }), 'IncompleteSignatureException: X-Amz-Expires must be a number of seconds from 1 to 604800.'],
  ['query: expired', presigned({ 'X-Amz-Date': '20241231T235459Z', 'X-Amz-Credential': SCOPE.replace('20250101', '20241231') }), 'InvalidSignatureException: Signature expired: 20241231T235459Z is now earlier than 20241231T235500Z (20250101T000000Z - 5 min.)'],
  ['query: signature twice', { ...presigned({}), query: `${presigned({}).query}&X-Amz-Signature=${SIGNATURE}` }, "IncompleteSignatureException: AWS query-string parameters must include 'X-Amz-Signature' only once."],
]

describe('a signature that is not right is refused in Amazon\'s words', () => {
  test.each(rows)('%s', async (_name, request, expected) => {
    expect(await verifyWire(request)).toBe(expected)
  })

  test('a mismatch shows what was expected', async () => {
    expect(await verifyWire(signed(AUTHORIZATION))).toBe(
      'InvalidSignatureException: The request signature we calculated does not match the signature you provided. ' +
        'Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\n' +
        `The Canonical String for this request should have been\n'GET\n/prod/pets\n\nhost:${HOST}\nx-amz-date:20250101T000000Z\n\nhost;x-amz-date\n` +
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'\n\n" +
        "The String-to-Sign should have been\n'AWS4-HMAC-SHA256\n20250101T000000Z\n20250101/us-east-1/execute-api/aws4_request\n" +
        "f2eeacdf1a0812399301ab8701b183dc8e0d8a500e31ebeca61fe1c1eaeaa42c'\n",
    )
  })

  test('a mismatch never repeats a secret', async () => {
    const draft = { method: 'GET', path: '/prod', query: [], headers: { 'x-api-key': 'KEY-OF-SOMEBODY' }, body: '' }
    for (const client of ['smithy, header', 'smithy, query', 'aws4fetch, header', 'aws4fetch, query'] as const) {
      const request = await CLIENTS[client](draft, SESSION_TOKEN)
      const answer = await verifyWire({ ...request, path: '/other' }, SESSION_TOKEN)
      expect(answer).toContain('The Canonical String')
      expect(answer).not.toMatch(/KEY-OF-SOMEBODY|SESSION(\/|%2F)TOKEN/)
    }
  })

  test('a session that is over', async () => {
    const request = await CLIENTS['smithy, header']({ method: 'GET', path: '/', query: [], headers: {}, body: '' }, SESSION_TOKEN)
    expect(await verifyWire(request, SESSION_TOKEN, NOW_MS + 60_000)).toBe('verified')
    expect(await verifyWire(request, undefined)).toContain('UnrecognizedClientException')
    expect(await verifyWire(request, 'OTHER')).toContain('UnrecognizedClientException')
  })
})
