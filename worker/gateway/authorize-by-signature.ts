import type { Ports } from '../ports.ts'
import { UNKNOWN_CREDENTIAL } from '../semantics/authorizers/sigv4/refusals.ts'
import { parseSignature } from '../semantics/authorizers/sigv4/parse-signature.ts'
import { verifySignature } from '../semantics/authorizers/sigv4/verify-signature.ts'
import { combineEffects } from '../semantics/policy/combine-effects.ts'
import { evaluatePolicies, INVOKE } from '../semantics/policy/evaluate-policy.ts'
import { toGatewayRefusal } from './access-refusals.ts'
import { toCallerFacts, toPolicyContext } from './call-facts.ts'
import { accountOf, askResourcePolicy, denied, toPrincipal } from './check-policy.ts'
import type { Guarded, IamCaller } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'
import { toSignedRequest } from './signed-request.ts'

/** The service that requests are signed for. */
export const SIGNED_SERVICE = 'execute-api'
/** A header that changes what is called must be part of the signature when it is sent. */
export const HEADERS_TO_SIGN = ['x-http-method-override'] as const

/** Step 5 with AWS_IAM: a Signature Version 4, and policies that allow its principal the call (aws-rest 11.5, 12.2). */
export async function authorizeBySignature(guarded: Guarded, ports: Ports): Promise<IamCaller> {
  const request = toSignedRequest(guarded.request)
  const nowMs = ports.clock.nowMs()
  const parse = await parseSignature(request, { region: guarded.account.region, service: SIGNED_SERVICE, nowMs, headersToSign: HEADERS_TO_SIGN })
  if (parse.kind === 'refused') throw toGatewayRefusal(parse.refusal)
  const { signature } = parse
  const signer = await ports.access.signer(signature.accessKeyId, signature.scope)
  if (signer.kind === 'unreadable') throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: signer.cause })
  if (signer.kind === 'unknown') throw toGatewayRefusal(UNKNOWN_CREDENTIAL)
  const verdict = await verifySignature(request, signature, signer.credential, { nowMs, readBody: () => guarded.wireBody.bytes() })
  if (verdict.kind === 'refused') throw toGatewayRefusal(verdict.refusal)
  const caller: IamCaller = { kind: 'iam', credential: signer.document, policies: signer.policies, sessionToken: signature.securityToken ?? null }
  requireAccess(guarded, caller)
  return caller
}

function requireAccess(guarded: Guarded, caller: IamCaller): void {
  if (guarded.methodArns === null) return
  const principal = toPrincipal(caller)
  const identity = evaluatePolicies(caller.policies, {
    action: INVOKE,
    resources: guarded.methodArns,
    principal,
    context: toPolicyContext(guarded, toCallerFacts(caller.credential)),
  })
  const verdict = combineEffects(identity, askResourcePolicy(guarded, caller), accountOf(guarded, caller))
  if (verdict !== 'allowed') throw denied(principal, guarded.methodArns[0], verdict)
}
