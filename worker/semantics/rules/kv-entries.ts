import { accountKey, apiKeyKey, credentialKey, deploymentKey, domainKey, stageKey, usagePlanKey } from '../../../kv-schemas/keys.ts'
import type { RuleSet } from './rule-set.ts'

/** The KV documents of a rule set by their keys, in the order of writing: what is pointed at comes before what points at it. */
export function toKvEntries(rules: RuleSet): readonly (readonly [key: string, document: unknown])[] {
  return [
    [accountKey(), rules.account],
    ...rules.deployments.map((deployment) => [deploymentKey(deployment.apiId, deployment.deploymentId), deployment] as const),
    ...rules.stages.map((stage) => [stageKey(stage.apiId, stage.stageName), stage] as const),
    ...rules.domains.map((domain) => [domainKey(domain.domainName), domain] as const),
    ...rules.usagePlans.map((plan) => [usagePlanKey(plan.id), plan] as const),
    ...rules.apiKeys.map(({ valueSha256, document }) => [apiKeyKey(valueSha256), document] as const),
    ...rules.credentials.map((credential) => [credentialKey(credential.accessKeyId), credential] as const),
  ]
}
