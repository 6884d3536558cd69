import type { CredentialDocument } from '../../kv-schemas/documents/access.ts'
import type { ContextLookup } from '../semantics/policy/pattern.ts'
import { createContextLookup, type CallerFacts, type CallFacts } from '../semantics/policy/request-context.ts'
import type { Matched } from './exchange.ts'

/** Answers the condition keys of policies from a request; `caller` is who proved to be one. */
export function toPolicyContext(matched: Matched, caller: CallerFacts | null): ContextLookup {
  let lookup: ContextLookup | null = null
  // Most policies have no conditions, and then nothing of this is worked out.
  return (key) => (lookup ??= createContextLookup(toFacts(matched, caller)))(key)
}

function toFacts({ request, receivedAtMs, sourceIp, account, privateNetwork }: Matched, caller: CallerFacts | null): CallFacts {
  return {
    nowMs: receivedAtMs,
    sourceIp,
    isSecure: request.url.startsWith('https:'),
    userAgent: request.headers.get('user-agent'),
    referer: request.headers.get('referer'),
    region: account.region,
    privateNetwork,
    caller,
  }
}

const PRINCIPAL_TYPES: Readonly<Record<string, string>> = { user: 'User', 'assumed-role': 'AssumedRole', 'federated-user': 'FederatedUser', role: 'AssumedRole', root: 'Account' }

/** What policies may ask of an IAM principal. */
export function toCallerFacts(credential: CredentialDocument): CallerFacts {
  const [type = '', ...names] = credential.arn.split(':').slice(5).join(':').split('/')
  return {
    arn: credential.arn,
    accountId: credential.accountId,
    userId: credential.userId,
    userName: type === 'user' ? (names.at(-1) ?? null) : null,
    principalType: PRINCIPAL_TYPES[type] ?? 'User',
    organizationId: credential.principalOrgId,
    tags: credential.tags,
    hasSession: credential.sessionTokenSha256 !== null,
    issuedAtMs: null,
  }
}
