import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { apiIdSchema } from '../../../../kv-schemas/id-schemas.ts'
import { compileDefinition } from '../../../../worker/semantics/compile/compile-definition.ts'
import { readDefinition } from '../../../../worker/semantics/openapi/read-definition.ts'
import type { BasePathMode } from '../../../../worker/semantics/openapi/reading.ts'
import { rootPlace } from '../../../../worker/semantics/source/place.ts'
import { readSource } from '../../../../worker/semantics/source/read-source.ts'
import { createReport, sortProblems } from '../../../../worker/semantics/source/report.ts'
import { readGoldenCases, updateGoldenCase } from '../../../golden.ts'
import { integrationOf, methodOf } from '../../../documents.ts'

/** Compiles a definition and writes its problems, then the deployment without what is as it always is. A first line may say the base path mode. */
async function compile(text: string): Promise<string> {
  const mode = /^# base path: (\w+)/u.exec(text)?.[1] ?? 'ignore'
  const report = createReport({ file: 'api.yaml', text })
  const root = readSource({ file: 'api.yaml', text }, report)
  const definition = root === null ? null : readDefinition(rootPlace(root), report, { basePath: mode as BasePathMode })
  const deployment = definition === null ? null : await compileDefinition(definition, apiIdSchema.parse('golden'), report)
  const problems = sortProblems(report.problems).map(({ severity, line, column, path, message }) => `${severity} ${line}:${column} ${path}: ${message}`)
  const shown = deployment === null || report.hasErrors() ? [] : [stringify(plain(deployment), { lineWidth: 0, aliasDuplicateObjects: false })]
  return [...problems, ...shown.map((yaml) => yaml.trimEnd()), ''].join('\n')
}

const METHOD = methodOf(integrationOf())
const DEFAULTS: Readonly<Record<string, unknown>> = {
  ...METHOD,
  ...METHOD.integration,
  type: undefined,
  uri: undefined,
  httpMethod: undefined,
  apiKeySource: 'HEADER',
  binaryMediaTypes: [],
  minimumCompressionSize: null,
  disableExecuteApiEndpoint: false,
  policy: null,
  models: {},
  authorizers: {},
  gatewayResponses: {},
  selectionPattern: null,
  responseParameters: {},
  responseTemplates: {},
  responseModels: {},
}
const MADE = new Set(['schema', 'apiId', 'deploymentId', 'id'])

/** The value without ids and without every field that has its usual value. */
function plain(value: unknown, path = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => plain(item, path))
  if (typeof value !== 'object' || value === null) return value
  const isModel = path.includes('models')
  const kept = Object.entries(value).filter(([key, inner]) => isModel || !((MADE.has(key) && typeof inner !== 'object') || (key in DEFAULTS && JSON.stringify(inner) === JSON.stringify(DEFAULTS[key]))))
  return Object.fromEntries(kept.filter(([key]) => key !== 'cacheNamespace' && key !== 'endpointConfiguration').map(([key, inner]) => [key, plain(inner, `${path}.${key}`)]))
}

describe('golden definitions', () => {
  const cases = readGoldenCases('definitions')

  it('are there', () => {
    expect(cases.length).toBeGreaterThan(10)
  })

  for (const golden of cases) {
    it(`compile as written: ${golden.name}`, async () => {
      const actual = await compile(golden.input)
      updateGoldenCase('definitions', golden, actual)
      expect(actual).toBe(golden.expected)
    })
  }
})
