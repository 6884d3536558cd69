import type { Call, Command } from '../command.ts'
import { runStageWrite, STAGE_WRITE_OPTIONS } from '../control/write-stage.ts'

/** `stagedoor deploy API STAGE` */
export const deploy: Command = {
  name: 'deploy',
  summary: 'Deploys what was pushed last, or an earlier deployment, to a stage.',
  usage: 'deploy API STAGE [--deployment ID] [--wait]',
  details: 'The same content has the same deployment id: --deployment takes to prod exactly what ran on dev. A stage with a canary gets it in its canary.',
  operands: { min: 2, max: 2 },
  options: [{ name: 'deployment', value: 'ID', summary: 'an earlier deployment instead of the draft' }, ...STAGE_WRITE_OPTIONS],
  run: runDeploy,
}

function runDeploy(call: Call): Promise<number> {
  const [apiId = '', stageName = ''] = call.operands
  const deploymentId = call.text('deployment') ?? undefined
  const write = { method: 'POST', path: `/apis/${encodeURIComponent(apiId)}/deployments`, body: { stageName, deploymentId } } as const
  return runStageWrite(call, write, ({ stage }) => `${apiId}/${stageName} runs ${stage.deploymentId}`)
}
