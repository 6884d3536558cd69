import type { DefinedIntegration } from '../openapi/definition.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { Report } from '../source/report.ts'
import { compileTemplate } from '../templates/compile-template.ts'

/** Checks that every mapping template of an integration parses. A problem stands at the template, and says the line and column inside it. */
export function checkTemplates({ at, document }: DefinedIntegration, report: Report): void {
  // A Lambda or HTTP proxy gets no template; a request template of an HTTP proxy is Amazon's to ignore, and still must parse.
  if (document.type === 'AWS_PROXY') return
  checkEach(childOf(at, 'requestTemplates'), report)
  const responses = childOf(at, 'responses')
  for (const response of responses === null ? [] : childrenOf(responses)) checkEach(childOf(response, 'responseTemplates'), report)
}

function checkEach(templates: Place | null, report: Report): void {
  for (const template of templates === null ? [] : childrenOf(templates)) {
    if (template.node.kind !== 'scalar' || typeof template.node.value !== 'string') continue
    const compiled = compileTemplate(template.node.value)
    if (compiled.ok) continue
    for (const { line, column, message } of compiled.problems) report.error(template, `the template does not parse: line ${line}, column ${column}: ${message}`)
  }
}
