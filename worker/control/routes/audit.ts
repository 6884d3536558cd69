import * as z from 'zod'
import { auditViewSchema } from '../../../kv-schemas/control-api/answers.ts'
import { pageSchema } from '../../../kv-schemas/control-api/requests.ts'
import { apiIdSchema } from '../../../kv-schemas/id-schemas.ts'
import { accountLedger, apiLedger } from '../ledgers.ts'
import { controlRoute, createRouteGroup, jsonAnswer } from '../route.ts'
import { toAuditView } from '../views.ts'

const listAudit = controlRoute('read', {
  method: 'get',
  path: '/audit',
  summary: 'Every write, newest first: of an API, or of the account (pushes, domains, plans, keys)',
  request: { query: pageSchema.extend({ apiId: apiIdSchema.optional() }) },
  answer: jsonAnswer('The entries', z.object({ entries: z.array(auditViewSchema) })),
})

/** `/audit`. */
export const auditRoutes = createRouteGroup().on(listAudit, async (c) => {
  const { apiId, limit, before } = c.req.valid('query')
  const ledger = apiId === undefined ? accountLedger(c.env) : apiLedger(c.env, apiId)
  const entries = await ledger.listAudit({ limit, before: before ?? null })
  return { entries: entries.map(toAuditView) }
})
