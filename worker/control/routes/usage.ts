import * as z from 'zod'
import { usagePlanSchema, type UsagePlanDocument } from '../../../kv-schemas/documents/access.ts'
import { keyUsageSchema, planUsageSchema, usageChangeSchema, usageQuerySchema, type KeyUsage } from '../../../kv-schemas/control-api/usage.ts'
import { attributionSchema } from '../../../kv-schemas/control-api/requests.ts'
import { quotaCounterName, usagePlanKey } from '../../../kv-schemas/keys.ts'
import type { Env } from '../../adapters/env.ts'
import { dayOf } from '../../semantics/throttling/quota.ts'
import { listApiKeys } from '../api-keys.ts'
import { accountLedger, byOf } from '../ledgers.ts'
import { ControlProblem } from '../problem.ts'
import { controlRoute, createRouteGroup, jsonAnswer } from '../route.ts'

const SHOWN_DAYS_MS = 29 * 86_400_000
const planParams = z.object({ id: z.string().min(1).max(128) })

const show = controlRoute('read', {
  method: 'get',
  path: '/usage-plans/{id}/usage',
  summary: "Amazon's GetUsage: requests of each key of a plan, by day in UTC, what is leased to isolates, and what remains of the current period",
  request: { params: planParams, query: usageQuerySchema },
  answer: jsonAnswer('The usage', planUsageSchema),
})

const change = controlRoute('admin', {
  method: 'put',
  path: '/usage-plans/{id}/usage/{key}',
  summary: "Amazon's UpdateUsage: sets how many requests more one key has in the current period, those that are leased among them",
  request: { params: planParams.extend({ key: z.string().min(1).max(128) }), query: attributionSchema, body: usageChangeSchema },
  answer: jsonAnswer('The usage', keyUsageSchema),
})

/** `/usage-plans/{id}/usage`. */
export const usageRoutes = createRouteGroup()
  .on(show, async (c) => {
    const plan = await readPlan(c.env, c.req.valid('param').id)
    const query = c.req.valid('query')
    const nowMs = Date.now()
    const from = query.from ?? dayOf(nowMs - SHOWN_DAYS_MS)
    const to = query.to ?? dayOf(nowMs)
    const keys = (await keysOf(c.env, plan)).filter(({ id }) => query.key === undefined || id === query.key)
    const usage = await Promise.all(keys.map((key) => readUsage(c.env, { plan, key, from, to })))
    return { usagePlanId: plan.id, from, to, keys: usage }
  })
  .on(change, async (c) => {
    const { id, key: keyId } = c.req.valid('param')
    const plan = await readPlan(c.env, id)
    const key = (await keysOf(c.env, plan)).find((candidate) => candidate.id === keyId)
    if (key === undefined) throw new ControlProblem('not-found', { detail: `The usage plan ${id} has no key ${keyId}.` })
    if (plan.quota === undefined) throw new ControlProblem('not-possible', { detail: `The usage plan ${id} has no quota: nothing can remain of it.` })
    const today = dayOf(Date.now())
    const { remaining } = c.req.valid('json')
    const before = await readUsage(c.env, { plan, key, from: today, to: today })
    await c.env.QUOTA_COUNTER.getByName(quotaCounterName(id, keyId)).setRemaining(plan.quota, remaining)
    const note = { action: 'update', target: `usage of api-key ${keyId} in usage-plan ${id}`, detail: { remaining, remainingBefore: before.remaining } }
    await accountLedger(c.env).noteWrite(note, byOf(c.var.actor, c.req.valid('query')))
    return readUsage(c.env, { plan, key, from: today, to: today })
  })

interface NamedKey {
  readonly id: string
  readonly name: string
}

async function readPlan(env: Env, id: string): Promise<UsagePlanDocument> {
  const entry = await accountLedger(env).readDocument(usagePlanKey(id))
  if (entry === null) throw new ControlProblem('not-found', { detail: `Invalid Usage Plan ID specified: ${id}` })
  return usagePlanSchema.parse(JSON.parse(entry.value))
}

async function keysOf(env: Env, plan: UsagePlanDocument): Promise<readonly NamedKey[]> {
  return (await listApiKeys(env)).filter(({ usagePlanIds }) => usagePlanIds.includes(plan.id))
}

async function readUsage(env: Env, { plan, key, from, to }: { readonly plan: UsagePlanDocument; readonly key: NamedKey; readonly from: string; readonly to: string }): Promise<KeyUsage> {
  const standing = await env.QUOTA_COUNTER.getByName(quotaCounterName(plan.id, key.id)).standing(from, to, plan.quota ?? null)
  return { apiKeyId: key.id, name: key.name, used: standing.used, leased: standing.leased, remaining: standing.remaining, days: [...standing.days] }
}
