import * as z from 'zod'
import { deploymentViewSchema, stageWrittenSchema } from '../../../kv-schemas/control-api/answers.ts'
import { attributionSchema, deployRequestSchema, ifMatchSchema, pageSchema } from '../../../kv-schemas/control-api/requests.ts'
import { apiIdSchema, deploymentIdSchema } from '../../../kv-schemas/id-schemas.ts'
import type { DeploymentId } from '../../../kv-schemas/ids.ts'
import type { StageCommand } from '../../objects/ledger/commands.ts'
import { apiLedger, byOf, expectValue } from '../ledgers.ts'
import { ControlProblem } from '../problem.ts'
import { controlRoute, createRouteGroup, emptyAnswer, jsonAnswer } from '../route.ts'
import { toDeploymentView } from '../views.ts'
import { writeStage } from '../write-stage.ts'

const apiParams = z.object({ apiId: apiIdSchema })
const deploymentParams = apiParams.extend({ deploymentId: deploymentIdSchema })

const listDeployments = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/deployments',
  summary: 'The deployments of an API, newest first: who, when, why, what differs, and which stages run them',
  request: { params: apiParams, query: pageSchema },
  answer: jsonAnswer('The deployments', z.object({ deployments: z.array(deploymentViewSchema) })),
})

const deploy = controlRoute('deploy', {
  method: 'post',
  path: '/apis/{apiId}/deployments',
  summary: 'Deploys the draft, or an earlier deployment, to a stage; with canarySettings, to a canary of it',
  request: { params: apiParams, query: attributionSchema, headers: ifMatchSchema, body: deployRequestSchema },
  answer: jsonAnswer('The stage as it is now', stageWrittenSchema, 201),
})

const readDeployment = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/deployments/{deploymentId}',
  summary: 'One deployment, with the document that the data plane runs',
  request: { params: deploymentParams },
  answer: jsonAnswer('The deployment', deploymentViewSchema.extend({ document: z.record(z.string(), z.unknown()) })),
})

const deleteDeployment = controlRoute('admin', {
  method: 'delete',
  path: '/apis/{apiId}/deployments/{deploymentId}',
  summary: 'Deletes a deployment that no stage points at',
  request: { params: deploymentParams, query: attributionSchema },
  answer: emptyAnswer('It is deleted'),
})

/** `/apis/{apiId}/deployments`. */
export const deploymentRoutes = createRouteGroup()
  .on(listDeployments, async (c) => {
    const { limit, before } = c.req.valid('query')
    const ledger = apiLedger(c.env, c.req.valid('param').apiId)
    const [entries, { stages }] = await Promise.all([ledger.listDeployments({ limit, before: before ?? null }), ledger.overview()])
    return { deployments: entries.map((entry) => toDeploymentView(entry, stages)) }
  })
  .on(deploy, async (c) => {
    const { stageName, deploymentId, canarySettings } = c.req.valid('json')
    const named = deploymentId ?? toDeploymentId(canarySettings?.deploymentId)
    const command: StageCommand = canarySettings === undefined ? { kind: 'deploy', deploymentId: named } : { kind: 'canary-start', rule: canarySettings, deploymentId: named }
    const { apiId } = c.req.valid('param')
    const call = { env: c.env, actor: c.var.actor, apiId, stageName, attribution: c.req.valid('query'), ifMatch: c.req.valid('header')['if-match'] }
    return writeStage(call, command)
  })
  .on(readDeployment, async (c) => {
    const { apiId, deploymentId } = c.req.valid('param')
    const ledger = apiLedger(c.env, apiId)
    const [entry, text, { stages }] = await Promise.all([ledger.findDeployment(deploymentId), ledger.readDeployment(deploymentId), ledger.overview()])
    if (entry === null || text === null) throw new ControlProblem('not-found', { detail: 'Invalid Deployment identifier specified' })
    return { ...toDeploymentView(entry, stages), document: JSON.parse(text) as Record<string, unknown> }
  })
  .on(deleteDeployment, async (c) => {
    const { apiId, deploymentId } = c.req.valid('param')
    expectValue(await apiLedger(c.env, apiId).removeDeployment({ apiId, deploymentId, by: byOf(c.var.actor, c.req.valid('query')) }))
    return null
  })

function toDeploymentId(text: string | undefined): DeploymentId | null {
  if (text === undefined) return null
  const parsed = deploymentIdSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new ControlProblem('not-found', { detail: 'Deployment id does not exist' })
}
