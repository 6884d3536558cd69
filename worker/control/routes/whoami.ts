import * as z from 'zod'
import { CONTROL_ROLES } from '../../../kv-schemas/control-tokens.ts'
import { controlRoute, createRouteGroup, jsonAnswer } from '../route.ts'

const whoami = controlRoute('read', {
  method: 'get',
  path: '/whoami',
  summary: 'Whose token this is',
  responses: { 200: jsonAnswer('The name and the role of the token', z.object({ name: z.string(), role: z.enum(CONTROL_ROLES) })) },
})

/** `GET /whoami`. */
export const whoamiRoutes = createRouteGroup().openapi(whoami, (c) => c.json({ name: c.var.actor.name, role: c.var.actor.role }, 200))
