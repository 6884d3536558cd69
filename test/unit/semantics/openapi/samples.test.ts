import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { deploymentSchema, type DeploymentDocument } from '../../../../kv-schemas/documents/deployment.ts'
import { apiIdSchema, stageNameSchema } from '../../../../kv-schemas/id-schemas.ts'
import { openDeployment } from '../../../../worker/semantics/compile/open-deployment.ts'
import { importDefinition, type DefinitionImport } from '../../../../worker/semantics/importing/import-definition.ts'
import { parseUpstreamUrl } from '../../../../worker/semantics/importing/upstream-url.ts'
import { matchRoute } from '../../../../worker/semantics/routing/route-tree.ts'
import { compileRules } from '../../../../worker/semantics/rules/compile-rules.ts'
import { samplesFolder } from '../../../samples.ts'

const folder = path.join(samplesFolder, 'openapi')
const files = existsSync(folder) ? readdirSync(folder).filter((file) => /\.(?:json|ya?ml)$/u.test(file)) : []
if (files.length === 0) console.log(`skipped: no OpenAPI samples in ${folder} (set STAGEDOOR_SAMPLES)`)

/** Documents that Amazon's REST APIs would not take either, and why: HTTP APIs call services in ways of their own; placeholders stand where ARNs and mapping expressions belong. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  'sp-apigw-sfn.json': /integrationSubtype belongs to HTTP APIs|Invalid mapping expression/u,
  'sp-apigw-sqs-lambda.json': /integrationSubtype belongs to HTTP APIs|Invalid mapping expression/u,
  'sam-api-with-auth-all-maximum-openapi-3.json': /providerARNs lists user pools/u,
  'sam-api-with-cors-openapi-3.json': /Invalid mapping expression specified/u,
}

function orderOf(backend: 'mock' | 'upstream'): DefinitionImport {
  const upstream = parseUpstreamUrl('https://backend.example.com')
  if ('problem' in upstream) throw new Error(upstream.problem)
  return {
    apiId: apiIdSchema.parse('sample'),
    stageName: stageNameSchema.parse('dev'),
    basePath: 'ignore',
    backend: backend === 'mock' ? { kind: 'mock' } : { kind: 'upstream', upstream },
    account: { accountId: '123456789012', region: 'us-east-1' },
    schemaFolder: null,
  }
}

/** The resources that a request for their own path does not meet. */
function unreachable(deployment: DeploymentDocument): string[] {
  const { routes, method: methodAt } = openDeployment(deployment)
  const lost = deployment.resources.filter((resource) => {
    const [method = 'GET'] = Object.keys(resource.methods)
    const match = matchRoute(routes, resource.path.replaceAll(/\{[^}]*\}/gu, 'a-value'), method === 'ANY' ? 'GET' : method)
    return match === null || methodAt(match.leaf).resourcePath !== resource.path
  })
  return lost.map((resource) => resource.path)
}

describe.skipIf(files.length === 0)('documents as their authors published them', () => {
  for (const file of files) {
    for (const backend of ['upstream', 'mock'] as const) {
      it(`${file} imports and compiles, or is refused with place and reason (${backend})`, async () => {
        const text = readFileSync(path.join(folder, file), 'utf8')
        const imported = await importDefinition({ file, text }, orderOf(backend))
        const errors = imported.problems.filter((problem) => problem.severity === 'error')
        const refused = REFUSED[file]
        expect(errors.filter((problem) => refused === undefined || !refused.test(problem.message))).toEqual([])
        expect(imported.ok).toBe(refused === undefined)
        const compiled = await compileRules(imported.ok ? imported.files : new Map(), { env: {} })
        if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems.slice(0, 5)))
        const { deployments } = compiled.rules
        expect(deployments.map((deployment) => deploymentSchema.safeParse(deployment).success)).toEqual(deployments.map(() => true))
        expect(deployments.flatMap(unreachable)).toEqual([])
      })
    }
  }
})
