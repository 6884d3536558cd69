import * as z from 'zod'
import { revisionViewSchema, stageViewSchema, stageWrittenSchema } from '../../../kv-schemas/control-api/answers.ts'
import { attributionSchema, ifMatchSchema, pageSchema, rollbackRequestSchema } from '../../../kv-schemas/control-api/requests.ts'
import { apiIdSchema, stageNameSchema } from '../../../kv-schemas/id-schemas.ts'
import { stageRuleSchema } from '../../../kv-schemas/rule-files/stage.ts'
import { apiLedger, byOf, expectValue, readIfMatch } from '../ledgers.ts'
import { ControlProblem } from '../problem.ts'
import { controlRoute, createRouteGroup, emptyAnswer, jsonAnswer } from '../route.ts'
import { toRevisionView, toStageView } from '../views.ts'
import { writeStage } from '../write-stage.ts'

const stageParams = z.object({ apiId: apiIdSchema, stageName: stageNameSchema })
const written = jsonAnswer('The stage as it is now', stageWrittenSchema)

const readStage = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/stages/{stageName}',
  summary: 'One stage; its ETag is its revision',
  request: { params: stageParams },
  answer: jsonAnswer('The stage', stageViewSchema),
})

const putSettings = controlRoute('deploy', {
  method: 'put',
  path: '/apis/{apiId}/stages/{stageName}',
  summary: 'Applies the rule file of a stage: settings take effect at once',
  request: { params: stageParams, query: attributionSchema, headers: ifMatchSchema, body: stageRuleSchema },
  answer: written,
})

const deleteStage = controlRoute('admin', {
  method: 'delete',
  path: '/apis/{apiId}/stages/{stageName}',
  summary: 'Deletes a stage',
  request: { params: stageParams, query: attributionSchema, headers: ifMatchSchema },
  answer: emptyAnswer('It is deleted'),
})

const listRevisions = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/stages/{stageName}/revisions',
  summary: 'The history of a stage, newest first: who, when, why, and what changed',
  request: { params: stageParams, query: pageSchema },
  answer: jsonAnswer('The revisions', z.object({ revisions: z.array(revisionViewSchema) })),
})

const rollBack = controlRoute('deploy', {
  method: 'post',
  path: '/apis/{apiId}/stages/{stageName}/rollback',
  summary: 'Takes a stage back: to the deployment before, to a deployment, or as a whole to one of its revisions',
  request: { params: stageParams, query: attributionSchema, headers: ifMatchSchema, body: rollbackRequestSchema },
  answer: written,
})

/** `/apis/{apiId}/stages/{stageName}`. */
export const stageRoutes = createRouteGroup()
  .on(readStage, async (c) => {
    const { apiId, stageName } = c.req.valid('param')
    const { draft, stages } = await apiLedger(c.env, apiId).overview()
    const stage = stages.find((candidate) => candidate.stageName === stageName)
    if (stage === undefined) throw new ControlProblem('not-found', { detail: 'Invalid stage identifier specified' })
    c.header('etag', `"${stage.revision}"`)
    return toStageView(stage, draft)
  })
  .on(putSettings, async (c) => {
    const call = { env: c.env, actor: c.var.actor, ...c.req.valid('param'), attribution: c.req.valid('query'), ifMatch: c.req.valid('header')['if-match'] }
    return writeStage(call, { kind: 'settings', rule: c.req.valid('json') })
  })
  .on(deleteStage, async (c) => {
    const { apiId, stageName } = c.req.valid('param')
    const ifRevision = readIfMatch(c.req.valid('header')['if-match'])
    expectValue(await apiLedger(c.env, apiId).removeStage({ apiId, stageName, by: byOf(c.var.actor, c.req.valid('query')), ifRevision }))
    return null
  })
  .on(listRevisions, async (c) => {
    const { apiId, stageName } = c.req.valid('param')
    const { limit, before } = c.req.valid('query')
    const entries = await apiLedger(c.env, apiId).listRevisions(stageName, { limit, before: before ?? null })
    if (entries.length === 0 && before === undefined) throw new ControlProblem('not-found', { detail: 'Invalid stage identifier specified' })
    return { revisions: entries.map(toRevisionView) }
  })
  .on(rollBack, async (c) => {
    const call = { env: c.env, actor: c.var.actor, ...c.req.valid('param'), attribution: c.req.valid('query'), ifMatch: c.req.valid('header')['if-match'] }
    const { deploymentId, revision } = c.req.valid('json')
    const to = deploymentId !== undefined ? { deploymentId } : revision !== undefined ? { revision } : null
    return writeStage(call, { kind: 'rollback', to })
  })
