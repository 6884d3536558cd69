import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parseTemplateCase, type TemplateCase } from '../../../../cli/templates/template-case.ts'
import { compileTemplate } from '../../../../worker/semantics/templates/compile-template.ts'
import { renderTemplate } from '../../../../worker/semantics/templates/render-template.ts'
import { toScope } from './scope.ts'

const FOLDER = new URL('../../../fixtures/templates/', import.meta.url)

/** What came out of a case, in the words of the golden files; the overrides only where the file names some. */
function run(wanted: TemplateCase): { readonly text: string; readonly overrides: unknown } {
  const compiled = compileTemplate(wanted.template)
  if (!compiled.ok) {
    const text = compiled.problems.map(({ line, column, message }) => `error ${line}:${column}: ${message}`).join('\n')
    return { text, overrides: undefined }
  }
  const rendered = renderTemplate(compiled.template, toScope(wanted.scope))
  if (!rendered.ok) return { text: `error ${rendered.line}:${rendered.column}: ${rendered.reason}`, overrides: undefined }
  const overrides: unknown = wanted.overrides === undefined ? undefined : JSON.parse(JSON.stringify(rendered.overrides))
  return { text: rendered.text, overrides }
}

/** Every file of the folder is a case: its name is the name of the test. */
describe('golden templates', () => {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.case'))

  test('there are cases', () => {
    expect(files.length).toBeGreaterThan(50)
  })

  test.each(files)('%s', (file) => {
    const wanted = parseTemplateCase(readFileSync(new URL(file, FOLDER), 'utf8'))
    if ('problem' in wanted) throw new Error(`${file} ${wanted.problem}`)
    expect(run(wanted)).toEqual({ text: wanted.expected, overrides: wanted.overrides })
  })
})
