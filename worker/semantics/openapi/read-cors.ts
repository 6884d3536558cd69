import { isOriginPattern } from '../mapping/allowed-origin.ts'
import { fieldOf, flagField, textsField, warnUnknownFields, wholeField } from '../source/fields.ts'
import { childOf, childrenOf, descend, type Place } from '../source/place.ts'
import type { DefinedCors } from './definition.ts'
import type { Reading } from './reading.ts'

const KEY = 'x-stagedoor-cors'
const FIELDS = ['allowOrigins', 'allowMethods', 'allowHeaders', 'exposeHeaders', 'allowCredentials', 'maxAge']
/** A name of a header or a method, or one star for all. */
const TOKEN = /^(?:\*|[!#$%&'+\-.^_`|~0-9A-Za-z]+)$/u

/** Reads the shorthand for CORS of a document or of a path: null when there is none, false where it is turned off. */
export function readCors(owner: Place, reading: Reading): DefinedCors | false | null {
  const { report } = reading
  const at = fieldOf(owner, KEY)
  if (at === null) return null
  if (at.node.kind === 'scalar' && at.node.value === false) return false
  if (at.node.kind !== 'map') {
    report.error(at, `${KEY} is an object with "allowOrigins", or false`)
    return null
  }
  warnUnknownFields(at, FIELDS, report)
  const cors: DefinedCors = {
    at,
    allowOrigins: textsField(at, 'allowOrigins', report),
    allowMethods: textsField(at, 'allowMethods', report).map((method) => method.toUpperCase()),
    allowHeaders: textsField(at, 'allowHeaders', report),
    exposeHeaders: textsField(at, 'exposeHeaders', report),
    allowCredentials: flagField(at, 'allowCredentials', report) ?? false,
    maxAge: wholeField(at, 'maxAge', report),
  }
  checkOrigins(cors, reading)
  for (const field of ['allowMethods', 'allowHeaders', 'exposeHeaders'] as const) checkTokens(childOf(at, field), reading)
  if (cors.maxAge !== null && cors.maxAge < 0) report.error(descend(at, 'maxAge'), '"maxAge" is a number of seconds')
  return cors
}

function checkOrigins({ at, allowOrigins, allowCredentials }: DefinedCors, { report }: Reading): void {
  const place = childOf(at, 'allowOrigins')
  if (allowOrigins.length === 0) report.error(place ?? at, '"allowOrigins" is missing: a list of origins, such as ["https://app.example.com", "https://*.example.com"], or ["*"]')
  for (const origin of place === null ? [] : childrenOf(place)) {
    const text = origin.node.kind === 'scalar' ? String(origin.node.value) : ''
    if (text !== '*' && !isOriginPattern(text)) report.error(origin, `${JSON.stringify(text)} is no origin: a scheme and a host, without a path, such as https://app.example.com`)
  }
  if (!allowOrigins.includes('*')) return
  if (allowOrigins.length > 1) report.warning(place ?? at, 'one of "allowOrigins" is *: the others do not matter')
  if (allowCredentials) report.error(descend(at, 'allowCredentials'), 'browsers refuse credentials where any origin may read: name the origins')
}

function checkTokens(list: Place | null, { report }: Reading): void {
  for (const item of list === null ? [] : childrenOf(list)) {
    if (item.node.kind === 'scalar' && !TOKEN.test(String(item.node.value))) report.error(item, `${JSON.stringify(item.node.value)} is no name of a header or method`)
  }
}
