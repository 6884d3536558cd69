import type * as z from 'zod'
import type { ApiKeyDocument, CredentialDocument, UsagePlanDocument } from '../../../kv-schemas/documents/access.ts'
import { DOCUMENT_SCHEMA } from '../../../kv-schemas/keys.ts'
import { apiKeysRuleSchema, type ApiKeyRule } from '../../../kv-schemas/rule-files/api-keys.ts'
import { credentialsRuleSchema, type CredentialRule } from '../../../kv-schemas/rule-files/credentials.ts'
import { usagePlansRuleSchema, type UsagePlansRule } from '../../../kv-schemas/rule-files/usage-plans.ts'
import { hashApiKey } from '../api-keys/key-value.ts'
import { deriveSealingKeys, sealSecret, type SealingKeys } from '../authorizers/seal-secret.ts'
import { sha256Hex } from '../authorizers/sigv4/digest.ts'
import { checkShape } from '../source/check-shape.ts'
import { descend, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import type { Source } from '../source/source.ts'
import { checkApiKeys, checkCredentials, checkUsagePlans } from './check-access.ts'
import type { CompiledApi } from './compile-api.ts'
import { readRuleFile, type RuleContext } from './read-rule-file.ts'

/** An API key as it is published: under the hash of its value. */
export interface CompiledApiKey {
  readonly valueSha256: string
  readonly document: ApiKeyDocument
}

/** Who may call, as a rule folder says it. */
export interface CompiledAccess {
  readonly usagePlans: readonly UsagePlanDocument[]
  readonly apiKeys: readonly CompiledApiKey[]
  readonly credentials: readonly CredentialDocument[]
}

/** The files of a rule folder that say who may call; null for those that are not there. */
export interface AccessFiles {
  readonly usagePlans: Source | null
  readonly apiKeys: Source | null
  readonly credentials: Source | null
}

/** What compiling them takes from the rest. */
export interface AccessContext extends RuleContext {
  readonly apis: readonly CompiledApi[]
  /** With what the secrets of credentials are sealed; null for a check that publishes nothing. */
  readonly credentialsKey: string | null
}

/** Compiles usage plans, API keys and credentials; reports every problem. What comes out holds no secret in the open. */
export async function compileAccess(files: AccessFiles, context: AccessContext): Promise<CompiledAccess> {
  const plansRule = readFile(files.usagePlans, usagePlansRuleSchema, context, (rule, root, report) => checkUsagePlans(rule, context.apis, root, report))
  const plans = plansRule?.usagePlans ?? []
  const knownPlans = files.usagePlans !== null && plansRule === null ? null : plans
  const keys = readFile(files.apiKeys, apiKeysRuleSchema, context, (rule, root, report, source) => {
    checkApiKeys(rule, knownPlans, root, report)
    rule.apiKeys.forEach(({ value }, index) => warnOfSecret(value, source, descend(root, 'apiKeys', index, 'value'), report))
  })?.apiKeys ?? []
  const credentials = readFile(files.credentials, credentialsRuleSchema, context, (rule, root, report, source) => {
    checkCredentials(rule, root, report)
    rule.credentials.forEach(({ secretAccessKey }, index) => warnOfSecret(secretAccessKey, source, descend(root, 'credentials', index, 'secretAccessKey'), report))
  })?.credentials ?? []
  const sealing = context.credentialsKey === null || credentials.length === 0 ? null : await deriveSealingKeys(context.credentialsKey)
  return {
    usagePlans: plans.map((plan: UsagePlansRule['usagePlans'][number]) => ({ ...plan, schema: DOCUMENT_SCHEMA })),
    apiKeys: (await Promise.all(keys.map(compileApiKey))).flat(),
    credentials: await Promise.all(credentials.map((credential) => compileCredential(credential, context, sealing))),
  }
}

type Check<Rule> = (rule: Rule, root: Place, report: Report, source: Source) => void

function readFile<Of extends z.ZodType>(source: Source | null, schema: Of, { env, problems }: RuleContext, check: Check<z.output<Of>>): z.output<Of> | null {
  if (source === null) return null
  const { root, report } = readRuleFile(source, env)
  const rule = root === null ? null : checkShape(schema, root, report)
  if (rule !== null && root !== null) check(rule, root, report, source)
  problems.push(...report.problems)
  return rule
}

/** Secrets come from the environment; one that stands in the file itself ends up in the history of a repository. */
function warnOfSecret(secret: string | undefined, source: Source, at: Place, report: Report): void {
  if (secret !== undefined && source.text.includes(JSON.stringify(secret))) report.warning(at, 'a secret stands in the file: write ${env.NAME} and set the variable where you push')
}

async function compileApiKey(rule: ApiKeyRule): Promise<readonly CompiledApiKey[]> {
  const valueSha256 = rule.valueSha256 ?? (await hashApiKey(rule.value ?? ''))
  const document: ApiKeyDocument = {
    schema: DOCUMENT_SCHEMA,
    id: rule.id,
    name: rule.name,
    description: rule.description,
    customerId: rule.customerId ?? null,
    enabled: rule.enabled,
    validUntilMs: null,
    usagePlanIds: rule.usagePlanIds,
    createdAtMs: null,
  }
  if (rule.previous === undefined) return [{ valueSha256, document }]
  const previous = { ...document, validUntilMs: Date.parse(rule.previous.validUntil) }
  return [{ valueSha256, document }, { valueSha256: rule.previous.valueSha256, document: previous }]
}

async function compileCredential(rule: CredentialRule, { account }: RuleContext, sealing: SealingKeys | null): Promise<CredentialDocument> {
  const { accessKeyId } = rule
  const arn = rule.arn ?? `arn:aws:iam::${account.accountId}:user/${accessKeyId}`
  return {
    schema: DOCUMENT_SCHEMA,
    accessKeyId,
    // Nothing to seal with: the document is for a check only, and opens for nobody.
    sealedSecret: sealing === null ? '' : await sealSecret(rule.secretAccessKey, accessKeyId, sealing),
    sessionTokenSha256: rule.sessionToken === undefined ? null : await sha256Hex(rule.sessionToken),
    expiresAtMs: rule.expiration === undefined ? null : Date.parse(rule.expiration),
    arn,
    accountId: arn.split(':')[4] ?? account.accountId,
    userId: rule.userId ?? accessKeyId,
    principalOrgId: rule.principalOrgId ?? null,
    tags: rule.tags,
    policies: rule.policies,
    enabled: rule.enabled,
  }
}
