import * as z from 'zod'
import { toWireCase } from '../../worker/semantics/integrations/header-case.ts'
import type { TemplateScope } from '../../worker/semantics/templates/template-scope.ts'

/** A request as a template is tried on it, and how the file was understood. */
export type TemplateEvent = {
  readonly readAs: 'scope' | 'proxy event' | 'HTTP message' | 'body'
  readonly scope: TemplateScope
  /** The path of an HTTP message, from which path parameters can be taken; null for anything else. */
  readonly path: string | null
}

/** The event of somebody who gave none. */
export const EMPTY_SCOPE: TemplateScope = { body: '', params: { path: {}, querystring: {}, header: {} }, context: {}, stageVariables: {} }

/**
 * Understands an event file: the scope of a template written down (`body`, `params`, `context`, `stageVariables`, `overrides`), an event of a
 * Lambda proxy, an HTTP message as it was recorded, or else the body alone.
 */
export function readEvent(text: string): TemplateEvent | { readonly problem: string } {
  if (/^[A-Z]+ \S+(?: HTTP\/[0-9.]+)?\r?\n/u.test(text)) return readHttpRequest(text)
  const json = parseJson(text)
  if (isRecord(json) && ['requestContext', 'queryStringParameters', 'pathParameters', 'multiValueHeaders'].some((name) => name in json)) return readProxyEvent(json)
  if (isRecord(json) && Object.keys(json).length > 0 && Object.keys(json).every((name) => name in scopeSchema.shape)) return readScope(json)
  return { readAs: 'body', scope: { ...EMPTY_SCOPE, body: text.replace(/\r?\n$/u, '') }, path: null }
}

/** The body of a recorded HTTP response, or of a file that is only a body. */
export function readAnswer(text: string): string {
  const message = /^HTTP\/[0-9.]+ [0-9]{3}[^\n]*\n/u.test(text) ? splitMessage(text).body : text
  return message.replace(/\r?\n$/u, '')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // A body need not be JSON.
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const textsSchema = z.record(z.string(), z.string())
const overriddenSchema = z.record(z.string(), z.union([z.string(), z.array(z.string())]))
const customSchema = z.record(z.string(), z.json())

const scopeSchema = z.strictObject({
  body: z.json().optional(),
  params: z.strictObject({ path: textsSchema.default({}), querystring: textsSchema.default({}), header: textsSchema.default({}) }).prefault({}),
  context: z.record(z.string(), z.json()).default({}),
  stageVariables: textsSchema.default({}),
  overrides: z
    .strictObject({
      requestOverride: z
        .strictObject({ header: overriddenSchema.default({}), path: overriddenSchema.default({}), querystring: overriddenSchema.default({}), custom: customSchema.default({}) })
        .prefault({}),
      responseOverride: z.strictObject({ header: overriddenSchema.default({}), status: z.int().optional(), custom: customSchema.default({}) }).prefault({}),
    })
    .optional(),
})

/** Reads a scope written down; a body that is no text stands for its JSON. */
export function readScope(written: unknown): TemplateEvent | { readonly problem: string } {
  const parsed = scopeSchema.safeParse(written)
  if (!parsed.success) return { problem: parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'the scope'}: ${message}`).join('; ') }
  const { body = '', overrides, ...rest } = parsed.data
  const { status, ...response } = overrides?.responseOverride ?? { header: {}, custom: {} }
  const scope = { ...rest, body: typeof body === 'string' ? body : JSON.stringify(body) }
  if (overrides === undefined) return { readAs: 'scope', scope, path: null }
  const responseOverride = status === undefined ? response : { ...response, status }
  return { readAs: 'scope', scope: { ...scope, overrides: { requestOverride: overrides.requestOverride, responseOverride } }, path: null }
}

const manySchema = z.record(z.string(), z.array(z.string())).nullish()
const oneSchema = z.record(z.string(), z.string()).nullish()

const proxyEventSchema = z.object({
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
  headers: oneSchema,
  multiValueHeaders: manySchema,
  queryStringParameters: oneSchema,
  multiValueQueryStringParameters: manySchema,
  pathParameters: oneSchema,
  stageVariables: oneSchema,
  requestContext: z.record(z.string(), z.json()).nullish(),
})

function readProxyEvent(json: unknown): TemplateEvent | { readonly problem: string } {
  const parsed = proxyEventSchema.safeParse(json)
  if (!parsed.success) return { problem: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ') }
  const event = parsed.data
  const body = event.body ?? ''
  const params = {
    path: event.pathParameters ?? {},
    querystring: event.queryStringParameters ?? lastOf(event.multiValueQueryStringParameters ?? {}),
    header: event.headers ?? lastOf(event.multiValueHeaders ?? {}),
  }
  const scope = {
    body: event.isBase64Encoded === true ? Buffer.from(body, 'base64').toString() : body,
    params,
    context: event.requestContext ?? {},
    stageVariables: event.stageVariables ?? {},
  }
  return { readAs: 'proxy event', scope, path: null }
}

function lastOf(many: Readonly<Record<string, readonly string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(many).map(([name, values]) => [name, values.at(-1) ?? '']))
}

function readHttpRequest(text: string): TemplateEvent {
  const { start, headers, body } = splitMessage(text)
  const [, target = '/'] = start.split(' ')
  const [path = '/', query = ''] = target.replace(/^https?:\/\/[^/?#]*/iu, '').split('?')
  const params = { path: {}, querystring: Object.fromEntries(new URLSearchParams(query)), header: headers }
  return { readAs: 'HTTP message', scope: { ...EMPTY_SCOPE, body, params }, path: path === '' ? '/' : path }
}

function splitMessage(text: string): { readonly start: string; readonly headers: Record<string, string>; readonly body: string } {
  const [head = '', ...rest] = text.split(/\r?\n\r?\n/u)
  const [start = '', ...lines] = head.split(/\r?\n/u)
  const pairs = lines.map((line) => {
    const colon = line.indexOf(':')
    return [toWireCase(line.slice(0, colon).trim()), line.slice(colon + 1).trim()] as const
  })
  return { start, headers: Object.fromEntries(pairs), body: rest.join('\n\n').replace(/\r?\n$/u, '') }
}
