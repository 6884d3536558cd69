import { apiKeySchema, credentialSchema, usagePlanSchema, type ApiKeyDocument, type CredentialDocument, type UsagePlanDocument } from '../kv-schemas/documents/access.ts'
import type { Access } from '../worker/ports.ts'
import { hashApiKey } from '../worker/semantics/api-keys/key-value.ts'
import type { KeySource } from '../worker/semantics/authorizers/jwt/issuer.ts'
import { renewKeySet, type KeySet } from '../worker/semantics/authorizers/jwt/key-set.ts'
import { importPublicKey } from '../worker/semantics/authorizers/jwt/verify-token.ts'
import { createGrantCache } from '../worker/semantics/authorizers/lambda/result-cache.ts'
import { createRecent } from '../worker/semantics/authorizers/recent.ts'
import { sha256Hex } from '../worker/semantics/authorizers/sigv4/digest.ts'
import { deriveSigningKey } from '../worker/semantics/authorizers/sigv4/signing-key.ts'
import { compilePolicy } from '../worker/semantics/policy/compile-policy.ts'

/** A principal of a test, with its secret in the open. */
export interface TestPrincipal extends Partial<CredentialDocument> {
  readonly accessKeyId: string
  readonly secret: string
  readonly sessionToken?: string
}

/** Who is known in a test. */
export interface TestAccess {
  /** API keys by value. */
  readonly apiKeys?: Readonly<Record<string, Partial<ApiKeyDocument>>>
  readonly usagePlans?: readonly Partial<UsagePlanDocument>[]
  readonly principals?: readonly TestPrincipal[]
  /** What issuers publish, by issuer; `null` for one that is down. */
  readonly keySets?: Readonly<Record<string, unknown>>
  readonly nowMs?: () => number
}

/** Who may call, in memory; `asked` counts what was looked up. */
export function accessOf({ apiKeys = {}, usagePlans = [], principals = [], keySets = {}, nowMs = () => 0 }: TestAccess = {}): Access & { readonly asked: string[] } {
  const asked: string[] = []
  const held = new Map<string, KeySet>()
  return {
    asked,
    async apiKey(valueSha256) {
      asked.push(`api-key`)
      for (const [value, key] of Object.entries(apiKeys)) {
        if ((await hashApiKey(value)) === valueSha256) return apiKeyOf(key)
      }
      return null
    },
    async usagePlan(id) {
      asked.push(`usage-plan/${id}`)
      const plan = usagePlans.find((candidate) => candidate.id === id)
      return plan === undefined ? null : usagePlanSchema.parse({ schema: 1, ...plan })
    },
    async signer(accessKeyId, scope) {
      asked.push(`credential/${accessKeyId}`)
      const principal = principals.find((candidate) => candidate.accessKeyId === accessKeyId)
      if (principal === undefined) return { kind: 'unknown' }
      const document = await credentialOf(principal)
      const policies = document.policies.flatMap((policy) => {
        const compilation = compilePolicy(policy, { kind: 'identity' })
        return compilation.kind === 'policy' ? [compilation.policy] : []
      })
      const token = document.sessionTokenSha256
      const credential = { signingKey: await deriveSigningKey(principal.secret, scope), ...(token !== null && { sessionTokenSha256: token }), ...(document.expiresAtMs !== null && { expiresAtMs: document.expiresAtMs }) }
      return { kind: 'known', document, credential, policies }
    },
    keySets: {
      held: (source) => held.get(source.issuer) ?? null,
      async renew(source: KeySource) {
        asked.push(`keys of ${source.issuer}`)
        const renewed = renewKeySet(held.get(source.issuer) ?? null, keySets[source.issuer] ?? null, nowMs())
        held.set(source.issuer, renewed)
        return renewed
      },
      imported: importPublicKey,
      userPoolIssuer: ({ region, userPoolId }) => `https://cognito-idp.${region}.amazonaws.com/${userPoolId}`,
    },
    tokens: createRecent(100),
    apiKeyDigests: createRecent(100),
    grants: createGrantCache(100),
  }
}

function apiKeyOf(key: Partial<ApiKeyDocument>): ApiKeyDocument {
  return apiKeySchema.parse({ schema: 1, id: 'key', name: '', description: '', customerId: null, enabled: true, validUntilMs: null, usagePlanIds: ['plan'], createdAtMs: null, ...key })
}

async function credentialOf({ secret: _secret, sessionToken, ...document }: TestPrincipal): Promise<CredentialDocument> {
  return credentialSchema.parse({
    schema: 1, sealedSecret: '', sessionTokenSha256: sessionToken === undefined ? null : await sha256Hex(sessionToken), expiresAtMs: null,
    arn: 'arn:aws:iam::123456789012:user/alice', accountId: '123456789012', userId: 'AIDAALICE', principalOrgId: null, tags: {}, policies: [], enabled: true,
    ...document,
  })
}
