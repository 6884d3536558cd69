import type { DeploymentDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import { deploymentIdSchema, type ApiId, type StageName } from '../../../kv-schemas/ids.ts'
import { stageRuleSchema, type StageRule } from '../../../kv-schemas/rule-files/stage.ts'
import { checkShape } from '../source/check-shape.ts'
import type { Source } from '../source/source.ts'
import { descend, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import { checkAccessLogFormat } from '../access-log/access-log.ts'
import { applyStageRule } from '../stages/apply-settings.ts'
import { emptyStage, toStageDocument } from '../stages/stage-record.ts'
import { readRuleFile, type RuleContext } from './read-rule-file.ts'

/** A stage's file, and what it points at; the deployment is null when the API does not compile. */
export interface StageFile {
  readonly apiId: ApiId
  readonly stageName: StageName
  readonly source: Source
  readonly deployment: DeploymentDocument | null
}

/** A stage of a rule folder: what its file says, and the document that it becomes; that is null when its API does not compile. */
export interface CompiledStage {
  readonly apiId: ApiId
  readonly stageName: StageName
  readonly rule: StageRule
  readonly document: StageDocument | null
}

/** Compiles a stage; reports and gives null when its file is not sound. */
export function compileStage({ apiId, stageName, source, deployment }: StageFile, { env, problems }: RuleContext): CompiledStage | null {
  const { root, report } = readRuleFile(source, env)
  const rule = root === null ? null : checkShape(stageRuleSchema, root, report)
  if (rule !== null && root !== null) checkStage(rule, root, report)
  problems.push(...report.problems)
  if (rule === null || report.hasErrors()) return null
  return { apiId, stageName, rule, document: deployment === null ? null : toDocument(apiId, stageName, rule, deployment) }
}

function checkStage(rule: StageRule, root: Place, report: Report): void {
  const canaryDeployment = rule.canarySettings?.deploymentId
  if (canaryDeployment !== undefined && !deploymentIdSchema.safeParse(canaryDeployment).success) {
    report.error(descend(root, 'canarySettings', 'deploymentId'), `Deployment id does not exist: ${JSON.stringify(canaryDeployment)} is no id of a deployment`)
  }
  const formatProblem = rule.accessLogSettings === undefined ? null : checkAccessLogFormat(rule.accessLogSettings.format)
  if (formatProblem !== null) report.error(descend(root, 'accessLogSettings', 'format'), formatProblem)
  warnUnfinishedSettings(rule, root, report)
}

/** Warns of settings that are kept but have no effect yet. A line leaves with the change that makes it work. */
function warnUnfinishedSettings(rule: StageRule, root: Place, report: Report): void {
  if (rule.tracingEnabled) report.warning(descend(root, 'tracingEnabled'), 'tracing does not work yet: trace ids are passed on, no segments are sent')
  for (const [key, setting] of Object.entries(rule.methodSettings)) {
    const at = descend(root, 'methodSettings', key)
    if (setting.metricsEnabled) report.warning(descend(at, 'metricsEnabled'), 'metrics a method do not work yet')
    if (setting.loggingLevel !== 'OFF') report.warning(descend(at, 'loggingLevel'), 'execution logs do not work yet; every request writes one line that names its cause')
    if (setting.dataTraceEnabled) report.warning(descend(at, 'dataTraceEnabled'), 'data traces do not work yet')
  }
}

/** What a first push would publish: the stage's settings over the compiled deployment. A canary without a deployment of its own runs the stage's. */
function toDocument(apiId: ApiId, stageName: StageName, rule: StageRule, { deploymentId }: DeploymentDocument): StageDocument | null {
  const applied = applyStageRule({ ...emptyStage(apiId, stageName, 0), deploymentId }, rule, 0, () => true)
  return applied.kind === 'refused' ? null : toStageDocument({ ...applied.record, revision: 1 })
}
