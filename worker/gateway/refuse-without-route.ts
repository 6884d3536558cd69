import { parseSignature } from '../semantics/authorizers/sigv4/parse-signature.ts'
import { toGatewayRefusal } from './access-refusals.ts'
import { HEADERS_TO_SIGN, SIGNED_SERVICE } from './authorize-by-signature.ts'
import type { Resolved } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'
import { toSignedRequest } from './signed-request.ts'

/**
 * Refuses a call that no method answers: there is no 404 and no 405. A client that sends an Authorization header which is no signature is told so instead, as Amazon
 * does (aws-rest 1.5).
 */
export async function refuseWithoutRoute(resolved: Resolved): Promise<never> {
  const { request, account, receivedAtMs, httpMethod, resourceRequestPath } = resolved
  if (request.headers.has('authorization')) {
    const expected = { region: account.region, service: SIGNED_SERVICE, nowMs: receivedAtMs, headersToSign: HEADERS_TO_SIGN }
    const parse = await parseSignature(toSignedRequest(request), expected)
    if (parse.kind === 'refused' && parse.refusal.errorType === 'IncompleteSignatureException') throw toGatewayRefusal(parse.refusal)
  }
  throw new GatewayRefusal('MISSING_AUTHENTICATION_TOKEN', { note: `no method answers ${httpMethod} ${resourceRequestPath}` })
}
