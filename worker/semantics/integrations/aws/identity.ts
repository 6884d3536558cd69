import type { AwsIdentity } from '../functions/function-call.ts'
import { renderStageVariables } from '../../stages/stage-variables.ts'

/** The value of `credentials` that means: whoever calls (aws-rest 6.1). */
const CALLER_CREDENTIALS = 'arn:aws:iam::*:user/*'

/** The signed caller of a request. */
export interface SignedCaller {
  readonly accessKeyId: string
  readonly sessionToken: string | null
}

/** In whose name an integration calls AWS; null when it is the caller's and nobody signed. */
export function chooseIdentity(credentials: string | null, variables: Readonly<Record<string, string>>, caller: SignedCaller | null): AwsIdentity | null {
  if (credentials === null || credentials === '') return { kind: 'gateway' }
  if (credentials !== CALLER_CREDENTIALS) return { kind: 'role', roleArn: renderStageVariables(credentials, variables) }
  return caller === null ? null : { kind: 'caller', ...caller }
}
