import { createRoute, OpenAPIHono, type RouteConfig } from '@hono/zod-openapi'
import { createMiddleware } from 'hono/factory'
import type * as z from 'zod'
import type { ControlRole } from '../../kv-schemas/control-tokens.ts'
import { includesRole } from './actor.ts'
import type { ControlEnv } from './context.ts'
import { ControlProblem, problemSchema } from './problem.ts'

/** A group of routes, mounted in api.ts. What a schema refuses becomes a problem that lists every fault. */
export function createRouteGroup(): OpenAPIHono<ControlEnv> {
  return new OpenAPIHono<ControlEnv>({
    defaultHook: (result) => {
      if (!result.success) throw new ControlProblem('invalid-request', { detail: describeIssues(result.error), more: { issues: toIssues(result.error) } })
    },
  })
}

/** Describes a route that a token of at least this role may call. The only way to make one: so no route is without a role. */
export function controlRoute<R extends Omit<RouteConfig, 'middleware' | 'security'>>(role: ControlRole, config: R) {
  return createRoute({
    ...config,
    middleware: needsRole(role),
    security: [{ token: [role] }],
    responses: { ...config.responses, default: { description: 'A problem', content: { 'application/problem+json': { schema: problemSchema } } } },
  })
}

/** A body that must be JSON of this shape. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return { content: { 'application/json': { schema } }, required: true } as const
}

/** An answer of this shape. */
export function jsonAnswer<Schema extends z.ZodType>(description: string, schema: Schema) {
  return { description, content: { 'application/json': { schema } } } as const
}

function needsRole(role: ControlRole) {
  return createMiddleware<ControlEnv>(async (c, next) => {
    const { actor } = c.var
    if (!includesRole(actor.role, role)) {
      throw new ControlProblem('role-too-low', { detail: `This needs the role ${role}; the token "${actor.name}" has the role ${actor.role}.` })
    }
    await next()
  })
}

function toIssues(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
}

function describeIssues(error: z.ZodError): string {
  return toIssues(error)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ')
}
