import { Hono, type Context } from 'hono'
import { createMiddleware } from 'hono/factory'
import type * as z from 'zod'
import type { ControlRole } from '../../kv-schemas/control-tokens.ts'
import { includesRole } from './actor.ts'
import { checkRequest } from './check-request.ts'
import type { ControlEnv } from './context.ts'
import { ControlProblem } from './problem.ts'

/** What a route is: where, what a call of it carries, what it answers. Calls are checked by it, and the API's own description is made from it. */
export interface RouteConfig {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  /** With parameters as `{name}`. */
  readonly path: string
  readonly summary: string
  readonly request?: RequestSchemas
  readonly answer: RouteAnswer
}

/** The schemas of what a call carries. A part without a schema is not looked at. */
export interface RequestSchemas {
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly headers?: z.ZodObject
  /** Of a JSON body. */
  readonly body?: z.ZodType<object>
}

/** The answer of a call that is done. Without a schema it has no body. */
export interface RouteAnswer {
  readonly status: 200 | 201 | 204
  readonly description: string
  readonly schema?: z.ZodType
}

/** A route, and the role that a token needs to call it. */
export interface ControlRoute<Config extends RouteConfig = RouteConfig> {
  readonly role: ControlRole
  readonly config: Config
}

/** Routes with what answers them, mounted in api.ts. */
export interface RouteGroup {
  readonly app: Hono<ControlEnv>
  readonly routes: readonly ControlRoute[]
  /** Adds a route. The handler gives the value of the answer, null where it has no body; it says no by throwing a `ControlProblem`. */
  on<Config extends RouteConfig>(route: ControlRoute<Config>, handle: ControlHandler<Config>): RouteGroup
}

/** What answers a route. It finds what the call carries in `c.req.valid`, as the schemas read it. */
type ControlHandler<Config extends RouteConfig> = (c: Context<ControlEnv, string, { out: Checked<Config['request']> }>) => Promise<Answered<Config['answer']>> | Answered<Config['answer']>

/** What the schemas make of a call, in Hono's words. */
interface Checked<Request> {
  readonly param: OutputOf<Request, 'params'>
  readonly query: OutputOf<Request, 'query'>
  readonly header: OutputOf<Request, 'headers'>
  readonly json: OutputOf<Request, 'body'>
}

type OutputOf<Request, Part extends keyof RequestSchemas> = Request extends Readonly<Record<Part, infer Schema extends z.ZodType>> ? z.output<Schema> : never

type Answered<Answer> = Answer extends { readonly schema: infer Schema extends z.ZodType } ? ReadonlyDeep<z.input<Schema>> : null

/** What is shown need not be changeable, as zod's types are. */
type ReadonlyDeep<Value> = Value extends object ? { readonly [Key in keyof Value]: ReadonlyDeep<Value[Key]> } : Value

/** Describes a route that a token of at least this role may call. The only way to make one: so no route is without a role. */
export function controlRoute<const Config extends RouteConfig>(role: ControlRole, config: Config): ControlRoute<Config> {
  return { role, config }
}

/** An answer with a body of this shape. */
export function jsonAnswer<Schema extends z.ZodType>(description: string, schema: Schema, status: 200 | 201 = 200) {
  return { status, description, schema } as const
}

/** An answer without a body. */
export function emptyAnswer(description: string) {
  return { status: 204, description } as const
}

/** A group without routes. */
export function createRouteGroup(): RouteGroup {
  return extendGroup(new Hono<ControlEnv>(), [])
}

function extendGroup(app: Hono<ControlEnv>, routes: readonly ControlRoute[]): RouteGroup {
  return {
    app,
    routes,
    on(route, handle) {
      const { method, path, request, answer } = route.config
      app.on(method, path.replaceAll(/\{(\w+)\}/gu, ':$1'), needsRole(route.role), checkRequest(request ?? {}), async (c) => {
        const value = await handle(c)
        return answer.status === 204 ? c.body(null, answer.status) : c.json(value, answer.status)
      })
      return extendGroup(app, [...routes, route])
    },
  }
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
