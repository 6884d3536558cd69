import { isHeaderName, toHeaderValue } from '../header-value.ts'

/** What a streaming answer says before its payload. */
export interface StreamPrelude {
  readonly statusCode: number
  readonly headers: readonly (readonly [name: string, value: string])[]
}

/** How the bytes so far read: the prelude with where the payload begins, not whole yet, or nothing that can become one. */
export type PreludeReading =
  | { readonly kind: 'whole'; readonly prelude: StreamPrelude; readonly payloadStart: number }
  | { readonly kind: 'more' }
  | { readonly kind: 'malformed'; readonly cause: string }

/** The metadata ends at eight zero bytes within the first 16 KB (aws-rest 6.10). */
const LIMITS = { delimiterBytes: 8, preludeBytesMax: 16_384 } as const
const MEMBERS: ReadonlySet<string> = new Set(['statusCode', 'headers', 'multiValueHeaders', 'cookies'])

/** Reads the metadata in front of a streaming answer. */
export function readStreamPrelude(bytes: Uint8Array): PreludeReading {
  const end = findDelimiter(bytes)
  if (end === null) {
    if (bytes.byteLength < LIMITS.preludeBytesMax) return { kind: 'more' }
    return { kind: 'malformed', cause: `no eight zero bytes end the metadata within ${LIMITS.preludeBytesMax} bytes` }
  }
  const prelude = parsePrelude(new TextDecoder().decode(bytes.subarray(0, end)))
  return typeof prelude === 'string' ? { kind: 'malformed', cause: prelude } : { kind: 'whole', prelude, payloadStart: end + LIMITS.delimiterBytes }
}

function findDelimiter(bytes: Uint8Array): number | null {
  let zeros = 0
  const length = Math.min(bytes.byteLength, LIMITS.preludeBytesMax)
  for (let index = 0; index < length; index += 1) {
    zeros = bytes[index] === 0 ? zeros + 1 : 0
    if (zeros === LIMITS.delimiterBytes) return index - LIMITS.delimiterBytes + 1
  }
  return null
}

function parsePrelude(text: string): StreamPrelude | string {
  const value = parseJson(text)
  if (!isRecord(value)) return 'the metadata is not a JSON object'
  const unknown = Object.keys(value).find((name) => !MEMBERS.has(name))
  if (unknown !== undefined) return `the metadata has a member ${JSON.stringify(unknown)}`
  const statusCode = value['statusCode'] ?? 200
  if (typeof statusCode !== 'number' || !Number.isInteger(statusCode) || statusCode < 200 || statusCode > 599) return 'statusCode is not a number from 200 to 599'
  const headers = toHeaders(value['headers'] ?? {}, value['multiValueHeaders'] ?? {}, value['cookies'] ?? [])
  return typeof headers === 'string' ? headers : { statusCode, headers }
}

/** A name in both maps has the values of `multiValueHeaders` only (aws-rest 6.10). */
function toHeaders(single: unknown, multi: unknown, cookies: unknown): readonly (readonly [string, string])[] | string {
  if (!isRecord(single) || !isRecord(multi) || !Array.isArray(cookies)) return 'headers or multiValueHeaders is no object, or cookies no list'
  const overruled = new Set(Object.keys(multi).map((name) => name.toLowerCase()))
  const pairs: (readonly [string, unknown])[] = Object.entries(single).filter(([name]) => !overruled.has(name.toLowerCase()))
  for (const [name, values] of Object.entries(multi)) {
    if (!Array.isArray(values)) return `multiValueHeaders[${JSON.stringify(name)}] is not a list`
    for (const value of values as readonly unknown[]) pairs.push([name, value])
  }
  for (const cookie of cookies as readonly unknown[]) pairs.push(['Set-Cookie', cookie])
  const wrong = pairs.find(([name, value]) => !isHeaderName(name) || (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number'))
  if (wrong !== undefined) return `the header ${JSON.stringify(wrong[0])} can't be sent`
  return pairs.map(([name, value]) => [name, toHeaderValue(String(value))] as const)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
