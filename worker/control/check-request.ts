import type { Context, MiddlewareHandler, ValidationTargets } from 'hono'
import { createMiddleware } from 'hono/factory'
import type * as z from 'zod'
import type { ControlEnv } from './context.ts'
import { ControlProblem } from './problem.ts'
import type { RequestSchemas } from './route.ts'

/** Reads what a call carries by the schemas of its route, for `c.req.valid`. What a schema refuses becomes a problem that lists every fault of that part. */
export function checkRequest({ params, query, headers, body }: RequestSchemas): MiddlewareHandler<ControlEnv> {
  return createMiddleware<ControlEnv>(async (c, next) => {
    const check = (target: keyof ValidationTargets, schema: z.ZodType<object> | undefined, value: unknown): void => {
      if (schema === undefined) return
      const parsed = schema.safeParse(value)
      if (!parsed.success) throw new ControlProblem('invalid-request', { detail: describeIssues(parsed.error), more: { issues: toIssues(parsed.error) } })
      c.req.addValidatedData(target, parsed.data)
    }
    check('query', query, toSingles(c.req.queries()))
    check('param', params, c.req.param())
    check('header', headers, c.req.header())
    if (body !== undefined) check('json', body, await readJson(c))
    await next()
  })
}

/** A parameter that is there once is a text, one that is there more often a list. */
function toSingles(queries: Readonly<Record<string, readonly string[]>>): Record<string, string | readonly string[]> {
  return Object.fromEntries(Object.entries(queries).map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]))
}

/** A call that sends nothing sends `{}`. */
async function readJson(c: Context<ControlEnv>): Promise<unknown> {
  const text = await c.req.text()
  if (text === '') return {}
  if (!/^application\/(?:[\w.-]+\+)?json *(?:;|$)/iu.test(c.req.header('content-type') ?? '')) {
    throw new ControlProblem('invalid-request', { detail: 'The body must be JSON, sent as "Content-Type: application/json".' })
  }
  try {
    return JSON.parse(text)
  } catch {
    throw new ControlProblem('invalid-request', { detail: 'Malformed JSON in request body' })
  }
}

function toIssues(error: z.ZodError): { path: string; message: string }[] {
  return error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }))
}

function describeIssues(error: z.ZodError): string {
  return toIssues(error)
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
    .join('; ')
}
