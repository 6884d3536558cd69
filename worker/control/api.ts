import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { authenticate } from './authenticate.ts'
import type { ControlEnv } from './context.ts'
import { describeApi } from './describe-api.ts'
import { ControlProblem } from './problem.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { apiRoutes } from './routes/apis.ts'
import { auditRoutes } from './routes/audit.ts'
import { cacheRoutes } from './routes/cache.ts'
import { canaryRoutes } from './routes/canary.ts'
import { deploymentRoutes } from './routes/deployments.ts'
import { pushRoutes } from './routes/push.ts'
import { stageRoutes } from './routes/stages.ts'
import { usageRoutes } from './routes/usage.ts'
import { whoamiRoutes } from './routes/whoami.ts'

/** Where the control API is mounted (serve.ts). */
export const CONTROL_BASE_PATH = '/_stagedoor/v1'

const GROUPS = [whoamiRoutes, pushRoutes, apiRoutes, deploymentRoutes, stageRoutes, canaryRoutes, cacheRoutes, auditRoutes, apiKeyRoutes, usageRoutes]

/** What one call may send. A rule folder travels as text, so this bounds it (docs/differences.md). */
const LIMITS = { bodyBytesMax: 4 * 1024 * 1024 } as const

/**
 * The control API: one group of routes a file in routes/, mounted here. Every call needs a token; every route names its role (`controlRoute`); every problem is
 * problem+json. docs/control-api.md tells it from outside, `GET /_stagedoor/v1/openapi.json` is its own description.
 *
 * To add a group: a file in routes/ that exports `createRouteGroup().on(controlRoute(role, {...}), handler)`, and its name in `GROUPS`. A handler finds who calls in
 * `c.var.actor` and what the call carries in `c.req.valid`, gives the value of the answer, and says no by throwing a `ControlProblem`.
 */
export function createControlApi(): Hono<ControlEnv> {
  const api = new Hono<ControlEnv>()
  api.use(authenticate)
  api.use(bodyLimit({ maxSize: LIMITS.bodyBytesMax, onError: refuseLargeBody }))
  for (const { app } of GROUPS) api.route('/', app)
  api.get('/openapi.json', (c) => c.json(describeApi(GROUPS.flatMap(({ routes }) => routes), CONTROL_BASE_PATH)))
  return api
}

function refuseLargeBody(): never {
  throw new ControlProblem('too-large', { detail: `A call may send at most ${LIMITS.bodyBytesMax} bytes.` })
}
