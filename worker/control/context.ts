import type { Env } from '../adapters/env.ts'
import type { Actor } from './actor.ts'

/** What every route of the control API finds in its Hono context: `c.env`, and who calls as `c.var.actor`. */
export interface ControlEnv {
  Bindings: Env
  Variables: { actor: Actor }
}
