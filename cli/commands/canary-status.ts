import { stageViewSchema, type StageView } from '../../kv-schemas/control-api/answers.ts'
import type { Call, Command } from '../command.ts'
import { CONNECTION_OPTIONS } from '../control/connection.ts'
import { failWith, printJson, withGateway } from '../control/with-gateway.ts'
import { stagePath } from '../control/write-stage.ts'

/** `stagedoor canary status API STAGE` */
export const canaryStatus: Command = {
  name: 'canary status',
  summary: 'Shows the canary of a stage.',
  usage: 'canary status API STAGE',
  details: '',
  operands: { min: 2, max: 2 },
  options: CONNECTION_OPTIONS,
  run: runCanaryStatus,
}

function runCanaryStatus(call: Call): Promise<number> {
  return withGateway(call, async (client) => {
    const outcome = await client.call({ method: 'GET', path: stagePath(call.operands), answer: stageViewSchema })
    if (outcome.kind !== 'done') return failWith(outcome, call)
    const { deploymentId, revision, canarySettings } = outcome.value
    if (call.json) printJson({ deploymentId, revision, canarySettings }, call)
    else for (const line of render(outcome.value)) call.terminal.out(line)
    return 0
  })
}

function render({ apiId, stageName, deploymentId, canarySettings: canary }: StageView): readonly string[] {
  if (canary === null) return [`${apiId}/${stageName} has no canary; it runs ${deploymentId ?? 'nothing yet'}`]
  const variables = Object.entries(canary.stageVariableOverrides).map(([name, value]) => `${name}=${value}`)
  const { ramp, stickiness } = canary
  return [
    `${apiId}/${stageName}: ${canary.percentTraffic} % to ${canary.deploymentId}, the rest to ${deploymentId ?? '-'}`,
    ...(stickiness === null ? [] : [`sticky by ${stickiness.type}${stickiness.name === null ? '' : ` ${stickiness.name}`}`]),
    ...(variables.length === 0 ? [] : [`variables ${variables.join(' ')}`]),
    ...(canary.useStageCache ? ['uses the cache of the stage'] : []),
    ...(ramp === null ? [] : [`ramp: step ${ramp.stepIndex + 1} of ${ramp.steps.length}, the next at ${ramp.stepEndsAt}${ramp.promote ? ', then promotes' : ''}`]),
  ]
}
