import * as z from 'zod'
import { apiKeyChangeSchema, apiKeyCreateSchema, apiKeyRotateSchema, apiKeyShownSchema, apiKeyViewSchema } from '../../../kv-schemas/control-api/api-keys.ts'
import { attributionSchema, type Attribution } from '../../../kv-schemas/control-api/requests.ts'
import type { Env } from '../../adapters/env.ts'
import type { Actor } from '../actor.ts'
import { changeApiKey, createApiKey, listApiKeys, revokeApiKey, rotateApiKey, type KeyContext } from '../api-keys.ts'
import { byOf } from '../ledgers.ts'
import { controlRoute, createRouteGroup, emptyAnswer, jsonAnswer } from '../route.ts'

const keyParams = z.object({ id: z.string().min(1).max(128) })

const list = controlRoute('read', {
  method: 'get',
  path: '/api-keys',
  summary: 'All API keys, without their values: only hashes are stored',
  answer: jsonAnswer('The keys', z.object({ apiKeys: z.array(apiKeyViewSchema) })),
})

const create = controlRoute('admin', {
  method: 'post',
  path: '/api-keys',
  summary: 'Makes a key and shows its value once; or imports one, by its value or by its SHA-256',
  request: { query: attributionSchema, body: apiKeyCreateSchema },
  answer: jsonAnswer('The key', apiKeyShownSchema, 201),
})

const change = controlRoute('admin', {
  method: 'patch',
  path: '/api-keys/{id}',
  summary: 'Changes a key: enabled, its usage plans, its name',
  request: { params: keyParams, query: attributionSchema, body: apiKeyChangeSchema },
  answer: jsonAnswer('The key', apiKeyViewSchema),
})

const rotate = controlRoute('admin', {
  method: 'post',
  path: '/api-keys/{id}/rotate',
  summary: 'Gives a key a new value and shows it once; the earlier value is good for the grace',
  request: { params: keyParams, query: attributionSchema, body: apiKeyRotateSchema },
  answer: jsonAnswer('The key', apiKeyShownSchema),
})

const revoke = controlRoute('admin', {
  method: 'delete',
  path: '/api-keys/{id}',
  summary: 'Ends a key with all its values',
  request: { params: keyParams, query: attributionSchema },
  answer: emptyAnswer('It is revoked'),
})

/** `/api-keys`. */
export const apiKeyRoutes = createRouteGroup()
  .on(list, async (c) => ({ apiKeys: await listApiKeys(c.env) }))
  .on(create, (c) => createApiKey(c.req.valid('json'), contextOf(c.env, c.var.actor, c.req.valid('query'))))
  .on(change, (c) => changeApiKey(c.req.valid('param').id, c.req.valid('json'), contextOf(c.env, c.var.actor, c.req.valid('query'))))
  .on(rotate, (c) => rotateApiKey(c.req.valid('param').id, c.req.valid('json').graceSeconds, contextOf(c.env, c.var.actor, c.req.valid('query'))))
  .on(revoke, async (c) => {
    await revokeApiKey(c.req.valid('param').id, contextOf(c.env, c.var.actor, c.req.valid('query')))
    return null
  })

function contextOf(env: Env, actor: Actor, attribution: Attribution): KeyContext {
  return { env, by: byOf(actor, attribution), nowMs: Date.now() }
}
