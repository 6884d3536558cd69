import * as z from 'zod'
import { apiViewSchema } from '../../../kv-schemas/control-api/answers.ts'
import { attributionSchema } from '../../../kv-schemas/control-api/requests.ts'
import { apiIdSchema } from '../../../kv-schemas/id-schemas.ts'
import { accountLedger, apiLedger, byOf, expectValue } from '../ledgers.ts'
import { ControlProblem } from '../problem.ts'
import { controlRoute, createRouteGroup, emptyAnswer, jsonAnswer } from '../route.ts'
import { toApiView } from '../views.ts'

const apiParams = z.object({ apiId: apiIdSchema })

const listApis = controlRoute('read', {
  method: 'get',
  path: '/apis',
  summary: 'All APIs with their stages, and whether each stage runs the draft',
  answer: jsonAnswer('The APIs', z.object({ apis: z.array(apiViewSchema) })),
})

const readApi = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}',
  summary: 'One API with its stages',
  request: { params: apiParams },
  answer: jsonAnswer('The API', apiViewSchema),
})

const readDefinition = controlRoute('read', {
  method: 'get',
  path: '/apis/{apiId}/definition',
  summary: 'The rule files of the draft, as they were pushed',
  request: { params: apiParams },
  answer: jsonAnswer('The files', z.object({ files: z.array(z.object({ path: z.string(), text: z.string() })) })),
})

const deleteApi = controlRoute('admin', {
  method: 'delete',
  path: '/apis/{apiId}',
  summary: 'Deletes an API that has no stages',
  request: { params: apiParams, query: attributionSchema },
  answer: emptyAnswer('It is deleted'),
})

/** `/apis`: what there is. */
export const apiRoutes = createRouteGroup()
  .on(listApis, async (c) => {
    const apiIds = await accountLedger(c.env).listApis()
    const apis = await Promise.all(apiIds.map(async (apiId) => toApiView(apiId, await apiLedger(c.env, apiId).overview())))
    return { apis }
  })
  .on(readApi, async (c) => {
    const { apiId } = c.req.valid('param')
    const view = toApiView(apiId, await apiLedger(c.env, apiId).overview())
    if (view.draft === null && view.stages.length === 0) throw unknownApi(apiId)
    return view
  })
  .on(readDefinition, async (c) => {
    const { apiId } = c.req.valid('param')
    const files = await apiLedger(c.env, apiId).readFiles()
    if (files.length === 0) throw unknownApi(apiId)
    return { files }
  })
  .on(deleteApi, async (c) => {
    const { apiId } = c.req.valid('param')
    const by = byOf(c.var.actor, c.req.valid('query'))
    expectValue(await apiLedger(c.env, apiId).removeApi(apiId, by))
    await accountLedger(c.env).forgetApi(apiId, by)
    return null
  })

function unknownApi(apiId: string): ControlProblem {
  return new ControlProblem('not-found', { detail: 'Invalid API identifier specified', hint: `no rules of the API ${apiId} were pushed` })
}
