import { parseExpression, type Expression } from '../mapping/expression.ts'
import { renderExpression, type MappingSources } from '../mapping/sources.ts'

/** A template of a gateway response, taken apart: fixed text, and variables to fill in. */
export interface TextTemplate {
  readonly parts: readonly (string | Expression)[]
}

/** `$context.a.b`, `$stageVariables.a`, `$method.request.header.A`, each also as `${...}`. A name does not end with a dot: `... of $context.path.` is a sentence. */
const VARIABLE = /\$(?:\{([A-Za-z][A-Za-z0-9_.-]*)\}|((?:context|stageVariables|method)(?:\.[A-Za-z0-9_-]+)+))/gu

/**
 * Takes a template apart. It is not VTL: variables are replaced, and everything else is text (aws-rest 3.3). What names no variable of a gateway response stays as
 * it is written.
 */
export function compileTextTemplate(source: string): TextTemplate {
  const parts: (string | Expression)[] = []
  let end = 0
  for (const found of source.matchAll(VARIABLE)) {
    const expression = parseExpression(found[1] ?? found[2] ?? '', 'gateway-response')
    if (expression === null) continue
    if (found.index > end) parts.push(source.slice(end, found.index))
    parts.push(expression)
    end = found.index + found[0].length
  }
  if (end < source.length) parts.push(source.slice(end))
  return { parts }
}

/** Fills a template; a variable without a value leaves nothing behind. */
export function renderTextTemplate(template: TextTemplate, sources: MappingSources): string {
  let text = ''
  for (const part of template.parts) {
    const value = typeof part === 'string' ? part : renderExpression(part, sources)
    if (value !== null) text += typeof value === 'string' ? value : value.join(',')
  }
  return text
}
