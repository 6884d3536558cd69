import * as z from 'zod'
import { stageWrittenSchema } from '../../../kv-schemas/control-api/answers.ts'
import { attributionSchema, canaryChangeSchema, ifMatchSchema } from '../../../kv-schemas/control-api/requests.ts'
import { apiIdSchema, stageNameSchema } from '../../../kv-schemas/id-schemas.ts'
import { controlRoute, createRouteGroup, jsonAnswer } from '../route.ts'
import { writeStage } from '../write-stage.ts'

const request = { params: z.object({ apiId: apiIdSchema, stageName: stageNameSchema }), query: attributionSchema, headers: ifMatchSchema }
const written = jsonAnswer('The stage as it is now', stageWrittenSchema)

const setCanary = controlRoute('deploy', {
  method: 'patch',
  path: '/apis/{apiId}/stages/{stageName}/canary',
  summary: 'Changes the canary of a stage: its share, its ramp, its variables',
  request: { ...request, body: canaryChangeSchema },
  answer: written,
})

const promoteCanary = controlRoute('deploy', {
  method: 'post',
  path: '/apis/{apiId}/stages/{stageName}/canary/promote',
  summary: 'Makes the canary the stage',
  request,
  answer: written,
})

const cancelCanary = controlRoute('deploy', {
  method: 'delete',
  path: '/apis/{apiId}/stages/{stageName}/canary',
  summary: 'Ends the canary: all traffic goes to the deployment of the stage again',
  request,
  answer: written,
})

/** `/apis/{apiId}/stages/{stageName}/canary`; a canary starts with a deployment that has canarySettings. */
export const canaryRoutes = createRouteGroup()
  .on(setCanary, async (c) => {
    const call = { env: c.env, actor: c.var.actor, ...c.req.valid('param'), attribution: c.req.valid('query'), ifMatch: c.req.valid('header')['if-match'] }
    return writeStage(call, { kind: 'canary-set', changes: c.req.valid('json') })
  })
  .on(promoteCanary, async (c) => {
    const call = { env: c.env, actor: c.var.actor, ...c.req.valid('param'), attribution: c.req.valid('query'), ifMatch: c.req.valid('header')['if-match'] }
    return writeStage(call, { kind: 'canary-promote' })
  })
  .on(cancelCanary, async (c) => {
    const call = { env: c.env, actor: c.var.actor, ...c.req.valid('param'), attribution: c.req.valid('query'), ifMatch: c.req.valid('header')['if-match'] }
    return writeStage(call, { kind: 'canary-cancel' })
  })
