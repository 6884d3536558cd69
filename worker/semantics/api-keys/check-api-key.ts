import type { ApiKeyDocument, UsagePlanDocument } from '../../../kv-schemas/documents/access.ts'

/** What an API key proves: whose request it is, and under which plan (aws-rest 10.3). */
export interface ProvenApiKey {
  readonly apiKeyId: string
  readonly usagePlanId: string
  readonly customerId: string | null
}

/** Why a key does not open a stage; for the log, the client reads Forbidden in any case. */
export type ApiKeyFault = 'missing' | 'unknown' | 'disabled' | 'expired' | 'no-plan'

/** Whether the value that found a key's document is good now. */
export function findApiKeyFault(key: ApiKeyDocument | null, nowMs: number): ApiKeyFault | null {
  if (key === null) return 'unknown'
  if (!key.enabled) return 'disabled'
  return key.validUntilMs !== null && nowMs >= key.validUntilMs ? 'expired' : null
}

/** Whether a plan opens a stage. */
export function holdsStage(plan: UsagePlanDocument, apiId: string, stage: string): boolean {
  return plan.apiStages.some((held) => held.apiId === apiId && held.stage === stage)
}
