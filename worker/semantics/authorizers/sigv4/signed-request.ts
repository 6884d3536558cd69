/** One header as received: several of one name are several entries, in the order of the wire where the runtime tells it. */
export type HeaderEntry = readonly [name: string, value: string]

/** The parts of a request that Signature Version 4 covers, as the client sent them: nothing decoded, nothing normalised. */
export interface SignedRequest {
  readonly method: string
  /** Path of the wire, starting with a slash, still percent-encoded. */
  readonly path: string
  /** Query string of the wire without the question mark. */
  readonly query: string
  readonly headers: readonly HeaderEntry[]
}

/** The values of one header, in order; `name` is lower-case. */
export function headerValues(request: SignedRequest, name: string): readonly string[] {
  const values: string[] = []
  for (const [key, value] of request.headers) {
    if (key.length === name.length && key.toLowerCase() === name) values.push(value)
  }
  return values
}
