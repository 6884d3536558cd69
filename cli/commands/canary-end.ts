import type { Command } from '../command.ts'
import { runStageWrite, STAGE_WRITE_OPTIONS, stagePath } from '../control/write-stage.ts'

/** `stagedoor canary promote API STAGE` */
export const canaryPromote: Command = {
  name: 'canary promote',
  summary: 'Makes the canary the stage: its deployment, and its variables over those of the stage.',
  usage: 'canary promote API STAGE [--wait]',
  details: 'Copy the variables of the canary into the file of the stage, or the next push takes them back.',
  operands: { min: 2, max: 2 },
  options: STAGE_WRITE_OPTIONS,
  run: (call) => runStageWrite(call, { method: 'POST', path: `${stagePath(call.operands)}/canary/promote` }, ({ stage }) => `${stage.apiId}/${stage.stageName} runs ${stage.deploymentId}`),
}

/** `stagedoor canary cancel API STAGE` */
export const canaryCancel: Command = {
  name: 'canary cancel',
  summary: 'Ends the canary: all traffic goes to the deployment of the stage again.',
  usage: 'canary cancel API STAGE [--wait]',
  details: '',
  operands: { min: 2, max: 2 },
  options: STAGE_WRITE_OPTIONS,
  run: (call) => runStageWrite(call, { method: 'DELETE', path: `${stagePath(call.operands)}/canary` }, ({ stage }) => `${stage.apiId}/${stage.stageName} runs ${stage.deploymentId} alone`),
}
