import * as z from 'zod'
import { apiViewSchema, type ApiView, type StageView } from '../../kv-schemas/control-api/answers.ts'
import type { Call, Command } from '../command.ts'
import { CONNECTION_OPTIONS } from '../control/connection.ts'
import { fail, failWith, printJson, withGateway } from '../control/with-gateway.ts'

/** `stagedoor status [API]` */
export const status: Command = {
  name: 'status',
  summary: 'Shows what each stage runs, and whether that is what was pushed last.',
  usage: 'status [API]',
  details: '',
  operands: { min: 0, max: 1 },
  options: CONNECTION_OPTIONS,
  run: runStatus,
}

function runStatus(call: Call): Promise<number> {
  const [wanted] = call.operands
  return withGateway(call, async (client) => {
    const outcome = await client.call({ method: 'GET', path: '/apis', answer: z.object({ apis: z.array(apiViewSchema) }) })
    if (outcome.kind !== 'done') return failWith(outcome, call)
    const apis = outcome.value.apis.filter(({ apiId }) => wanted === undefined || apiId === wanted)
    if (wanted !== undefined && apis.length === 0) return fail(`no rules of the API ${wanted} were pushed`, call)
    if (call.json) printJson({ apis }, call)
    else for (const line of renderApis(apis, call)) call.terminal.out(line)
    return 0
  })
}

function renderApis(apis: readonly ApiView[], call: Call): readonly string[] {
  if (apis.length === 0) return ['Nothing was pushed yet: stagedoor push DIR']
  return apis.flatMap(({ apiId, draft, stages }) => [
    `${call.terminal.paint('bold', apiId)}${draft === null ? '' : `  draft ${draft.deploymentId}, pushed ${draft.pushedAt} by ${draft.author}${draft.sourceCommit === null ? '' : ` (${draft.sourceCommit})`}`}`,
    ...stages.map((stage) => `  ${stage.stageName.padEnd(12)} ${renderStage(stage, call)}`),
  ])
}

function renderStage({ deploymentId, revision, runsDraft, canarySettings }: StageView, { terminal }: Call): string {
  if (deploymentId === null) return terminal.paint('yellow', 'not deployed')
  const isCurrent = runsDraft === true ? terminal.paint('green', 'runs the draft') : terminal.paint('yellow', 'does not run the draft')
  const ramp = canarySettings?.ramp === null || canarySettings === null ? '' : `, next step at ${canarySettings.ramp.stepEndsAt}`
  const canary = canarySettings === null ? '' : `; canary ${canarySettings.percentTraffic} % to ${canarySettings.deploymentId}${ramp}`
  return `${deploymentId}  revision ${revision}  ${isCurrent}${canary}`
}
