import type { Call, Command } from '../command.ts'
import { fail } from '../control/with-gateway.ts'
import { runStageWrite, STAGE_WRITE_OPTIONS, stagePath } from '../control/write-stage.ts'

/** `stagedoor rollback API STAGE` */
export const rollback: Command = {
  name: 'rollback',
  summary: 'Takes a stage back to the deployment before, to a deployment, or as a whole to one of its revisions.',
  usage: 'rollback API STAGE [--to DEPLOYMENT | --revision N] [--wait]',
  details:
    'To a deployment: the pointer moves, settings stay (the way of Amazon). To a revision: deployment, settings and canary as they were then. History keeps everything, so\n' +
    'a rollback can be rolled back. "stagedoor deployments API" and "stagedoor deployments API --stage STAGE" list where to.',
  operands: { min: 2, max: 2 },
  options: [
    { name: 'to', value: 'DEPLOYMENT', summary: 'this deployment; the one that ran before unless given' },
    { name: 'revision', value: 'N', summary: 'the whole stage as it was at this revision' },
    ...STAGE_WRITE_OPTIONS,
  ],
  run: runRollback,
}

async function runRollback(call: Call): Promise<number> {
  const [to, revision] = [call.text('to'), call.text('revision')]
  if (to !== null && revision !== null) return fail('--to and --revision exclude each other', call)
  if (revision !== null && !/^[1-9]\d*$/u.test(revision)) return fail(`--revision takes the number of a revision, not ${revision}`, call)
  const body = { ...(to === null ? {} : { deploymentId: to }), ...(revision === null ? {} : { revision: Number(revision) }) }
  const write = { method: 'POST', path: `${stagePath(call.operands)}/rollback`, body } as const
  return runStageWrite(call, write, ({ stage }) => `${stage.apiId}/${stage.stageName} is back at ${stage.deploymentId}`)
}
