import { createMiddleware } from 'hono/factory'
import { findActor, readBearer } from './actor.ts'
import type { ControlEnv } from './context.ts'
import { ControlProblem } from './problem.ts'

const CHALLENGE = { 'www-authenticate': 'Bearer realm="stagedoor"' }

/** Finds who calls, before any route looks at the request; without a good token nothing else is said. */
export const authenticate = createMiddleware<ControlEnv>(async (c, next) => {
  const token = readBearer(c.req.header('authorization'))
  if (token === null) throw new ControlProblem('no-token', { detail: 'Send a token as "Authorization: Bearer ...".', headers: CHALLENGE })
  const authentication = await findActor(token, c.env.CONTROL_TOKENS, Date.now())
  switch (authentication.kind) {
    case 'known':
      c.set('actor', authentication.actor)
      return next()
    case 'unknown':
      throw new ControlProblem('wrong-token', { detail: 'The token is not one of this gateway.', headers: CHALLENGE })
    case 'expired':
      throw new ControlProblem('expired-token', { detail: `The token "${authentication.name}" has ended.`, headers: CHALLENGE })
    case 'misconfigured':
      throw new ControlProblem('not-configured', { detail: authentication.note, hint: 'wrangler secret put CONTROL_TOKENS; docs/deploy.md says how' })
    default:
      return authentication satisfies never
  }
})
