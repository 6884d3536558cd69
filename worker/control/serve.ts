import { Hono } from 'hono'
import type { Env } from '../adapters/env.ts'
import { CONTROL_BASE_PATH, createControlApi } from './api.ts'
import type { ControlEnv } from './context.ts'
import { ControlProblem, renderProblem, renderThrown } from './problem.ts'

const control = new Hono<ControlEnv>()
control.onError((error, c) => renderThrown(error, c.req.path))
control.notFound((c) => renderProblem(new ControlProblem('not-found', { detail: `There is no ${c.req.method} ${c.req.path} in the control API.` })))
control.route(CONTROL_BASE_PATH, createControlApi())

/** Answers a request to the gateway's own paths, `/_stagedoor/...` on a control host. */
export async function serveControl(request: Request, env: Env, context: ExecutionContext): Promise<Response> {
  try {
    return await control.fetch(request, env, context)
  } catch (error) {
    // Hono lets what is no Error pass; a problem is none, on purpose.
    return renderThrown(error, new URL(request.url).pathname)
  }
}
