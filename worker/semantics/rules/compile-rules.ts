import { accountSchema, domainSchema, type AccountDocument, type DomainDocument } from '../../../kv-schemas/documents/account.ts'
import { DOCUMENT_SCHEMA } from '../../../kv-schemas/keys.ts'
import { accountRuleSchema } from '../../../kv-schemas/rule-files/account.ts'
import { domainsRuleSchema } from '../../../kv-schemas/rule-files/domains.ts'
import { checkShape } from '../source/check-shape.ts'
import { sortProblems, type Problem } from '../source/report.ts'
import type { Source } from '../source/source.ts'
import { checkDomains } from './check-domains.ts'
import { compileAccess } from './compile-access.ts'
import { compileApi, type CompiledApi } from './compile-api.ts'
import { readRuleFile, type Environment } from './read-rule-file.ts'
import type { CompiledRules } from './rule-set.ts'
import { sortRuleFiles } from './rule-files.ts'

/** What compiling takes from outside. */
export interface CompileOptions {
  readonly env: Environment
  /** The gateway's CREDENTIALS_KEY, with which secrets are sealed; without it the credentials that come out open for nobody. */
  readonly credentialsKey?: string | undefined
}

/**
 * Compiles a rule folder, given as texts by paths relative to it (`apis/petstore/api.yaml`), into the documents that are published; or says everything that is
 * wrong with it, all at once. Pure: the same files and environment give the same answer.
 */
export async function compileRules(files: ReadonlyMap<string, string>, options: CompileOptions): Promise<CompiledRules> {
  const problems: Problem[] = []
  const sorted = sortRuleFiles(files, problems)
  const account = readAccount(sorted.account, options.env, problems)
  const apis: CompiledApi[] = []
  for (const api of sorted.apis) apis.push(await compileApi(api, { account, env: options.env, problems }))
  const domains = readDomains(sorted.domains, apis, options.env, problems)
  const access = await compileAccess(sorted, { account, apis, env: options.env, problems, credentialsKey: options.credentialsKey ?? null })
  const ordered = sortProblems(problems)
  if (ordered.some((problem) => problem.severity === 'error')) return { ok: false, problems: ordered }
  const deployments = apis.flatMap((api) => api.deployment ?? [])
  const stageFiles = apis.flatMap((api) => api.stages)
  const stages = stageFiles.flatMap((stage) => stage.document ?? [])
  return { ok: true, rules: { account, deployments, stages, stageRules: stageFiles, domains, ...access }, warnings: ordered }
}

function readAccount(source: Source | null, env: Environment, problems: Problem[]): AccountDocument {
  const fallback = accountSchema.parse({ schema: DOCUMENT_SCHEMA })
  if (source === null) return fallback
  const { root, report } = readRuleFile(source, env)
  const rule = root === null ? null : checkShape(accountRuleSchema, root, report)
  problems.push(...report.problems)
  if (rule === null) return fallback
  const { $schema: _schema, ...settings } = rule
  return { ...settings, schema: DOCUMENT_SCHEMA }
}

function readDomains(source: Source | null, apis: readonly CompiledApi[], env: Environment, problems: Problem[]): DomainDocument[] {
  if (source === null) return []
  const { root, report } = readRuleFile(source, env)
  const rule = root === null ? null : checkShape(domainsRuleSchema, root, report)
  if (rule !== null && root !== null) checkDomains(rule, apis, root, report)
  problems.push(...report.problems)
  return (rule?.domains ?? []).map((domain) => domainSchema.parse({ ...domain, schema: DOCUMENT_SCHEMA }))
}
