import { chooseIdentity } from '../semantics/integrations/aws/identity.ts'
import type { AwsIdentity } from '../semantics/integrations/functions/function-call.ts'
import type { Keyed, Matched } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/** In whose name an integration calls AWS: the gateway's, that of its execution role, or the caller's (aws-rest 6.1). */
export function requireIdentity(matched: Matched & Partial<Keyed>): AwsIdentity {
  const { caller } = matched
  const signed = caller?.kind === 'iam' ? { accessKeyId: caller.credential.accessKeyId, sessionToken: caller.sessionToken } : null
  const identity = chooseIdentity(matched.method.document.integration.credentials, matched.stageVariables, signed)
  if (identity === null) throw new GatewayRefusal('API_CONFIGURATION_ERROR', { note: "the integration uses its caller's credentials, and the caller did not sign" })
  return identity
}
