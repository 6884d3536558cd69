import { apiIdSchema, deploymentIdSchema, stageNameSchema } from '../../../../kv-schemas/id-schemas.ts'
import type { DeploymentId } from '../../../../kv-schemas/ids.ts'
import { canarySettingsSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { toCanaryRecord } from '../../../../worker/semantics/stages/canary.ts'
import { emptyStage, type CanaryRecord, type StageRecord } from '../../../../worker/semantics/stages/stage-record.ts'

/** A deployment id of one digit repeated: readable in expectations. */
export const id = (digit: string): DeploymentId => deploymentIdSchema.parse(digit.repeat(20))

/** A stage `shop/dev` at revision 3 that runs deployment 111... */
export const running: StageRecord = { ...emptyStage(apiIdSchema.parse('shop'), stageNameSchema.parse('dev'), 3), deploymentId: id('1') }

/** The canary that a rule makes of a stage. */
export const canaryOf = (record: StageRecord, rule: unknown, deploymentId = id('2')): CanaryRecord =>
  toCanaryRecord(record, canarySettingsSchema.parse(rule), deploymentId, 0)

/** The stage with a canary of 10 % on deployment 222... that changes one variable and adds another. */
export const withCanary: StageRecord = {
  ...running,
  settings: { ...running.settings, variables: { backend: 'blue', region: 'us' } },
  canary: canaryOf(running, { percentTraffic: 10, stageVariableOverrides: { backend: 'green', trial: 'yes' } }),
}
