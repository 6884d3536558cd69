import type { PushAnswer } from '../../kv-schemas/control-api/answers.ts'
import type { Attribution, PushRequest } from '../../kv-schemas/control-api/requests.ts'
import type { ApiId, StageName } from '../../kv-schemas/ids.ts'
import type { Env } from '../adapters/env.ts'
import type { Push } from '../objects/ledger/push-account.ts'
import type { ApiPush } from '../objects/ledger/push-api.ts'
import { compileRules } from '../semantics/rules/compile-rules.ts'
import { kindsOf, toAccountDocuments } from '../semantics/rules/rule-documents.ts'
import type { RuleSet } from '../semantics/rules/rule-set.ts'
import type { Problem } from '../semantics/source/report.ts'
import { includesRole, type Actor } from './actor.ts'
import { accountLedger, byOf, expectValue } from './ledgers.ts'
import { ControlProblem } from './problem.ts'

/** Who pushes. */
export interface PushContext {
  readonly env: Env
  readonly actor: Actor
  readonly attribution: Attribution
}

/** Takes a rule folder: compiles all of it, and only when nothing is wrong hands it to the account's Ledger. */
export function pushRules(request: PushRequest, context: PushContext): Promise<PushAnswer> {
  return compileAndHandOver(request, context, { isDryRun: false, mayChangeAccount: includesRole(context.actor.role, 'admin') })
}

/** Says what a push would do, to whoever may read. */
export function planRules(request: PushRequest, context: PushContext): Promise<PushAnswer> {
  return compileAndHandOver(request, context, { isDryRun: true, mayChangeAccount: true })
}

interface Way {
  readonly isDryRun: boolean
  readonly mayChangeAccount: boolean
}

async function compileAndHandOver(request: PushRequest, { env, actor, attribution }: PushContext, { isDryRun, mayChangeAccount }: Way): Promise<PushAnswer> {
  const files = toFiles(request)
  const compiled = await compileRules(files, { env: request.env, credentialsKey: env.CREDENTIALS_KEY })
  if (!compiled.ok) throw refuseRules(compiled.problems)
  if (compiled.rules.credentials.length > 0 && env.CREDENTIALS_KEY === undefined) {
    throw new ControlProblem('not-configured', { detail: 'The secrets of credentials.json can not be sealed: the gateway has no CREDENTIALS_KEY.', hint: 'wrangler secret put CREDENTIALS_KEY' })
  }
  const by = byOf(actor, attribution)
  const kinds = kindsOf(files.keys())
  const pushId = crypto.randomUUID()
  const documents = toAccountDocuments(compiled.rules, kinds).map(({ key, kind, value }) => ({ key, kind, source: 'rules' as const, value: JSON.stringify(value) }))
  const apis = toApiPushes(request, compiled.rules).map((part) => ({ ...part, pushId, by }))
  const push: Push = { pushId, by, apis, documents, kinds, mayChangeAccount }
  const ledger = accountLedger(env)
  const pushed = expectValue(isDryRun ? await ledger.planPush(push) : await ledger.push(push))
  return {
    isDryRun,
    isComplete: pushed.isComplete,
    apis: pushed.apis.map((api) => ({ ...api, stages: api.stages.map((stage) => ({ ...stage, changes: [...stage.changes] })) })),
    documentChanges: [...pushed.documentChanges],
    warnings: [...compiled.warnings],
  }
}

function toFiles({ files }: PushRequest): ReadonlyMap<string, string> {
  const byPath = new Map<string, string>()
  for (const { path, text } of files) {
    if (byPath.has(path)) throw new ControlProblem('invalid-request', { detail: `The file ${path} stands in the push twice.` })
    byPath.set(path, text)
  }
  return byPath
}

function refuseRules(problems: readonly Problem[]): ControlProblem {
  const errors = problems.filter(({ severity }) => severity === 'error')
  const [first] = errors
  const place = first === undefined ? '' : `: ${first.file}:${first.line}:${first.column} ${first.message}`
  return new ControlProblem('invalid-rules', { detail: `The rules have ${errors.length} ${errors.length === 1 ? 'error' : 'errors'}${place}`, more: { issues: problems } })
}

function toApiPushes(request: PushRequest, rules: RuleSet): readonly Omit<ApiPush, 'pushId' | 'by'>[] {
  const deployTo = toDeployTargets(request.deploy, rules)
  return rules.deployments.map((deployment) => {
    const { apiId, deploymentId } = deployment
    const stages = rules.stageRules.filter((stage) => stage.apiId === apiId).map(({ stageName, rule }) => ({ stageName, rule }))
    return {
      apiId,
      files: request.files.filter(({ path }) => path.startsWith(`apis/${apiId}/`)),
      deploymentId,
      deployment: JSON.stringify(deployment),
      stages,
      deployTo: deployTo.filter((target) => target.apiId === apiId).map(({ stageName }) => stageName),
      ifDraftRevision: request.ifDraftRevision[apiId] ?? null,
    }
  })
}

/** The stages that `dev` or `shop/dev` mean; each word has to mean at least one. */
function toDeployTargets(words: readonly string[], rules: RuleSet): readonly { readonly apiId: ApiId; readonly stageName: StageName }[] {
  return words.flatMap((word) => {
    const found = rules.stageRules.filter(({ apiId, stageName }) => word === stageName || word === `${apiId}/${stageName}`)
    if (found.length > 0) return found
    const known = [...new Set(rules.stageRules.map(({ stageName }) => stageName))].join(', ')
    throw new ControlProblem('not-found', { detail: `Invalid stage identifier specified: ${word}`, hint: known === '' ? 'the rules have no stage' : `the rules have the stages ${known}` })
  })
}
