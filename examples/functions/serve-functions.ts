import { encodeStreamMessage } from '../../worker/semantics/integrations/functions/event-stream.ts'
import { STREAMING, type MarkedHandler, type ResponseStream } from './awslambda.ts'
import { createContext, type LambdaContext } from './lambda-context.ts'

/** A function and its settings. A handler returns its answer, calls back with it, or streams it. */
export interface LambdaFunction {
  // oxlint-disable-next-line typescript/no-explicit-any -- handlers are written against types of their own
  readonly handler: (event: any, context: any, callback?: any) => unknown
  readonly timeoutSeconds: number
}

/** Lambda's own bound of an answer, in bytes. */
const PAYLOAD_BYTES_MAX = 6_291_556

const PATH = /^\/(?:2015-03-31|2021-11-15)\/functions\/([^/]+)\/(invocations|response-streaming-invocations)$/u

/** Serves functions with the protocol of Lambda's Invoke API, as a Worker. */
export function serveFunctions(functions: Readonly<Record<string, LambdaFunction>>): ExportedHandler {
  return {
    async fetch(request, _env, execution) {
      const url = new URL(request.url)
      const [, encodedName = '', api] = PATH.exec(url.pathname) ?? []
      const arn = decodeURIComponent(encodedName)
      const name = arn.replace(/^.*:function:/u, '').replace(/:.*$/u, '')
      const known = Object.hasOwn(functions, name) ? functions[name] : undefined
      if (request.method !== 'POST' || known === undefined) return refuse(404, 'ResourceNotFoundException', { Message: `Function not found: ${arn}`, Type: 'User' })
      const event = parse(await request.text())
      if (event === undefined) return refuse(400, 'InvalidRequestContentException', { message: 'Could not parse request body into json: it is none', Type: 'User' })
      const context = createContext({ name, arn, qualifier: url.searchParams.get('Qualifier'), headers: request.headers, timeoutMs: known.timeoutSeconds * 1000 })
      if (api === 'response-streaming-invocations') return stream(known, event, context, execution)
      return invoke(known, { event, context, type: request.headers.get('x-amz-invocation-type') ?? 'RequestResponse' }, execution)
    },
  }
}

interface Invocation {
  readonly event: { readonly value: unknown }
  readonly context: LambdaContext
  readonly type: string
}

async function invoke(known: LambdaFunction, { event, context, type }: Invocation, execution: ExecutionContext): Promise<Response> {
  const headers = { 'x-amzn-requestid': context.awsRequestId, 'x-amz-executed-version': context.functionVersion }
  if (type === 'DryRun') return new Response(null, { status: 204, headers })
  if (type === 'Event') {
    execution.waitUntil(run(known, event.value, context))
    return new Response(null, { status: 202, headers })
  }
  const { payload, failed } = await run(known, event.value, context)
  return new Response(payload, { headers: { ...headers, 'content-type': 'application/json', ...(failed ? { 'x-amz-function-error': 'Unhandled' } : {}) } })
}

interface Result {
  readonly payload: string
  readonly failed: boolean
}

async function run(known: LambdaFunction, event: unknown, context: LambdaContext): Promise<Result> {
  try {
    const returned = await Promise.race([call(known, event, context), timeOut(known, context)])
    const payload = JSON.stringify(returned) ?? 'null'
    if (payload.length <= PAYLOAD_BYTES_MAX) return { payload, failed: false }
    return failure('Function.ResponseSizeTooLarge', `Response payload size exceeded maximum allowed payload size (${PAYLOAD_BYTES_MAX} bytes).`)
  } catch (error) {
    if (error instanceof Error) return failure(error.name, error.message, (error.stack ?? '').split('\n'))
    return failure(typeof error, textOf(error))
  }
}

function failure(errorType: string, errorMessage: string, trace?: readonly string[]): Result {
  return { payload: JSON.stringify({ errorType, errorMessage, trace }), failed: true }
}

/** A handler of three parameters calls back; any other returns its answer or a promise of it. */
function call({ handler }: LambdaFunction, event: unknown, context: LambdaContext): unknown {
  if (handler.length < 3) return handler(event, context)
  return new Promise((resolve, reject) => {
    handler(event, context, (error: unknown, result: unknown) => {
      if (error === null || error === undefined) resolve(result)
      else reject(error instanceof Error ? error : new Error(textOf(error)))
    })
  })
}

async function timeOut({ timeoutSeconds }: LambdaFunction, context: LambdaContext): Promise<never> {
  await scheduler.wait(timeoutSeconds * 1000)
  const error = new Error(`RequestId: ${context.awsRequestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`)
  error.name = 'Sandbox.Timedout'
  throw error
}

/** The answer as an event stream: pieces as the function writes them, then how it ended. What does not stream is one piece. */
function stream(known: LambdaFunction, event: { readonly value: unknown }, context: LambdaContext, execution: ExecutionContext): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  const send = (kind: string, payload: Uint8Array): Promise<void> => writer.write(encodeStreamMessage({ headers: { ':message-type': 'event', ':event-type': kind }, payload }))
  const responseStream: ResponseStream = {
    write: (chunk) => send('PayloadChunk', bytes(chunk)),
    end: async (chunk) => (chunk === undefined ? undefined : send('PayloadChunk', bytes(chunk))),
    setContentType: () => undefined,
  }
  const { handler } = known
  const work = async (): Promise<void> => {
    try {
      if (isStreaming(handler)) await handler(event.value, responseStream, context)
      else await responseStream.end(JSON.stringify(await call(known, event.value, context)) ?? 'null')
      await send('InvokeComplete', bytes('{}'))
    } catch (error) {
      await send('InvokeComplete', bytes(JSON.stringify({ ErrorCode: 'Runtime.Unhandled', ErrorDetails: error instanceof Error ? error.message : textOf(error) })))
    }
    await writer.close()
  }
  execution.waitUntil(work().catch(() => undefined))
  return new Response(readable, { headers: { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': context.awsRequestId } })
}

/** What was thrown and is no error, as text. */
function textOf(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : (JSON.stringify(thrown) ?? 'undefined')
}

function bytes(chunk: string | Uint8Array): Uint8Array {
  return typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk
}

function isStreaming(handler: unknown): handler is MarkedHandler {
  return typeof handler === 'function' && STREAMING in handler
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) }
  } catch {
    return undefined
  }
}

function refuse(status: number, code: string, body: Readonly<Record<string, string>>): Response {
  return Response.json(body, { status, headers: { 'x-amzn-errortype': code } })
}
