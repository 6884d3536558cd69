import type { OpenAPIHono } from '@hono/zod-openapi'
import { bodyLimit } from 'hono/body-limit'
import { authenticate } from './authenticate.ts'
import type { ControlEnv } from './context.ts'
import { ControlProblem } from './problem.ts'
import { createRouteGroup } from './route.ts'
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

/** What one call may send. A rule folder travels as text, so this bounds it (docs/differences.md). */
const LIMITS = { bodyBytesMax: 4 * 1024 * 1024 } as const

/**
 * The control API: one group of routes a file in routes/, mounted here. Every call needs a token; every route names its role (`controlRoute`); every problem is
 * problem+json. docs/control-api.md tells it from outside, `GET /_stagedoor/v1/openapi.json` is its own description.
 *
 * To add a group: a file in routes/ that exports `createRouteGroup().openapi(controlRoute(role, {...}), handler)`, and one `api.route` line below. A handler finds
 * who calls in `c.var.actor`, answers with `c.json(..., status)`, and says no by throwing a `ControlProblem`. A POST or PUT takes its body by `jsonBody(schema)`.
 */
export function createControlApi(): OpenAPIHono<ControlEnv> {
  const api = createRouteGroup()
  api.use(authenticate)
  api.use(bodyLimit({ maxSize: LIMITS.bodyBytesMax, onError: refuseLargeBody }))

  api.route('/', whoamiRoutes)
  api.route('/', pushRoutes)
  api.route('/', apiRoutes)
  api.route('/', deploymentRoutes)
  api.route('/', stageRoutes)
  api.route('/', canaryRoutes)
  api.route('/', cacheRoutes)
  api.route('/', auditRoutes)
  api.route('/', apiKeyRoutes)
  api.route('/', usageRoutes)

  api.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' })
  api.doc31('/openapi.json', { openapi: '3.1.0', info: { title: 'Stagedoor control API', version: '1' }, servers: [{ url: CONTROL_BASE_PATH }] })
  return api
}

function refuseLargeBody(): never {
  throw new ControlProblem('too-large', { detail: `A call may send at most ${LIMITS.bodyBytesMax} bytes.` })
}
