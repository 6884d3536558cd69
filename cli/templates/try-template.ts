import { compileTemplate } from '../../worker/semantics/templates/compile-template.ts'
import { findTemplateWarnings } from '../../worker/semantics/templates/find-template-warnings.ts'
import { renderTemplate } from '../../worker/semantics/templates/render-template.ts'
import type { TemplateProblem } from '../../worker/semantics/templates/syntax.ts'
import type { Overrides, TemplateScope } from '../../worker/semantics/templates/template-scope.ts'

/** What came of trying a template: problems of its source, or of its rendering, stand where the text would be. */
export type TriedTemplate =
  | { readonly ok: true; readonly text: string; readonly overrides: Overrides; readonly warnings: readonly TemplateProblem[] }
  | { readonly ok: false; readonly problems: readonly TemplateProblem[]; readonly warnings: readonly TemplateProblem[] }

/** Compiles and renders a template once, and looks for what a client could do to it. */
export function tryTemplate(source: string, scope: TemplateScope): TriedTemplate {
  const compiled = compileTemplate(source)
  if (!compiled.ok) return { ok: false, problems: compiled.problems, warnings: [] }
  const warnings = findTemplateWarnings(source)
  const rendered = renderTemplate(compiled.template, scope)
  if (rendered.ok) return { ok: true, text: rendered.text, overrides: rendered.overrides, warnings }
  return { ok: false, problems: [{ line: rendered.line, column: rendered.column, message: rendered.reason }], warnings }
}
