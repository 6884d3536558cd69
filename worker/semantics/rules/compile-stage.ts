import type { DeploymentDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { StageDocument } from '../../../kv-schemas/documents/stage.ts'
import type { ApiId, StageName } from '../../../kv-schemas/ids.ts'
import { stageRuleSchema, type StageRule } from '../../../kv-schemas/rule-files/stage.ts'
import { checkShape } from '../source/check-shape.ts'
import type { Source } from '../source/source.ts'
import { descend, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import { applyStageRule } from '../stages/apply-settings.ts'
import { emptyStage, toStageDocument } from '../stages/stage-record.ts'
import { checkStage, type StagedApi } from './check-stage.ts'
import { readRuleFile, type RuleContext } from './read-rule-file.ts'

/** A stage's file, and the API that it runs; null when that does not compile. */
export interface StageFile {
  readonly apiId: ApiId
  readonly stageName: StageName
  readonly source: Source
  readonly api: StagedApi | null
}

/** A stage of a rule folder: what its file says, and the document that it becomes; that is null when its API does not compile. */
export interface CompiledStage {
  readonly apiId: ApiId
  readonly stageName: StageName
  readonly rule: StageRule
  readonly document: StageDocument | null
}

/** Compiles a stage; reports and gives null when its file is not sound. */
export function compileStage({ apiId, stageName, source, api }: StageFile, { env, problems }: RuleContext): CompiledStage | null {
  const { root, report } = readRuleFile(source, env)
  const rule = root === null ? null : checkShape(stageRuleSchema, root, report)
  if (rule !== null && root !== null) {
    checkStage(rule, api, root, report)
    warnUnfinishedSettings(rule, root, report)
  }
  problems.push(...report.problems)
  if (rule === null || report.hasErrors()) return null
  return { apiId, stageName, rule, document: api === null ? null : toDocument(apiId, stageName, rule, api.deployment) }
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
