/** An answer of Step Functions, as it goes on the wire. */
export interface StatesAnswer {
  readonly statusCode: number
  readonly body: string
}

/** The namespaces of error types (aws-websocket-and-services C3). */
const NAMESPACES = {
  ValidationException: 'com.amazon.coral.validate',
  SerializationException: 'com.amazon.coral.service',
  UnknownOperationException: 'com.amazon.coral.service',
} as const

/** An error of Step Functions with its message; all of them are a 400 (aws-websocket-and-services C3). */
export function statesError(code: string, message: string): StatesAnswer {
  const namespace = Object.hasOwn(NAMESPACES, code) ? NAMESPACES[code as keyof typeof NAMESPACES] : 'com.amazonaws.swf.service.v2.model'
  return { statusCode: 400, body: JSON.stringify({ __type: `${namespace}#${code}`, message }) }
}

/** A result; members without a value are left out. */
export function statesResult(result: Readonly<Record<string, unknown>>): StatesAnswer {
  return { statusCode: 200, body: JSON.stringify(result) }
}

/** A point in time as Step Functions writes it: seconds since 1970, with a fraction. */
export function toSeconds(ms: number): number {
  return ms / 1000
}
