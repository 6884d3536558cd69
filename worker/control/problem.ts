import { HTTPException } from 'hono/http-exception'
import * as z from 'zod'

/** Every kind of problem that the control API reports, with its status (docs/control-api.md lists them). */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'invalid-rules': { status: 422, title: 'The rule files have errors' },
  'not-possible': { status: 400, title: 'This is not possible now' },
  'no-token': { status: 401, title: 'A token is needed' },
  'wrong-token': { status: 401, title: 'The token is not known' },
  'expired-token': { status: 401, title: 'The token has ended' },
  'role-too-low': { status: 403, title: 'The role of the token does not allow this' },
  'not-found': { status: 404, title: 'There is no such thing' },
  conflict: { status: 409, title: 'Something else is under way' },
  'stale-revision': { status: 412, title: 'It has changed since you looked' },
  'too-large': { status: 413, title: 'The body is too large' },
  internal: { status: 500, title: 'Something went wrong inside' },
  'not-configured': { status: 503, title: 'The control API is not configured' },
} as const
export type ProblemKind = keyof typeof PROBLEMS

/** What a problem says beyond its kind. `detail` is for people, Amazon's words where it has them; the rest is for programs. */
export interface ProblemDetails {
  readonly detail: string
  /** What to do next. */
  readonly hint?: string
  /** Members of its own: the current revision, a list of issues. */
  readonly more?: Readonly<Record<string, unknown>>
  readonly headers?: Readonly<Record<string, string>>
}

/** The one way for the control API to say no: thrown by a route, rendered as RFC 9457 problem+json by `renderProblem`. It carries no stack. */
export class ControlProblem {
  readonly kind: ProblemKind
  readonly details: ProblemDetails

  constructor(kind: ProblemKind, details: ProblemDetails) {
    this.kind = kind
    this.details = details
  }
}

/** The body of a problem, for the OpenAPI document. */
export const problemSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  hint: z.string().optional(),
})

/** Writes a problem as an answer. */
export function renderProblem(problem: ControlProblem): Response {
  const { status, title } = PROBLEMS[problem.kind]
  const { detail, hint, more, headers } = problem.details
  const body = { type: `urn:stagedoor:problem:${problem.kind}`, title, status, detail, ...(hint === undefined ? {} : { hint }), ...more }
  return Response.json(body, { status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers } })
}

/** Answers for anything that was thrown: a problem is an answer, the rest is a fault of ours, told to the log and not to the caller. */
export function renderThrown(error: unknown, path: string): Response {
  if (error instanceof ControlProblem) return renderProblem(error)
  // Hono's own: a body that is no JSON.
  if (error instanceof HTTPException && error.status < 500) return renderProblem(new ControlProblem('invalid-request', { detail: error.message }))
  console.error(JSON.stringify({ level: 'error', message: 'control API failed', path, cause: error instanceof Error ? (error.stack ?? error.message) : String(error) }))
  return renderProblem(new ControlProblem('internal', { detail: 'The call failed. It may be repeated; the log of the gateway says why.' }))
}
