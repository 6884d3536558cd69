import { toApiId, toStageName, type ApiId, type DeploymentId, type StageName } from './ids.ts'

/** The version of every document that this code writes and reads; a reader refuses any other. */
export const DOCUMENT_SCHEMA = 1

/** KV key of an immutable deployment. */
export const deploymentKey = (apiId: ApiId, deploymentId: DeploymentId): string => `deployment/${apiId}/${deploymentId}`

/** Whether a KV key is that of a deployment. */
export const isDeploymentKey = (key: string): boolean => key.startsWith('deployment/')

/** KV key of a stage: the pointer to its deployment, and its settings. */
export const stageKey = (apiId: ApiId, stageName: StageName): string => `stage/${apiId}/${stageName}`

/** Whether a KV key is that of a stage. */
export const isStageKey = (key: string): boolean => key.startsWith('stage/')

/** KV key of a custom domain; `host` is lower case and without a port. */
export const domainKey = (host: string): string => `domain/${host}`

/** KV key of the account: region, throttle, named functions and links. */
export const accountKey = (): string => 'account'

/** KV key (namespace CACHE) of a cached answer; the digest is the SHA-256 of the cache key, hexadecimal. */
export const cacheEntryKey = (apiId: ApiId, stageName: StageName, keyDigest: string): string => `${cacheEntryPrefix(apiId, stageName)}${keyDigest}`

/** What the KV keys of all cached answers of a stage begin with. */
export const cacheEntryPrefix = (apiId: ApiId, stageName: StageName): string => `cache/${apiId}/${stageName}/`

/** Name of the object that keeps the books of a stage's cache. */
export const cacheIndexName = (apiId: ApiId, stageName: StageName): string => `${apiId}/${stageName}`

/** Name of the object that holds the truth about an API: its draft, deployments, stages. */
export const apiLedgerName = (apiId: ApiId): string => `api:${apiId}`

/** Name of the object that holds the truth about the account: domains, plans, keys, credentials. */
export const accountLedgerName = (): string => 'account'

/** KV key of an API key: the SHA-256 of its value, in hex. */
export const apiKeyKey = (valueSha256: string): string => `api-key/${valueSha256}`

/** KV key of a usage plan. */
export const usagePlanKey = (usagePlanId: string): string => `usage-plan/${usagePlanId}`

/** KV key of an access key of an IAM principal. */
export const credentialKey = (accessKeyId: string): string => `credential/${accessKeyId}`

/** The API and stage of a `cacheIndexName`; throws for any other name. */
export function splitCacheIndexName(name: string): { readonly apiId: ApiId; readonly stageName: StageName } {
  const slash = name.indexOf('/')
  const apiId = toApiId(name.slice(0, slash))
  const stageName = toStageName(name.slice(slash + 1))
  if (apiId === null || stageName === null) throw new Error(`${JSON.stringify(name)} names no API and stage`)
  return { apiId, stageName }
}

/** Name of the object that counts a key's requests under a usage plan. */
export const quotaCounterName = (usagePlanId: string, apiKeyId: string): string => `${usagePlanId}/${apiKeyId}`

/** Name of the object that is a part of a hot token bucket. */
export const bucketPartName = (bucketName: string, part: number): string => `${bucketName}#part-${part}`
