import * as z from 'zod'
import { CONTROL_ROLES } from '../../../kv-schemas/control-tokens.ts'
import { controlRoute, createRouteGroup, jsonAnswer } from '../route.ts'

const whoami = controlRoute('read', {
  method: 'get',
  path: '/whoami',
  summary: 'Whose token this is',
  answer: jsonAnswer('The name and the role of the token', z.object({ name: z.string(), role: z.enum(CONTROL_ROLES) })),
})

/** `GET /whoami`. */
export const whoamiRoutes = createRouteGroup().on(whoami, (c) => c.var.actor)
