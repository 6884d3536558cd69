import { readContextText, type ContextMap } from '../mapping/context-value.ts'

type Part = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'variable'; readonly path: string }

/** A stage's access log format, taken apart once. */
export interface AccessLogFormat {
  readonly parts: readonly Part[]
}

const VARIABLE = /\$context\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+)*)/gu

/** Takes a format apart: `$context.*` are variables, all else is text (aws-rest 15.1). */
export function compileAccessLog(format: string): AccessLogFormat {
  const parts: Part[] = []
  let end = 0
  for (const found of format.matchAll(VARIABLE)) {
    if (found.index > end) parts.push({ kind: 'text', text: format.slice(end, found.index) })
    parts.push({ kind: 'variable', path: found[1] ?? '' })
    end = found.index + found[0].length
  }
  if (end < format.length) parts.push({ kind: 'text', text: format.slice(end) })
  return { parts }
}

/** Writes the line of a request: values as plain text, a missing one as `-`; nothing is escaped (aws-rest 15.1). Line ends in values become blanks: an entry is one line. */
export function renderAccessLog(format: AccessLogFormat, context: ContextMap): string {
  return format.parts.map((part) => (part.kind === 'text' ? part.text : toText(readContextText(context, part.path)))).join('')
}

function toText(value: string | null): string {
  return value === null || value === '' ? '-' : value.replaceAll(/[\r\n]+/gu, ' ')
}

/** Why a format is refused; null when it is fine. An entry that can't be found again by its request is of no use (aws-rest 15.1). */
export function checkAccessLogFormat(format: string): string | null {
  if (format.trim() === '') return 'Access Log value must not be empty'
  if (/[\r\n]/u.test(format.trim())) return 'an access log format is a single line'
  if (!/\$context\.(?:requestId|extendedRequestId)\b/u.test(format)) return 'an access log format must contain $context.requestId or $context.extendedRequestId'
  return null
}
