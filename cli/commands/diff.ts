import type { PushAnswer } from '../../kv-schemas/control-api/answers.ts'
import type { Call, Command } from '../command.ts'
import { CONNECTION_OPTIONS } from '../control/connection.ts'
import { fail, failWith, printJson, withGateway } from '../control/with-gateway.ts'
import { planRules } from '../push/push-rules.ts'
import { readFolder } from '../push/read-folder.ts'
import { renderDifference } from '../push/render-plan.ts'

/** `stagedoor diff [DIR]` */
export const diff: Command = {
  name: 'diff',
  summary: 'Shows how a rule folder differs from what the stages of a gateway run: routes, authorization, limits, settings.',
  usage: 'diff [DIR] [--stage STAGE] [--json]',
  details: 'Exit code 0 when nothing differs, 2 when something does, 1 on errors. A token with the role read is enough. Lines with "!" are worth a second look.',
  operands: { min: 0, max: 1 },
  options: [{ name: 'stage', value: 'STAGE', summary: 'only this stage; STAGE or API/STAGE' }, ...CONNECTION_OPTIONS],
  run: runDiff,
}

async function runDiff(call: Call): Promise<number> {
  const files = await readFolder(call)
  if (typeof files === 'number') return files
  return withGateway(call, async (client) => {
    const outcome = await planRules(client, files, call.env)
    if (outcome.kind !== 'done') return failWith(outcome, call)
    const plan = narrow(outcome.value, call.text('stage'))
    if (plan === null) return fail(`the folder has no stage ${call.text('stage')}`, call)
    const isDifferent = plan.documentChanges.length > 0 || plan.apis.some(({ stages }) => stages.some(({ changes }) => changes.length > 0))
    if (call.json) printJson({ isDifferent, apis: plan.apis, documentChanges: plan.documentChanges, warnings: plan.warnings }, call)
    else if (isDifferent) for (const line of renderDifference(plan, call.terminal)) call.terminal.out(line)
    else call.terminal.out('Nothing differs.')
    return isDifferent ? 2 : 0
  })
}

/** A plan without the stages that were not asked for; null when none was meant. */
function narrow(plan: PushAnswer, wanted: string | null): PushAnswer | null {
  if (wanted === null) return plan
  const apis = plan.apis
    .map((api) => Object.assign({}, api, { stages: api.stages.filter(({ stageName }) => wanted === stageName || wanted === `${api.apiId}/${stageName}`) }))
    .filter(({ stages }) => stages.length > 0)
  return apis.length === 0 ? null : { ...plan, apis, documentChanges: [] }
}
