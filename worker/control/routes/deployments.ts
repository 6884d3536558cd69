import * as z from 'zod'
import { deploymentViewSchema, stageWrittenSchema } from '../../../kv-schemas/control-api/answers.ts'
import { attributionSchema, deployRequestSchema, ifMatchSchema, pageSchema } from '../../../kv-schemas/control-api/requests.ts'
import { apiIdSchema, deploymentIdSchema } from '../../../kv-schemas/id-schemas.ts'
import type { DeploymentId } from '../../../kv-schemas/ids.ts'
import type { StageCommand } from '../../objects/ledger/commands.ts'
import { apiLedger, byOf, expectValue } from '../ledgers.ts'
import { ControlProblem } from '../problem.ts'
import { controlRoute, createRouteGroup, jsonAnswer, jsonBody } from '../route.ts'
import { toDeploymentView } from '../views.ts'
import { writeStage } from '../write-stage.ts'

const apiParams = z.object({ apiId: apiIdSchema })
const deploymentParams = apiParams.extend({ deploymentId: deploymentIdSchema })

const listDeployments = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/deployments',
  summary: 'The deployments of an API, newest first: who, when, why, what differs, and which stages run them',
  request: { params: apiParams, query: pageSchema },
  responses: { 200: jsonAnswer('The deployments', z.object({ deployments: z.array(deploymentViewSchema) })) },
})

const deploy = controlRoute('deploy', {
  method: 'post',
  path: '/apis/{apiId}/deployments',
  summary: 'Deploys the draft, or an earlier deployment, to a stage; with canarySettings, to a canary of it',
  request: { params: apiParams, query: attributionSchema, headers: ifMatchSchema, body: jsonBody(deployRequestSchema) },
  responses: { 201: jsonAnswer('The stage as it is now', stageWrittenSchema) },
})

const readDeployment = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/deployments/{deploymentId}',
  summary: 'One deployment, with the document that the data plane runs',
  request: { params: deploymentParams },
  responses: { 200: jsonAnswer('The deployment', deploymentViewSchema.extend({ document: z.record(z.string(), z.unknown()) })) },
})

const deleteDeployment = controlRoute('admin', {
  method: 'delete',
  path: '/apis/{apiId}/deployments/{deploymentId}',
  summary: 'Deletes a deployment that no stage points at',
  request: { params: deploymentParams, query: attributionSchema },
  responses: { 204: { description: 'It is deleted' } },
})

/** `/apis/{apiId}/deployments`. */
export const deploymentRoutes = createRouteGroup()
  .openapi(listDeployments, async (c) => {
    const { limit, before } = c.req.valid('query')
    const ledger = apiLedger(c.env, c.req.valid('param').apiId)
    const [entries, { stages }] = await Promise.all([ledger.listDeployments({ limit, before: before ?? null }), ledger.overview()])
    return c.json({ deployments: entries.map((entry) => toDeploymentView(entry, stages)) }, 200)
  })
  .openapi(deploy, async (c) => {
    const { stageName, deploymentId, canarySettings } = c.req.valid('json')
    const named = deploymentId ?? toDeploymentId(canarySettings?.deploymentId)
    const command: StageCommand = canarySettings === undefined ? { kind: 'deploy', deploymentId: named } : { kind: 'canary-start', rule: canarySettings, deploymentId: named }
    const { apiId } = c.req.valid('param')
    const call = { env: c.env, actor: c.var.actor, apiId, stageName, attribution: c.req.valid('query'), ifMatch: c.req.valid('header')['if-match'] }
    return c.json(await writeStage(call, command), 201)
  })
  .openapi(readDeployment, async (c) => {
    const { apiId, deploymentId } = c.req.valid('param')
    const ledger = apiLedger(c.env, apiId)
    const [entry, text, { stages }] = await Promise.all([ledger.findDeployment(deploymentId), ledger.readDeployment(deploymentId), ledger.overview()])
    if (entry === null || text === null) throw new ControlProblem('not-found', { detail: 'Invalid Deployment identifier specified' })
    return c.json({ ...toDeploymentView(entry, stages), document: JSON.parse(text) as Record<string, unknown> }, 200)
  })
  .openapi(deleteDeployment, async (c) => {
    const { apiId, deploymentId } = c.req.valid('param')
    expectValue(await apiLedger(c.env, apiId).removeDeployment({ apiId, deploymentId, by: byOf(c.var.actor, c.req.valid('query')) }))
    return c.body(null, 204)
  })

function toDeploymentId(text: string | undefined): DeploymentId | null {
  if (text === undefined) return null
  const parsed = deploymentIdSchema.safeParse(text)
  if (parsed.success) return parsed.data
  throw new ControlProblem('not-found', { detail: 'Deployment id does not exist' })
}
