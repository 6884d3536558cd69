import { describeQueryError, parseAssumeRole, toAssumeRoleBody } from '../../semantics/integrations/aws/assume-role.ts'
import type { AwsCredentials } from './environment.ts'

/** Credentials of roles that this isolate has assumed, by role and by the key that assumed it. */
export type RoleMemory = Map<string, AwsCredentials>

/** A role's credentials are renewed when they have less than this left, and used until they have less than the smaller. */
const LIMITS = { renewWithinMs: 120_000, useWithinMs: 5_000, rolesMax: 256 } as const

/** What came of asking for credentials. */
export type CredentialsOutcome = { readonly kind: 'granted'; readonly credentials: AwsCredentials } | { readonly kind: 'timed-out' } | { readonly kind: 'refused'; readonly cause: string }

/** Sends the body of an STS call and gives the answer's status and text. */
export type CallSts = (body: string) => Promise<{ readonly statusCode: number; readonly text: string } | { readonly kind: 'timed-out' } | { readonly kind: 'failed'; readonly cause: string }>

/** The credentials of a role: held ones until shortly before they expire, and a little longer when STS is down. */
export async function assumeRole(roleArn: string, memory: RoleMemory, options: { readonly assumerId: string; readonly nowMs: () => number; readonly callSts: CallSts }): Promise<CredentialsOutcome> {
  const key = roleKey(roleArn, options.assumerId)
  const held = memory.get(key)
  if (held !== undefined && leftMs(held, options.nowMs()) > LIMITS.renewWithinMs) return { kind: 'granted', credentials: held }
  const outcome = await askSts(roleArn, options.callSts)
  if (outcome.kind === 'granted') {
    memory.delete(key)
    memory.set(key, outcome.credentials)
    const [oldest] = memory.keys()
    if (memory.size > LIMITS.rolesMax && oldest !== undefined) memory.delete(oldest)
    return outcome
  }
  if (held !== undefined && leftMs(held, options.nowMs()) > LIMITS.useWithinMs) return { kind: 'granted', credentials: held }
  return outcome
}

/** Forgets a role's credentials that a service refused. */
export function forgetRole(roleArn: string, memory: RoleMemory, assumerId: string): void {
  memory.delete(roleKey(roleArn, assumerId))
}

async function askSts(roleArn: string, callSts: CallSts): Promise<CredentialsOutcome> {
  const answer = await callSts(toAssumeRoleBody(roleArn))
  if ('kind' in answer) return answer.kind === 'timed-out' ? answer : { kind: 'refused', cause: `STS can't be reached: ${answer.cause}` }
  if (answer.statusCode !== 200) return { kind: 'refused', cause: `STS answered ${answer.statusCode} for ${roleArn}, ${describeQueryError(answer.text)}` }
  const credentials = parseAssumeRole(answer.text)
  return credentials === null ? { kind: 'refused', cause: `STS answered 200 for ${roleArn} without credentials` } : { kind: 'granted', credentials }
}

function roleKey(roleArn: string, assumerId: string): string {
  return `${assumerId} ${roleArn}`
}

function leftMs(credentials: AwsCredentials, nowMs: number): number {
  return (credentials.expiresAtMs ?? Number.POSITIVE_INFINITY) - nowMs
}
