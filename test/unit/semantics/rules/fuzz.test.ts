import { anything, array, assert, asyncProperty, constantFrom, dictionary, integer, jsonValue, oneof, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apiIdSchema, stageNameSchema } from '../../../../kv-schemas/id-schemas.ts'
import { importDefinition } from '../../../../worker/semantics/importing/import-definition.ts'
import { compileRules } from '../../../../worker/semantics/rules/compile-rules.ts'

const RUNS = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 150) }

/** Words that the readers know, so that chance builds things that they look into. */
const WORDS = constantFrom(
  'openapi', 'swagger', 'info', 'title', 'paths', '/a', '/a/{b}', '/{c+}', '/d{e}', 'get', 'post', 'parameters', 'name', 'in', 'path', 'query', 'required', '$ref', 'responses', '200', 'default',
  'content', 'application/json', 'schema', 'type', 'properties', 'items', 'allOf', 'components', 'schemas', 'securitySchemes', 'security', 'requestBody', 'example', 'examples', 'servers', 'url', 'basePath',
  'x-amazon-apigateway-integration', 'httpMethod', 'uri', 'requestParameters', 'requestTemplates', 'x-amazon-apigateway-any-method', 'x-amazon-apigateway-authorizer', 'x-amazon-apigateway-request-validators',
  'x-amazon-apigateway-request-validator', 'x-amazon-apigateway-policy', 'x-amazon-apigateway-gateway-responses', '__proto__', 'constructor', 'definitions', 'enum', 'nullable', 'statusCode', 'variables',
)
const TEXTS = constantFrom('3.0.1', '3.1.0', '2.0', 'path', 'query', 'object', 'array', 'string', 'http_proxy', 'mock', 'https://example.com/{b}', '#/paths', '#/components/schemas/a', '#', 'other.yaml', '${env.A}', '${AWS::Region}', '$input.path(', 'apiKey')
const LEAVES = oneof(TEXTS, WORDS, string({ maxLength: 4 }), integer(), constantFrom(true, false, null))

function trees(depth: number): ReturnType<typeof jsonValue> {
  const inner = depth === 0 ? LEAVES : oneof({ maxDepth: 3 }, LEAVES, trees(depth - 1), trees(depth - 1))
  return oneof(dictionary(WORDS, inner, { maxKeys: 5, noNullPrototype: true }), array(inner, { maxLength: 3 }))
}

const documents = trees(5).map((body) => ({ openapi: '3.0.1', paths: { '/a/{b}': body, '/a/{c}': { get: body } }, components: { schemas: { a: body } }, security: body, ...(typeof body === 'object' && !Array.isArray(body) ? body : {}) }))

describe('whatever a rule folder holds', () => {
  it('compiling ends with rules or with problems that name a file and a place', async () => {
    const paths = constantFrom('account.json', 'domains.json', 'usage-plans.json', 'apis/a/api.json', 'apis/a/api.yaml', 'apis/a/stages/dev.json', 'apis/B/api.json', 'apis/a/websocket.json', 'x.json', 'apis/a/stages/a b.json')
    const texts = oneof(documents.map((document) => JSON.stringify(document)), jsonValue().map((value) => JSON.stringify(value)), string({ maxLength: 30 }))
    await assert(
      asyncProperty(dictionary(paths, texts, { maxKeys: 5, noNullPrototype: true }), async (files) => {
        const compiled = await compileRules(new Map(Object.entries(files)), { env: {} })
        for (const problem of compiled.ok ? compiled.warnings : compiled.problems) {
          expect(problem.line).toBeGreaterThan(0)
          expect(problem.column).toBeGreaterThan(0)
          expect(problem.message).not.toBe('')
        }
        expect(compiled.ok || compiled.problems.some((problem) => problem.severity === 'error')).toBe(true)
      }),
      RUNS,
    )
  })

  it('importing ends with files that compile, or with an error', async () => {
    const backends = constantFrom<'mock' | 'none'>('mock', 'none')
    await assert(
      asyncProperty(documents, backends, constantFrom('ignore' as const, 'prepend' as const, 'split' as const), async (document, backend, basePath) => {
        const order = { apiId: apiIdSchema.parse('a'), stageName: stageNameSchema.parse('dev'), basePath, account: { accountId: '1', region: 'r' }, schemaFolder: null, backend: backend === 'mock' ? ({ kind: 'mock' } as const) : null }
        const imported = await importDefinition({ file: 'a.json', text: JSON.stringify(document) }, order)
        const compiled = imported.ok ? await compileRules(imported.files, { env: { A: 'a' } }) : null
        expect({ isFair: compiled?.ok ?? imported.problems.some((problem) => problem.severity === 'error'), compiled }).toMatchObject({ isFair: true })
      }),
      RUNS,
    )
  })

  it('rule files of any shape are refused in words', async () => {
    await assert(
      asyncProperty(anything({ maxDepth: 3, withBigInt: false }), constantFrom('account.json', 'domains.json', 'apis/a/stages/dev.json'), async (value, file) => {
        const text = JSON.stringify(value) ?? ''
        const compiled = await compileRules(new Map([[file, text]]), { env: {} })
        expect(compiled.ok ? [] : compiled.problems.filter((problem) => problem.message.includes('undefined'))).toEqual([])
      }),
      RUNS,
    )
  })
})
