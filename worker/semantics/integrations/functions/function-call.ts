import type { StreamPrelude } from './stream-prelude.ts'

/** With whose rights a call to AWS is made: the gateway's own (its environment), a role that the gateway assumes, or the caller's. */
export type AwsIdentity =
  | { readonly kind: 'gateway' }
  | { readonly kind: 'role'; readonly roleArn: string }
  | { readonly kind: 'caller'; readonly accessKeyId: string; readonly sessionToken: string | null }

/** One call of a Lambda function, wherever it runs. */
export interface FunctionCall {
  /** The function's ARN, with or without a qualifier, or its bare name. */
  readonly functionArn: string
  /** The event, as JSON. */
  readonly payload: string | Uint8Array<ArrayBuffer>
  readonly invocationType: 'RequestResponse' | 'Event' | 'DryRun'
  readonly identity: AwsIdentity
  /** How long to wait for the whole answer, in milliseconds. */
  readonly timeoutMs: number
  /** For a streaming answer: how long it may stand still, how long it may take in all, and who is told when it breaks off. */
  readonly idleMs?: number
  readonly totalMs?: number
  readonly onBroken?: (cause: string) => void
  /** Tells the function's own logs which request called it. */
  readonly apiId: string
  readonly requestId: string
  readonly traceId: string
  /** More headers of the Invoke API, such as `X-Amz-Client-Context`. */
  readonly headers?: Headers
}

/** Why a function gave no answer of its own; `cause` is for the log. */
export type FunctionFailure =
  | { readonly kind: 'throttled'; readonly cause: string }
  | { readonly kind: 'not-permitted'; readonly cause: string }
  | { readonly kind: 'not-found'; readonly cause: string }
  /** The Lambda service said no for another reason; `statusCode` is its own. */
  | { readonly kind: 'rejected'; readonly statusCode: number; readonly cause: string }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'unreachable'; readonly cause: string }

/** A function's own answer. An error that its code threw is one too: `functionError` says so and the payload tells it. */
export interface FunctionAnswer {
  readonly kind: 'answered'
  /** 200, 202 for an event, 204 for a dry run. */
  readonly statusCode: number
  readonly payload: Uint8Array<ArrayBuffer>
  /** `Unhandled` (or `Handled`) when the function failed; null when it returned. */
  readonly functionError: string | null
  readonly headers: Headers
}

/** What came of a call. */
export type FunctionOutcome = FunctionAnswer | FunctionFailure

/**
 * What came of a streaming call: what the function said of its answer, and the bytes that it goes on to write. `malformed`: it wrote no metadata that can be read.
 * `broken`: it failed before it had written them.
 */
export type FunctionStreamOutcome =
  | { readonly kind: 'streaming'; readonly statusCode: number; readonly prelude: StreamPrelude; readonly body: ReadableStream<Uint8Array>; readonly headers: Headers }
  | { readonly kind: 'malformed'; readonly cause: string }
  | { readonly kind: 'broken'; readonly cause: string }
  | FunctionFailure
