import type * as z from 'zod'

/** Where a gateway is, and with which token it is asked. */
export interface Connection {
  /** The address of a control host, such as `https://control.example.com`. */
  readonly url: string
  readonly token: string
}

/** A call of the control API. */
export interface ControlCall<Value> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below `/_stagedoor/v1`. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | null | undefined>>
  readonly body?: unknown
  /** The revision that a write is meant for; it is refused when the stage is at another. */
  readonly ifMatch?: number | null
  /** What the answer looks like; null for an answer without a body. */
  readonly answer: z.ZodType<Value> | null
}

/** What came of a call. A problem is what the gateway says is wrong; `unreachable` is everything that kept it from saying anything. */
export type ControlOutcome<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'problem'; readonly status: number; readonly problem: Problem }
  | { readonly kind: 'unreachable'; readonly message: string }

/** A problem as the gateway tells it (RFC 9457). */
export interface Problem {
  readonly type: string
  readonly detail: string
  readonly hint: string | null
  /** What is wrong with the rule files, where that is the problem. */
  readonly issues: readonly unknown[]
}

/** Calls the control API of a gateway. */
export interface ControlClient {
  readonly connection: Connection
  call<Value>(call: ControlCall<Value>): Promise<ControlOutcome<Value>>
}

/** Makes a client. `send` is the process's fetch, and in tests anything. */
export function createControlClient(connection: Connection, send: typeof fetch = fetch): ControlClient {
  return { connection, call: (call) => callControl(connection, call, send) }
}

async function callControl<Value>({ url, token }: Connection, { method, path, query = {}, body, ifMatch = null, answer }: ControlCall<Value>, send: typeof fetch): Promise<ControlOutcome<Value>> {
  const target = new URL(`/_stagedoor/v1${path}`, url)
  for (const [name, value] of Object.entries(query)) if (value !== null && value !== undefined) target.searchParams.set(name, String(value))
  const headers = new Headers({ authorization: `Bearer ${token}` })
  if (body !== undefined) headers.set('content-type', 'application/json')
  if (ifMatch !== null) headers.set('if-match', `"${ifMatch}"`)
  try {
    const response = await send(target, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
    const text = await response.text()
    return readAnswer(target, response, text, answer)
  } catch (error) {
    return { kind: 'unreachable', message: `${target.origin} could not be reached: ${describe(error)}` }
  }
}

function readAnswer<Value>(target: URL, response: Response, text: string, answer: z.ZodType<Value> | null): ControlOutcome<Value> {
  const json = parse(text)
  if (!response.ok) return isProblem(json) ? { kind: 'problem', status: response.status, problem: toProblem(json) } : strange(target, response)
  if (answer === null) return { kind: 'done', value: undefined as Value }
  const parsed = answer.safeParse(json)
  return parsed.success ? { kind: 'done', value: parsed.data } : strange(target, response)
}

/** Somebody else answers at this address, or the host is not among CONTROL_HOSTS. */
function strange(target: URL, { status }: Response): { readonly kind: 'unreachable'; readonly message: string } {
  return { kind: 'unreachable', message: `${target.origin} answered ${status}, but not as a Stagedoor control API: is its host in CONTROL_HOSTS?` }
}

function isProblem(json: unknown): json is { readonly type: string; readonly detail: string } {
  return typeof json === 'object' && json !== null && 'type' in json && 'detail' in json && typeof json.type === 'string' && typeof json.detail === 'string'
}

function toProblem(json: { readonly type: string; readonly detail: string; readonly hint?: unknown; readonly issues?: unknown }): Problem {
  return { type: json.type, detail: json.detail, hint: typeof json.hint === 'string' ? json.hint : null, issues: Array.isArray(json.issues) ? json.issues : [] }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}
