import type { AccountDocument } from '../../kv-schemas/documents/account.ts'
import type { Awaitable } from '../awaitable.ts'
import type { Functions, ServiceCall, ServiceOutcome, TakeBody, UpstreamOutcome, UpstreamRequest } from '../ports.ts'
import type { FunctionCall, FunctionFailure, FunctionStreamOutcome } from '../semantics/integrations/functions/function-call.ts'
import { toFunctionTarget, type InvokeApi } from '../semantics/integrations/functions/function-target.ts'
import { toFunctionFailure, toFunctionOutcome, type InvokeResponse } from '../semantics/integrations/functions/invoke-outcome.ts'
import { serviceOf } from '../semantics/integrations/aws/services.ts'
import { createInvokeDecoder, type OpenedStream } from './invoke-stream.ts'
import { callBy } from './fetch-upstream.ts'
import { fetcherOf } from './bindings.ts'
import { watchBody } from './watched-body.ts'

/** The largest answer of a function, with Lambda's own allowance (aws-websocket-and-services D1). */
const PAYLOAD_BYTES_MAX = 6_291_556

type Answered = Extract<UpstreamOutcome, { kind: 'answered' }>

/** What the adapter needs of the world. */
export interface FunctionsOptions {
  /** The Worker's bindings, by which functions next door are called. */
  readonly env: object
  readonly account: () => Awaitable<AccountDocument>
  readonly send: (request: UpstreamRequest) => Promise<UpstreamOutcome>
  readonly aws: (call: ServiceCall) => Promise<ServiceOutcome>
}

/** Functions as `account.json` places them (design section 9). */
export function createFunctions(options: FunctionsOptions): Functions {
  return {
    async invoke(call) {
      const outcome = await reach(call, 'invocations', { wholeUpToBytes: PAYLOAD_BYTES_MAX, beyond: 'fails' }, options)
      return outcome.kind === 'answered' ? toFunctionOutcome(toInvokeResponse(outcome)) : toFailure(outcome)
    },
    async stream(call) {
      const outcome = await reach(call, 'response-streaming-invocations', 'flowing', options)
      if (outcome.kind !== 'answered') return toFailure(outcome)
      const { response, body } = outcome
      if (response.ok && body instanceof ReadableStream) return openStream(call, response, body)
      return toFunctionFailure({ statusCode: response.status, headers: response.headers, payload: new Uint8Array(await response.arrayBuffer()) })
    },
  }
}

async function reach(call: FunctionCall, api: InvokeApi, take: TakeBody, options: FunctionsOptions): Promise<ServiceOutcome> {
  const target = toFunctionTarget(call.functionArn, await options.account(), api)
  if (target === null) return { kind: 'unreachable', cause: `${call.functionArn} is not a function's ARN or name` }
  const headers = toInvokeHeaders(call)
  const wire = { timeoutMs: call.timeoutMs, take }
  switch (target.kind) {
    case 'aws': {
      const address = { service: serviceOf('lambda'), hostName: 'lambda', region: target.region, subdomain: null }
      return options.aws({ request: { address, method: 'POST', target: target.path, headers, body: call.payload }, identity: call.identity, ...wire })
    }
    case 'url':
      return options.send({ url: target.url, method: 'POST', headers, body: call.payload, ...wire })
    case 'binding': {
      const fetcher = fetcherOf(options.env, target.binding)
      if (fetcher === null) return { kind: 'unreachable', cause: `the Worker has no service binding ${target.binding}` }
      return callBy((url, init) => fetcher.fetch(url, init), { url: `https://lambda.internal${target.path}`, method: 'POST', headers, body: call.payload, ...wire })
    }
    default:
      return target satisfies never
  }
}

/** Waits for the metadata of a streaming answer; its payload flows on from there, within the bounds of the call. */
function openStream(call: FunctionCall, response: Response, body: ReadableStream<Uint8Array>): Promise<FunctionStreamOutcome> {
  const { idleMs, totalMs, onBroken } = call
  const { promise, resolve } = Promise.withResolvers<FunctionStreamOutcome>()
  let isOpen = false
  const onRead = (reading: OpenedStream): void => {
    isOpen = reading.kind === 'whole'
    resolve(reading.kind === 'whole' ? { kind: 'streaming', statusCode: response.status, headers: response.headers, prelude: reading.prelude, body: payload } : reading)
  }
  const onEnd = (cause: string, isTimeOut: boolean): void => {
    if (isOpen) onBroken?.(cause)
    else resolve(isTimeOut ? { kind: 'timed-out' } : { kind: 'broken', cause })
  }
  const payload = watchBody(body, { idleMs, totalMs, onBroken: onEnd, decoder: createInvokeDecoder(response.headers, onRead) })
  return promise
}

/** The headers of Amazon's own call (aws-websocket-and-services D1). */
function toInvokeHeaders(call: FunctionCall): Headers {
  const headers = new Headers(call.headers)
  headers.set('content-type', 'application/json')
  headers.set('accept', 'application/json')
  headers.set('user-agent', `AmazonAPIGateway_${call.apiId}`)
  headers.set('x-amz-invocation-type', call.invocationType)
  headers.set('x-amzn-lambda-integration-tag', call.requestId)
  headers.set('x-amzn-apigateway-api-id', call.apiId)
  headers.set('x-amzn-trace-id', call.traceId)
  return headers
}

function toInvokeResponse({ response, body }: Answered): InvokeResponse {
  return { statusCode: response.status, headers: response.headers, payload: body instanceof Uint8Array ? body : new Uint8Array(0) }
}

function toFailure(outcome: Exclude<ServiceOutcome, { kind: 'answered' }>): FunctionFailure {
  switch (outcome.kind) {
    case 'timed-out':
      return { kind: 'timed-out' }
    case 'no-credentials':
      return { kind: 'not-permitted', cause: outcome.cause }
    case 'too-large':
      return { kind: 'rejected', statusCode: 502, cause: outcome.cause }
    case 'unreachable':
    case 'untrusted':
      return { kind: 'unreachable', cause: outcome.cause }
    default:
      return outcome satisfies never
  }
}
