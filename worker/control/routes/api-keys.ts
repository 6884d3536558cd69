import * as z from 'zod'
import { apiKeyChangeSchema, apiKeyCreateSchema, apiKeyRotateSchema, apiKeyShownSchema, apiKeyViewSchema } from '../../../kv-schemas/control-api/api-keys.ts'
import { attributionSchema, type Attribution } from '../../../kv-schemas/control-api/requests.ts'
import type { Env } from '../../adapters/env.ts'
import type { Actor } from '../actor.ts'
import { changeApiKey, createApiKey, listApiKeys, revokeApiKey, rotateApiKey, type KeyContext } from '../api-keys.ts'
import { byOf } from '../ledgers.ts'
import { controlRoute, createRouteGroup, jsonAnswer, jsonBody } from '../route.ts'

const keyParams = z.object({ id: z.string().min(1).max(128) })

const list = controlRoute('read', {
  method: 'get',
  path: '/api-keys',
  summary: 'All API keys, without their values: only hashes are stored',
  responses: { 200: jsonAnswer('The keys', z.object({ apiKeys: z.array(apiKeyViewSchema) })) },
})

const create = controlRoute('admin', {
  method: 'post',
  path: '/api-keys',
  summary: 'Makes a key and shows its value once; or imports one, by its value or by its SHA-256',
  request: { query: attributionSchema, body: jsonBody(apiKeyCreateSchema) },
  responses: { 201: jsonAnswer('The key', apiKeyShownSchema) },
})

const change = controlRoute('admin', {
  method: 'patch',
  path: '/api-keys/{id}',
  summary: 'Changes a key: enabled, its usage plans, its name',
  request: { params: keyParams, query: attributionSchema, body: jsonBody(apiKeyChangeSchema) },
  responses: { 200: jsonAnswer('The key', apiKeyViewSchema) },
})

const rotate = controlRoute('admin', {
  method: 'post',
  path: '/api-keys/{id}/rotate',
  summary: 'Gives a key a new value and shows it once; the earlier value is good for the grace',
  request: { params: keyParams, query: attributionSchema, body: jsonBody(apiKeyRotateSchema) },
  responses: { 200: jsonAnswer('The key', apiKeyShownSchema) },
})

const revoke = controlRoute('admin', {
  method: 'delete',
  path: '/api-keys/{id}',
  summary: 'Ends a key with all its values',
  request: { params: keyParams, query: attributionSchema },
  responses: { 204: { description: 'It is revoked' } },
})

/** `/api-keys`. */
export const apiKeyRoutes = createRouteGroup()
  .openapi(list, async (c) => c.json({ apiKeys: (await listApiKeys(c.env)).map(toMutable) }, 200))
  .openapi(create, async (c) => c.json(toMutable(await createApiKey(c.req.valid('json'), contextOf(c.env, c.var.actor, c.req.valid('query')))), 201))
  .openapi(change, async (c) => c.json(toMutable(await changeApiKey(c.req.valid('param').id, c.req.valid('json'), contextOf(c.env, c.var.actor, c.req.valid('query')))), 200))
  .openapi(rotate, async (c) =>
    c.json(toMutable(await rotateApiKey(c.req.valid('param').id, c.req.valid('json').graceSeconds, contextOf(c.env, c.var.actor, c.req.valid('query')))), 200),
  )
  .openapi(revoke, async (c) => {
    await revokeApiKey(c.req.valid('param').id, contextOf(c.env, c.var.actor, c.req.valid('query')))
    return c.body(null, 204)
  })

function contextOf(env: Env, actor: Actor, attribution: Attribution): KeyContext {
  return { env, by: byOf(actor, attribution), nowMs: Date.now() }
}

/** The schemas' lists are not read-only; the values are the same. */
function toMutable<Key extends z.infer<typeof apiKeyViewSchema>>(key: Key): Key {
  return { ...key, usagePlanIds: [...key.usagePlanIds], values: [...key.values] }
}
