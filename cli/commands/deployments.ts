import * as z from 'zod'
import { deploymentViewSchema, revisionViewSchema, type DeploymentView, type RevisionView } from '../../kv-schemas/control-api/answers.ts'
import type { Call, Command } from '../command.ts'
import { CONNECTION_OPTIONS } from '../control/connection.ts'
import type { ControlClient } from '../control/control-client.ts'
import { renderChanges } from '../control/render-changes.ts'
import { fail, failWith, printJson, withGateway } from '../control/with-gateway.ts'
import { stagePath } from '../control/write-stage.ts'

/** `stagedoor deployments API` */
export const deployments: Command = {
  name: 'deployments',
  summary: 'Lists the deployments of an API, or with --stage the history of a stage: who, when, why, and what differs from the one before.',
  usage: 'deployments API [--stage STAGE] [--limit N]',
  details: '',
  operands: { min: 1, max: 1 },
  options: [
    { name: 'stage', value: 'STAGE', summary: 'every revision of this stage instead' },
    { name: 'limit', value: 'N', summary: 'how many; 10 unless given' },
    ...CONNECTION_OPTIONS,
  ],
  run: runDeployments,
}

async function runDeployments(call: Call): Promise<number> {
  const limit = call.text('limit') ?? '10'
  if (!/^[1-9]\d{0,2}$/u.test(limit)) return fail(`--limit takes a number up to 500, not ${limit}`, call)
  const stage = call.text('stage')
  return withGateway(call, (client) => (stage === null ? showDeployments(client, limit, call) : showRevisions(client, stage, limit, call)))
}

async function showDeployments(client: ControlClient, limit: string, call: Call): Promise<number> {
  const [apiId = ''] = call.operands
  const answer = z.object({ deployments: z.array(deploymentViewSchema) })
  const outcome = await client.call({ method: 'GET', path: `/apis/${encodeURIComponent(apiId)}/deployments`, query: { limit }, answer })
  if (outcome.kind !== 'done') return failWith(outcome, call)
  if (call.json) printJson(outcome.value, call)
  else if (outcome.value.deployments.length === 0) call.terminal.out(`${apiId} was never deployed`)
  else for (const entry of outcome.value.deployments) for (const line of renderDeployment(entry, call)) call.terminal.out(line)
  return 0
}

async function showRevisions(client: ControlClient, stage: string, limit: string, call: Call): Promise<number> {
  const [apiId = ''] = call.operands
  const answer = z.object({ revisions: z.array(revisionViewSchema) })
  const outcome = await client.call({ method: 'GET', path: `${stagePath([apiId, stage])}/revisions`, query: { limit }, answer })
  if (outcome.kind !== 'done') return failWith(outcome, call)
  if (call.json) printJson(outcome.value, call)
  else for (const entry of outcome.value.revisions) for (const line of renderRevision(entry, call)) call.terminal.out(line)
  return 0
}

function renderDeployment({ deploymentId, createdAt, stages, changes, ...who }: DeploymentView, { terminal }: Call): readonly string[] {
  const running = stages.length === 0 ? '' : `  ${terminal.paint('green', `runs on ${stages.join(', ')}`)}`
  return [`${terminal.paint('bold', deploymentId)}  ${createdAt}  ${renderWho(who)}${running}`, ...renderChanges(changes, terminal)]
}

function renderRevision({ revision, at, action, deploymentId, changes, ...who }: RevisionView, { terminal }: Call): readonly string[] {
  return [`${terminal.paint('bold', String(revision))}  ${at}  ${action}  ${deploymentId ?? '-'}  ${renderWho(who)}`, ...renderChanges(changes, terminal)]
}

function renderWho({ author, message, sourceCommit }: Pick<DeploymentView, 'author' | 'message' | 'sourceCommit'>): string {
  return [author, ...(sourceCommit === null ? [] : [sourceCommit.slice(0, 12)]), ...(message === '' ? [] : [JSON.stringify(message)])].join('  ')
}
