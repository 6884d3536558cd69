import { accountKey, apiKeyKey, credentialKey, deploymentKey, domainKey, stageKey, usagePlanKey } from '../../../kv-schemas/keys.ts'
import { writeDeploymentText } from '../compile/deployment-text.ts'
import type { RuleSet } from './rule-set.ts'

/** The documents of a rule set by their KV keys, in the order of writing: what is pointed at comes before what points at it. */
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

/** The keys and values of a rule set as KV has them, in the order of writing. */
export function toKvPairs(rules: RuleSet): readonly (readonly [key: string, value: string])[] {
  const texts = new Map<unknown, string>(rules.deployments.map((deployment) => [deployment, writeDeploymentText(deployment)]))
  return toKvEntries(rules).map(([key, document]) => [key, texts.get(document) ?? JSON.stringify(document)])
}
