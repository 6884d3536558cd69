import type { Functions } from '../worker/ports.ts'
import type { FunctionCall, FunctionOutcome } from '../worker/semantics/integrations/functions/function-call.ts'

/** A function as a test writes it: what it got, as JSON, and what comes of the call. */
export interface TestFunction {
  readonly functions: Functions
  /** The calls, oldest first. */
  readonly calls: readonly FunctionCall[]
}

/** Functions that all answer alike; streaming is no part of them. */
export function functionsOf(answer: (call: FunctionCall) => FunctionOutcome): TestFunction {
  const calls: FunctionCall[] = []
  const invoke = async (call: FunctionCall): Promise<FunctionOutcome> => {
    calls.push(call)
    return answer(call)
  }
  return { functions: { invoke, stream: missing }, calls }
}

function missing(): never {
  throw new Error('the test has no streaming functions')
}

/** What a function returned, as the Invoke API tells it. */
export function returned(payload: string, headers: Readonly<Record<string, string>> = {}): FunctionOutcome {
  return {
    kind: 'answered',
    statusCode: 200,
    payload: new TextEncoder().encode(payload),
    functionError: null,
    headers: new Headers({ 'x-amzn-requestid': 'lambda-request', ...headers }),
  }
}

/** What a function threw. */
export function threw(payload: string): FunctionOutcome {
  return { kind: 'answered', statusCode: 200, payload: new TextEncoder().encode(payload), functionError: 'Unhandled', headers: new Headers({ 'x-amzn-requestid': 'lambda-request' }) }
}

/** The payload of a call, read. */
export function eventOf(call: FunctionCall | undefined): Readonly<Record<string, unknown>> {
  if (typeof call?.payload !== 'string') throw new Error('no call, or no text in it')
  return JSON.parse(call.payload) as Readonly<Record<string, unknown>>
}
