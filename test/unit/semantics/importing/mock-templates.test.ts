import { assert, constantFrom, property, string, array, oneof } from 'fast-check'
import { expect, it } from 'vitest'
import { mockIntegration } from '../../../../worker/semantics/importing/integrations.ts'
import { compileTemplate } from '../../../../worker/semantics/templates/compile-template.ts'
import { renderTemplate } from '../../../../worker/semantics/templates/render-template.ts'
import { toScope } from '../templates/scope.ts'

it('a mock answers with the example as it is, whatever of the template language stands in it', () => {
  const pieces = oneof(constantFrom('$', '#', '$input', '#set($x=1)', ']]#', '#[[', '${a}', '##', '#*', '*#', '\\', '\\$', '"', '\n', '!'), string({ maxLength: 5 }))
  assert(
    property(
      array(pieces, { minLength: 1, maxLength: 12 }).map((parts) => parts.join('')),
      (body) => {
        const integration = mockIntegration({ statusCode: '200', contentType: 'text/plain', body }, []) as { responses: { default: { responseTemplates: Record<string, string> } } }
        const compiled = compileTemplate(integration.responses.default.responseTemplates['text/plain'] ?? '')
        const rendered = compiled.ok ? renderTemplate(compiled.template, toScope({})) : null
        expect(rendered).toMatchObject({ ok: true, text: body })
      },
    ),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 300) },
  )
})
