import { type Budget, fail, measured } from './budget.ts'
import { printJava } from './java-printing.ts'
import type { JavaObject, JavaValue } from './java-values.ts'
import { parseJson } from './parse-json.ts'
import { toUnicodeEscape } from './print-json.ts'

type UtilFunction = (text: string, budget: Budget) => JavaValue

const FUNCTIONS: ReadonlyMap<string, UtilFunction> = new Map<string, UtilFunction>([
  ['escapeJavaScript', (text, budget) => measured(budget, escapeJavaScript(text))],
  // Text that is no JSON gives null, which prints as nothing.
  ['parseJson', (text, budget) => parseJson(text, budget.limits.jsonDepthMax) ?? null],
  ['urlEncode', (text, budget) => measured(budget, encodeForm(text))],
  ['urlDecode', decodeForm],
  ['base64Encode', (text, budget) => measured(budget, encodeBase64(text))],
  ['base64Decode', (text) => decodeBase64(text)],
])

/** `$util`: the six functions of API Gateway. Null in, null out; what is no text is printed first. */
export function toUtil(budget: Budget): JavaObject {
  return {
    type: 'object',
    property: () => null,
    call: (name, [value = null]) => (value === null ? null : (FUNCTIONS.get(name)?.(printJava(value, budget), budget) ?? null)),
  }
}

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["'", "\\'"],
  ['"', '\\"'],
  ['\\', '\\\\'],
  ['/', '\\/'],
  ['\b', '\\b'],
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\f', '\\f'],
  ['\r', '\\r'],
])

const ESCAPED = /['"\\/]|[^ -\x7f]/

/** Escapes as Apache's `escapeEcmaScript`: both quotes, backslash, slash, and everything outside printable ASCII. */
function escapeJavaScript(text: string): string {
  let escaped = ''
  let from = 0
  for (let at = text.search(ESCAPED); at >= 0 && at < text.length; at++) {
    const code = text.charCodeAt(at)
    const escape = code >= 0x20 && code <= 0x7f ? SHORT_ESCAPES.get(text.charAt(at)) : escapeUnit(text.charAt(at))
    if (escape === undefined) continue
    escaped += text.slice(from, at) + escape
    from = at + 1
  }
  return from === 0 ? text : escaped + text.slice(from)
}

function escapeUnit(unit: string): string {
  return SHORT_ESCAPES.get(unit) ?? toUnicodeEscape(unit)
}

/** Form encoding as Java's `URLEncoder`: a blank becomes `+`, and only `. - * _` and alphanumerics stay. */
function encodeForm(text: string): string {
  const encoded = encodeURIComponent(replaceLoneSurrogates(text))
  return encoded.replaceAll('%20', '+').replace(/[!'()~]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** Form decoding as Java's `URLDecoder`, which fails on a `%` without two hexadecimal digits. */
function decodeForm(text: string, budget: Budget): string {
  if (/%(?![0-9A-Fa-f]{2})/.test(text)) fail(budget, 'urlDecode: "%" must be followed by two hexadecimal digits.')
  const [first = '', ...rest] = text.replaceAll('+', ' ').split('%')
  // Between two "%" stand the two digits of a byte, and plain text if the run of bytes ends there.
  const parts: string[] = [first]
  let bytes: number[] = []
  for (const part of rest) {
    bytes.push(Number.parseInt(part.slice(0, 2), 16))
    if (part.length === 2) continue
    parts.push(decodeUtf8(bytes), part.slice(2))
    bytes = []
  }
  return parts.join('') + decodeUtf8(bytes)
}

function decodeUtf8(bytes: readonly number[]): string {
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(Uint8Array.from(bytes))
}

// Java writes a question mark for half a surrogate pair.
function replaceLoneSurrogates(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '?')
}

function encodeBase64(text: string): string {
  const bytes = new TextEncoder().encode(replaceLoneSurrogates(text))
  const parts: string[] = []
  // String.fromCharCode takes a bounded number of arguments; 24 KB is a multiple of three bytes.
  for (let at = 0; at < bytes.length; at += 24_576) parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 24_576))))
  return parts.join('')
}

/** Decodes to UTF-8 text and skips what is not base64, the URL-safe alphabet included, as Apache's codec does. */
function decodeBase64(text: string): string {
  const digits = text.replace(/=.*$/s, '').replaceAll('-', '+').replaceAll('_', '/').replaceAll(/[^A-Za-z0-9+/]/g, '')
  const binary = atob(digits.length % 4 === 1 ? digits.slice(0, -1) : digits)
  return new TextDecoder('utf-8', { fatal: false, ignoreBOM: true }).decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)))
}
