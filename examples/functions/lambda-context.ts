/** The second parameter of a Lambda handler, as Lambda's Node.js runtime makes it. */
export interface LambdaContext {
  callbackWaitsForEmptyEventLoop: boolean
  readonly awsRequestId: string
  readonly functionName: string
  readonly functionVersion: string
  readonly invokedFunctionArn: string
  readonly memoryLimitInMB: string
  readonly logGroupName: string
  readonly logStreamName: string
  readonly clientContext: unknown
  readonly identity: undefined
  getRemainingTimeInMillis(): number
}

/** What an invocation says of itself. */
export interface InvocationFacts {
  readonly name: string
  readonly arn: string
  readonly qualifier: string | null
  readonly headers: Headers
  readonly timeoutMs: number
}

/** One log stream an isolate, as Lambda has one an execution environment. */
let logStream: string | null = null

/** Makes the context of an invocation that begins now. */
export function createContext({ name, arn, qualifier, headers, timeoutMs }: InvocationFacts): LambdaContext {
  const functionVersion = qualifier !== null && /^[0-9]+$/u.test(qualifier) ? qualifier : '$LATEST'
  const endsAtMs = Date.now() + timeoutMs
  const base = arn.startsWith('arn:') ? arn : `arn:aws:lambda:us-east-1:123456789012:function:${name}`
  logStream ??= `${new Date().toISOString().slice(0, 10).replaceAll('-', '/')}/[${functionVersion}]${crypto.randomUUID().replaceAll('-', '')}`
  return {
    callbackWaitsForEmptyEventLoop: true,
    awsRequestId: crypto.randomUUID(),
    functionName: name,
    functionVersion,
    invokedFunctionArn: qualifier === null ? base : `${base}:${qualifier}`,
    memoryLimitInMB: '128',
    logGroupName: `/aws/lambda/${name}`,
    logStreamName: logStream,
    clientContext: parseClientContext(headers.get('x-amz-client-context')),
    identity: undefined,
    getRemainingTimeInMillis: () => Math.max(0, endsAtMs - Date.now()),
  }
}

function parseClientContext(header: string | null): unknown {
  if (header === null) return undefined
  try {
    return JSON.parse(atob(header))
  } catch {
    // Not base64 of JSON: the function sees none, as on Lambda.
    return undefined
  }
}
