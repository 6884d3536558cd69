import { isHeaderName, toHeaderValue } from '../header-value.ts'

/** A proxy's answer as a function gave it, checked. */
export interface ProxyResponse {
  readonly statusCode: number
  /** In the order of the answer; a name may stand several times. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly isBase64Encoded: boolean
}

/** What a payload turned out to be; `cause` is Amazon's word for the log, and more for whoever reads it. */
export type ProxyResponseOutcome = { readonly ok: true; readonly response: ProxyResponse } | { readonly ok: false; readonly cause: string }

const MEMBERS: ReadonlySet<string> = new Set(['statusCode', 'headers', 'multiValueHeaders', 'body', 'isBase64Encoded'])

/** Reads what a function returned to a proxy integration, by the rules of aws-rest 6.2; what they don't allow is a 502. */
export function parseProxyResponse(payload: string): ProxyResponseOutcome {
  const value = parseJson(payload)
  if (value === undefined) return malformed('it is not JSON')
  if (!isRecord(value)) return malformed('it is not an object')
  const unknown = Object.keys(value).find((name) => !MEMBERS.has(name))
  if (unknown !== undefined) return malformed(`it has a member ${JSON.stringify(unknown)}; only ${[...MEMBERS].join(', ')} are allowed`)
  const statusCode = parseStatusCode(value['statusCode'])
  if (statusCode === null) return malformed('statusCode is not a number from 200 to 599')
  const headers = parseHeaders(value['headers'], value['multiValueHeaders'])
  if (typeof headers === 'string') return malformed(headers)
  const { body, isBase64Encoded } = value
  if (body !== undefined && body !== null && typeof body !== 'string') return malformed('body is not a string')
  if (isBase64Encoded !== undefined && isBase64Encoded !== null && typeof isBase64Encoded !== 'boolean') return malformed('isBase64Encoded is not a boolean')
  return { ok: true, response: { statusCode, headers, body: body ?? '', isBase64Encoded: isBase64Encoded ?? false } }
}

function malformed(reason: string): ProxyResponseOutcome {
  return { ok: false, cause: `Malformed Lambda proxy response: ${reason}` }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * A number or a numeric text; 200 when absent.
 * Differs from Amazon: a status below 200 or above 599 is malformed; a Worker can't send it.
 */
function parseStatusCode(value: unknown): number | null {
  if (value === undefined || value === null) return 200
  const number = typeof value === 'string' && /^[0-9]{3}$/u.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isInteger(number) && number >= 200 && number <= 599 ? number : null
}

type Merged = Map<string, { readonly name: string; readonly values: string[] }>

/**
 * Merges both maps: the values of `multiValueHeaders` first, under its spelling, then that of `headers` unless it is among them; a text says why they can't be.
 */
function parseHeaders(single: unknown, multi: unknown): readonly (readonly [string, string])[] | string {
  const merged: Merged = new Map()
  const reason = addMulti(merged, multi ?? {}) ?? addSingle(merged, single ?? {})
  if (reason !== null) return reason
  return [...merged.values()].flatMap(({ name, values }) => values.map((value) => [name, value] as const))
}

function addMulti(merged: Merged, multi: unknown): string | null {
  if (!isRecord(multi)) return 'multiValueHeaders is not an object'
  for (const [name, values] of Object.entries(multi)) {
    if (!Array.isArray(values)) return `multiValueHeaders[${JSON.stringify(name)}] is not a list`
    for (const value of values) {
      if (!isHeaderName(name) || !isScalar(value)) return `multiValueHeaders[${JSON.stringify(name)}] can't be sent`
      valuesOf(merged, name).push(toHeaderValue(String(value)))
    }
  }
  return null
}

/** Here a number makes the answer malformed (aws-websocket-and-services D5: recorded). */
function addSingle(merged: Merged, single: unknown): string | null {
  if (!isRecord(single)) return 'headers is not an object'
  for (const [name, value] of Object.entries(single)) {
    if (!isHeaderName(name) || (typeof value !== 'string' && typeof value !== 'boolean')) return `headers[${JSON.stringify(name)}] is not a text or a boolean`
    const text = toHeaderValue(String(value))
    const values = valuesOf(merged, name)
    if (!values.includes(text)) values.push(text)
  }
  return null
}

function valuesOf(merged: Merged, name: string): string[] {
  const known = merged.get(name.toLowerCase())
  if (known !== undefined) return known.values
  const values: string[] = []
  merged.set(name.toLowerCase(), { name, values })
  return values
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
