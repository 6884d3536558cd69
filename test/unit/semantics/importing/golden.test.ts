import { describe, expect, it } from 'vitest'
import { apiIdSchema, stageNameSchema } from '../../../../kv-schemas/id-schemas.ts'
import { importDefinition, type DefinitionImport } from '../../../../worker/semantics/importing/import-definition.ts'
import { parseUpstreamUrl } from '../../../../worker/semantics/importing/upstream-url.ts'
import { compileRules } from '../../../../worker/semantics/rules/compile-rules.ts'
import { readGoldenCases, updateGoldenCase } from '../../../golden.ts'

/** What the first line of a case orders: `# import: https://backend.example.com prepend`, `# import: mock`, `# import: nothing`. */
function orderOf(text: string): DefinitionImport {
  const [backend = 'nothing', basePath = 'ignore'] = (/^# import: (.*)$/mu.exec(text)?.[1] ?? '').split(' ')
  const upstream = parseUpstreamUrl(backend)
  const chosen: DefinitionImport['backend'] = 'problem' in upstream ? null : { kind: 'upstream', upstream }
  return {
    apiId: apiIdSchema.parse('golden'),
    stageName: stageNameSchema.parse('dev'),
    basePath: basePath === 'prepend' || basePath === 'split' ? basePath : 'ignore',
    backend: backend === 'mock' ? { kind: 'mock' } : chosen,
    account: { accountId: '123456789012', region: 'us-east-1' },
    schemaFolder: null,
  }
}

describe('golden imports', () => {
  const cases = readGoldenCases('imports')

  it('are there', () => {
    expect(cases.length).toBeGreaterThan(10)
  })

  for (const golden of cases) {
    it(`write what is expected: ${golden.name}`, async () => {
      const imported = await importDefinition({ file: 'document.yaml', text: golden.input }, orderOf(golden.input))
      const problems = imported.problems.map(({ severity, line, column, path, message }) => `${severity} ${line}:${column} ${path}: ${message}`)
      const files = imported.ok ? [...imported.files] : []
      const actual = [...problems, ...files.flatMap(([file, text]) => [`=== ${file}`, text.trimEnd()]), ''].join('\n')
      updateGoldenCase('imports', golden, actual)
      expect(actual).toBe(golden.expected)
    })

    it(`compile: ${golden.name}`, async () => {
      const imported = await importDefinition({ file: 'document.yaml', text: golden.input }, orderOf(golden.input))
      const compiled = imported.ok ? await compileRules(imported.files, { env: {} }) : null
      expect({ isFair: compiled?.ok ?? true, compiled }).toMatchObject({ isFair: true })
    })
  }
})
