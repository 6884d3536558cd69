import type { ApiKeysRule } from '../../../kv-schemas/rule-files/api-keys.ts'
import type { CredentialsRule } from '../../../kv-schemas/rule-files/credentials.ts'
import type { UsagePlanRule, UsagePlansRule } from '../../../kv-schemas/rule-files/usage-plans.ts'
import { compilePolicy } from '../policy/compile-policy.ts'
import { isKnownKey } from '../policy/request-context.ts'
import { didYouMean } from '../source/nearest-word.ts'
import { descend, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import type { CompiledApi } from './compile-api.ts'

/** Checks that usage plans name stages and methods that are there, and nothing twice (aws-rest 10.2). */
export function checkUsagePlans({ usagePlans }: UsagePlansRule, apis: readonly CompiledApi[], root: Place, report: Report): void {
  const ids = new Set<string>()
  for (const [index, plan] of usagePlans.entries()) {
    const at = descend(root, 'usagePlans', index)
    if (ids.has(plan.id)) report.error(descend(at, 'id'), `the usage plan ${plan.id} stands here twice`)
    ids.add(plan.id)
    checkStages(plan, apis, at, report)
  }
}

function checkStages(plan: UsagePlanRule, apis: readonly CompiledApi[], at: Place, report: Report): void {
  const stages = new Set<string>()
  for (const [index, { apiId, stage, throttle }] of plan.apiStages.entries()) {
    const stageAt = descend(at, 'apiStages', index)
    const api = apis.find((candidate) => candidate.apiId === apiId)
    if (stages.has(`${apiId}/${stage}`)) report.error(stageAt, `the stage ${apiId}/${stage} stands in the usage plan twice`)
    stages.add(`${apiId}/${stage}`)
    if (api === undefined || !api.stageNames.includes(stage)) {
      const known = apis.flatMap((candidate) => candidate.stageNames.map((name) => `${candidate.apiId}/${name}`))
      report.error(stageAt, `Invalid API Stage {api: ${apiId}, stage: ${stage}} specified for usageplan ${plan.id}${didYouMean(`${apiId}/${stage}`, known)}`)
      continue
    }
    checkMethods(Object.keys(throttle), api, descend(stageAt, 'throttle'), report)
  }
}

function checkMethods(keys: readonly string[], { deployment }: CompiledApi, at: Place, report: Report): void {
  if (deployment === null) return
  const known = deployment.resources.flatMap((resource) => Object.keys(resource.methods).map((method) => `${resource.path === '/' ? '' : resource.path}/${method}`))
  for (const key of keys) {
    if (!known.includes(key)) report.error(descend(at, key), `there is no method ${key}: write the resource's path and the method, as in /pets/{petId}/GET${didYouMean(key, known)}`)
  }
}

/** Checks that keys are told apart, name plans that are there, and have at most one plan for each stage (aws-rest 10.2). `plans` is null when their file can't be read. */
export function checkApiKeys({ apiKeys }: ApiKeysRule, plans: readonly UsagePlanRule[] | null, root: Place, report: Report): void {
  const ids = new Set<string>()
  const values = new Set<string>()
  for (const [index, key] of apiKeys.entries()) {
    const at = descend(root, 'apiKeys', index)
    const value = key.valueSha256 ?? key.value ?? ''
    if (ids.has(key.id)) report.error(descend(at, 'id'), `the API key ${key.id} stands here twice`)
    if (values.has(value)) report.error(at, 'API Key already exists: another key has this value')
    ids.add(key.id)
    values.add(value)
    if (plans !== null) checkPlansOfKey(key.usagePlanIds, plans, descend(at, 'usagePlanIds'), report)
  }
}

function checkPlansOfKey(usagePlanIds: readonly string[], plans: readonly UsagePlanRule[], at: Place, report: Report): void {
  if (usagePlanIds.length === 0) report.warning(at, 'a key without a usage plan opens nothing')
  const planOf = new Map<string, string>()
  for (const [index, id] of usagePlanIds.entries()) {
    const plan = plans.find((candidate) => candidate.id === id)
    if (plan === undefined) report.error(descend(at, index), `Invalid Usage Plan ID specified: there is no ${id}${didYouMean(id, plans.map((candidate) => candidate.id))}`)
    for (const { apiId, stage } of plan?.apiStages ?? []) {
      const other = planOf.get(`${apiId}/${stage}`)
      if (other !== undefined) report.error(descend(at, index), `a key has at most one usage plan for a stage: ${other} and ${id} both hold ${apiId}/${stage}`)
      planOf.set(`${apiId}/${stage}`, id)
    }
  }
}

/** Checks that access keys are told apart and that their policies can be read. */
export function checkCredentials({ credentials }: CredentialsRule, root: Place, report: Report): void {
  const ids = new Set<string>()
  for (const [index, credential] of credentials.entries()) {
    const at = descend(root, 'credentials', index)
    if (ids.has(credential.accessKeyId)) report.error(descend(at, 'accessKeyId'), `the access key ${credential.accessKeyId} stands here twice`)
    ids.add(credential.accessKeyId)
    for (const [policyIndex, policy] of credential.policies.entries()) checkIdentityPolicy(policy, descend(at, 'policies', policyIndex), report)
  }
}

function checkIdentityPolicy(document: unknown, at: Place, report: Report): void {
  const compilation = compilePolicy(document, { kind: 'identity' })
  if (compilation.kind === 'invalid') {
    for (const { path, message } of compilation.issues) report.error(descend(at, ...toKeys(path)), message)
    return
  }
  for (const key of conditionKeysOf(document)) {
    if (!isKnownKey(key)) report.warning(at, `the condition key ${key} is never present here: read what that means for its operator`)
  }
}

/** `Statement[0].Action` as keys. */
function toKeys(path: string): (string | number)[] {
  return Array.from(path.matchAll(/[^.[\]]+/gu), ([key]) => (/^[0-9]+$/u.test(key) ? Number(key) : key))
}

function conditionKeysOf(document: unknown): readonly string[] {
  if (Array.isArray(document)) return document.flatMap(conditionKeysOf)
  if (typeof document !== 'object' || document === null) return []
  return Object.entries(document).flatMap(([name, value]: [string, unknown]) => {
    if (name === 'Statement') return conditionKeysOf(value)
    if (name !== 'Condition' || typeof value !== 'object' || value === null) return []
    return Object.values(value).flatMap((keys: unknown) => (typeof keys === 'object' && keys !== null ? Object.keys(keys) : []))
  })
}
