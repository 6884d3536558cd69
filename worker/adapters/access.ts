import type { ApiKeyDocument, CredentialDocument, UsagePlanDocument } from '../../kv-schemas/documents/access.ts'
import { apiKeyKey, credentialKey, usagePlanKey } from '../../kv-schemas/keys.ts'
import type { Access, Signer } from '../ports.ts'
import { createGrantCache, type GrantCache } from '../semantics/authorizers/lambda/result-cache.ts'
import type { ProvenToken } from '../semantics/authorizers/jwt/verify-token.ts'
import { createRecent, type Recent } from '../semantics/authorizers/recent.ts'
import { deriveSealingKeys, openSecret, type SealingKeys } from '../semantics/authorizers/seal-secret.ts'
import { deriveSigningKey, type CredentialScope } from '../semantics/authorizers/sigv4/signing-key.ts'
import { compilePolicy, type Policy } from '../semantics/policy/compile-policy.ts'
import { createFreshened, type Freshened, type Freshness } from './freshened.ts'
import { createKeySets, type KeySetMemory, type KeySetOptions } from './key-sets.ts'

/** Bounds of what an isolate keeps; the oldest goes first. */
const LIMITS = { keysMax: 5_000, plansMax: 500, principalsMax: 1_000, signingKeysMax: 1_000, grantsMax: 10_000, tokensMax: 1_000 } as const

/** A principal with its secret opened and its policies prepared. */
interface Principal {
  readonly document: CredentialDocument
  readonly secretAccessKey: string
  readonly policies: readonly Policy[]
}

/** What an isolate knows of callers; one per isolate, shared by its requests. */
export interface AccessMemory {
  readonly apiKeys: Freshened<ApiKeyDocument>
  readonly usagePlans: Freshened<UsagePlanDocument>
  readonly credentials: Freshened<CredentialDocument>
  /** By document: what was worked out from it, good as long as that very document is. */
  readonly principals: WeakMap<CredentialDocument, Principal>
  /** By access key, secret and scope. */
  readonly signingKeys: Map<string, CryptoKey>
  readonly keySets: KeySetMemory
  readonly tokens: Recent<ProvenToken>
  readonly apiKeyDigests: Recent<string>
  readonly grants: GrantCache
  sealing: { readonly passphrase: string; readonly keys: SealingKeys } | null
}

/** Makes an empty memory. */
export function createAccessMemory(): AccessMemory {
  return {
    // What opens doors is looked up again when it is old, not behind the response: a key that was revoked must not open one more.
    apiKeys: createFreshened(LIMITS.keysMax, () => true, 'waits'),
    usagePlans: createFreshened(LIMITS.plansMax, () => true),
    credentials: createFreshened(LIMITS.principalsMax, () => true, 'waits'),
    principals: new WeakMap(),
    signingKeys: new Map(),
    keySets: { sets: new Map(), imported: new WeakMap() },
    tokens: createRecent(LIMITS.tokensMax),
    apiKeyDigests: createRecent(LIMITS.keysMax),
    grants: createGrantCache(LIMITS.grantsMax),
    sealing: null,
  }
}

/** What the adapter needs of the world. */
export interface AccessOptions extends Freshness, KeySetOptions {
  readonly memory: AccessMemory
  /** Reads a document of the rules; throws `RulesUnavailable` when it can't. */
  readonly read: (key: string) => Promise<unknown>
  /** The secret `CREDENTIALS_KEY`, with which the secrets of credentials are sealed; null when it is not set. */
  readonly credentialsKey: string | null
}

/** Callers as KV has them, kept in the isolate. */
export function createAccess(options: AccessOptions): Access {
  const { memory, read } = options
  return {
    apiKey: (valueSha256) => memory.apiKeys.get(valueSha256, async () => (await read(apiKeyKey(valueSha256))) as ApiKeyDocument | null, options),
    usagePlan: (id) => memory.usagePlans.get(id, async () => (await read(usagePlanKey(id))) as UsagePlanDocument | null, options),
    signer: (accessKeyId, scope) => findSigner(accessKeyId, scope, options),
    keySets: createKeySets(memory.keySets, options),
    tokens: memory.tokens,
    apiKeyDigests: memory.apiKeyDigests,
    grants: memory.grants,
  }
}

/** The secret of an access key, for integrations that sign with their caller's credentials; null when it is not known. */
export async function findSecret(accessKeyId: string, options: AccessOptions): Promise<string | null> {
  const principal = await findPrincipal(accessKeyId, options)
  return 'document' in principal ? principal.secretAccessKey : null
}

async function findSigner(accessKeyId: string, scope: CredentialScope, options: AccessOptions): Promise<Signer> {
  const principal = await findPrincipal(accessKeyId, options)
  if (!('document' in principal)) return principal
  const { document, policies } = principal
  const signingKey = await findSigningKey(principal, scope, options.memory.signingKeys)
  const credential = {
    signingKey,
    ...(document.sessionTokenSha256 !== null && { sessionTokenSha256: document.sessionTokenSha256 }),
    ...(document.expiresAtMs !== null && { expiresAtMs: document.expiresAtMs }),
  }
  return { kind: 'known', document, credential, policies }
}

async function findPrincipal(accessKeyId: string, options: AccessOptions): Promise<Principal | Exclude<Signer, { kind: 'known' }>> {
  const { memory, read } = options
  // Amazon's ids are letters and digits; anything else would only ask KV for what can't be there.
  if (!/^[A-Za-z0-9]{3,128}$/u.test(accessKeyId)) return { kind: 'unknown' }
  const document = await memory.credentials.get(accessKeyId, async () => (await read(credentialKey(accessKeyId))) as CredentialDocument | null, options)
  if (document === null || !document.enabled) return { kind: 'unknown' }
  const held = memory.principals.get(document)
  if (held !== undefined) return held
  const opened = await openPrincipal(document, options)
  if ('document' in opened) memory.principals.set(document, opened)
  return opened
}

async function openPrincipal(document: CredentialDocument, { memory, credentialsKey }: AccessOptions): Promise<Principal | Exclude<Signer, { kind: 'known' }>> {
  if (credentialsKey === null) return { kind: 'unreadable', cause: 'the secret CREDENTIALS_KEY is not set' }
  if (memory.sealing?.passphrase !== credentialsKey) memory.sealing = { passphrase: credentialsKey, keys: await deriveSealingKeys(credentialsKey) }
  const secret = await openSecret(document.sealedSecret, document.accessKeyId, memory.sealing.keys)
  if (secret.kind === 'unreadable') return { kind: 'unreadable', cause: `the credential ${document.accessKeyId} was sealed with another CREDENTIALS_KEY` }
  const policies = document.policies.flatMap((policy) => {
    const compilation = compilePolicy(policy, { kind: 'identity' })
    return compilation.kind === 'policy' ? [compilation.policy] : []
  })
  // A policy that can't be read may hold a Deny, so a principal that has one may do nothing.
  if (policies.length !== document.policies.length) return { kind: 'unreadable', cause: `a policy of the credential ${document.accessKeyId} can't be read` }
  return { document, secretAccessKey: secret.secret, policies }
}

async function findSigningKey({ document, secretAccessKey }: Principal, scope: CredentialScope, keys: Map<string, CryptoKey>): Promise<CryptoKey> {
  // The sealed secret stands in the key, so that a secret that was changed leaves no signing key behind.
  const name = `${document.accessKeyId}/${document.sealedSecret}/${scope.date}/${scope.region}/${scope.service}`
  const held = keys.get(name)
  if (held !== undefined) return held
  const key = await deriveSigningKey(secretAccessKey, scope)
  keys.set(name, key)
  const [oldest] = keys.keys()
  if (keys.size > LIMITS.signingKeysMax && oldest !== undefined) keys.delete(oldest)
  return key
}
