import { headerValues } from './signed-request.ts'
import type { SignedRequest } from './signed-request.ts'

const encoder = new TextEncoder()

/** What decides how a request is written down before it is signed. */
export interface CanonicalForm {
  /** Lower-case, sorted. */
  readonly signedHeaders: readonly string[]
  readonly payloadHash: string
  /** False for services that sign the path as it is; API Gateway removes `//`, `.` and `..` first. */
  readonly normalizePath: boolean
  /** Names of query parameters that are not signed (`X-Amz-Signature`). */
  readonly unsignedQuery: readonly string[]
  /** How several headers of one name were put together on the way here (see `candidateForms`). */
  readonly headerJoin: 'as-received' | 'without-spaces'
}

/** The canonical request of Signature Version 4 (aws-websocket-and-services E1). */
export function renderCanonicalRequest(request: SignedRequest, form: CanonicalForm): string {
  const headers = form.signedHeaders.map((name) => `${name}:${canonicalHeader(request, name, form.headerJoin)}\n`)
  return [
    request.method,
    canonicalPath(request.path, form.normalizePath),
    canonicalQuery(request.query, form.unsignedQuery),
    headers.join(''),
    form.signedHeaders.join(';'),
    form.payloadHash,
  ].join('\n')
}

/** The path without empty and dot segments, every byte but the unreserved ones and the slash encoded once more. */
export function canonicalPath(path: string, normalize: boolean): string {
  const plain = normalize && MAY_CHANGE.test(path) ? normalizePath(path) : path
  return UNRESERVED_PATH.test(plain) ? plain : percentEncode(encoder.encode(plain), true)
}

/** A path with an empty or a dot segment in it. */
const MAY_CHANGE = /\/(?:\/|\.)|^(?!\/)/u
const UNRESERVED_PATH = /^[\w\-.~/]*$/u
const UNRESERVED = /^[\w\-.~]*$/u

function normalizePath(path: string): string {
  const kept: string[] = []
  const segments = path.split('/')
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const last = segments.at(-1)
  const isFolder = kept.length > 0 && (last === '' || last === '.' || last === '..')
  return `/${kept.join('/')}${isFolder ? '/' : ''}`
}

/** The query decoded, encoded again in one way, and sorted by key and then by value. */
export function canonicalQuery(query: string, unsigned: readonly string[]): string {
  if (query === '') return ''
  const pairs: [string, string][] = []
  for (const part of query.split('&')) {
    if (part === '') continue
    const [key, value] = splitPair(part)
    if (!unsigned.includes(decodeText(key))) pairs.push([recode(key), recode(value)])
  }
  pairs.sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]))
  return pairs.map(([key, value]) => `${key}=${value}`).join('&')
}

/** The parameters of a query, decoded, in the order of the wire. */
export function parseQuery(query: string): readonly (readonly [string, string])[] {
  const parts = query.split('&').filter((part) => part !== '')
  return parts.map((part) => {
    const [key, value] = splitPair(part)
    return [decodeText(key), decodeText(value)]
  })
}

function splitPair(part: string): readonly [string, string] {
  const equals = part.indexOf('=')
  return equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function recode(text: string): string {
  return UNRESERVED.test(text) ? text : percentEncode(decodeBytes(text), false)
}

function decodeText(text: string): string {
  return UNRESERVED.test(text) ? text : new TextDecoder().decode(decodeBytes(text))
}

/** Bytes rather than text: what is not UTF-8 keeps its own bytes and can't collapse into a replacement character. */
function decodeBytes(text: string): Uint8Array {
  const bytes = encoder.encode(text)
  const decoded = new Uint8Array(bytes.length)
  let length = 0
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0
    const escaped = byte === 0x25 ? hexByte(bytes, index + 1) : undefined
    if (escaped !== undefined) index += 2
    // A plus is a space in a query, for clients that write forms.
    decoded[length] = escaped ?? (byte === 0x2b ? 0x20 : byte)
    length += 1
  }
  return decoded.subarray(0, length)
}

function hexByte(bytes: Uint8Array, index: number): number | undefined {
  const high = hexDigit(bytes[index])
  const low = hexDigit(bytes[index + 1])
  return high === undefined || low === undefined ? undefined : high * 16 + low
}

function hexDigit(code: number | undefined): number | undefined {
  if (code === undefined) return undefined
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined
}

function percentEncode(bytes: Uint8Array, keepSlash: boolean): string {
  let text = ''
  for (const byte of bytes) {
    const isPlain = isUnreserved(byte) || (keepSlash && byte === 0x2f)
    text += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return text
}

function isUnreserved(byte: number): boolean {
  const isDigit = byte >= 0x30 && byte <= 0x39
  const isLetter = (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a)
  return isDigit || isLetter || byte === 0x2d || byte === 0x2e || byte === 0x5f || byte === 0x7e
}

function canonicalHeader(request: SignedRequest, name: string, join: CanonicalForm['headerJoin']): string {
  const values = headerValues(request, name).map((value) => value.trim().replace(/\s+/g, ' '))
  const value = values.join(',')
  return join === 'without-spaces' ? value.replaceAll(', ', ',') : value
}
