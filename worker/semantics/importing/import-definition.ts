import { stringify } from 'yaml'
import type { AccountDocument } from '../../../kv-schemas/documents/account.ts'
import type { ApiId, StageName } from '../../../kv-schemas/ids.ts'
import { compileDefinition } from '../compile/compile-definition.ts'
import { readDefinition } from '../openapi/read-definition.ts'
import type { BasePathMode } from '../openapi/reading.ts'
import { resolvePseudoParameters } from '../rules/pseudo-parameters.ts'
import { childOf, rootPlace, type Place } from '../source/place.ts'
import { SOURCE_LIMITS } from '../source/limits.ts'
import { readSource } from '../source/read-source.ts'
import { createReport, sortProblems, type Problem, type Report } from '../source/report.ts'
import type { Source } from '../source/source.ts'
import { toValue, type JsonValue, type SourceNode } from '../source/source-node.ts'
import { findOperationWithoutIntegration, findServerUrl } from './document-backend.ts'
import { importDocument } from './import-document.ts'
import type { UpstreamUrl } from './upstream-url.ts'

/** What an import is told. */
export interface DefinitionImport {
  readonly apiId: ApiId
  readonly stageName: StageName
  readonly basePath: BasePathMode
  /** Where operations without an integration are served; null when the document has one for each. */
  readonly backend: { readonly kind: 'upstream'; readonly upstream: UpstreamUrl } | { readonly kind: 'mock' } | null
  readonly account: Pick<AccountDocument, 'accountId' | 'region'>
  /** Where the JSON Schemas are, as seen from the rule folder; null when editors can't find them from there. */
  readonly schemaFolder: string | null
}

/** The rule files that an import makes, by their paths in the rule folder; or why it makes none. Warnings stand in `problems` as well. */
export type ImportedDefinition =
  | { readonly ok: true; readonly files: ReadonlyMap<string, string>; readonly problems: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** Makes the rule files of an API from an OpenAPI or Swagger document. What it makes compiles: everything is checked before anything is written. */
export async function importDefinition(source: Source, order: DefinitionImport): Promise<ImportedDefinition> {
  const report = createReport(source)
  const read = readSource(source, report)
  let imported: SourceNode | null = null
  if (read !== null) {
    const resolved = resolvePseudoParameters(rootPlace(read), source.text, order.account, report)
    const root = rootPlace(resolved)
    imported = importDocument(root, report, { basePath: order.basePath, backend: toBackend(order.backend) })
    if (imported !== null) checkBackend(rootPlace(imported), order, report)
  }
  if (imported !== null) {
    const definition = readDefinition(rootPlace(imported), report, { basePath: 'ignore' })
    if (definition !== null) await compileDefinition(definition, order.apiId, report)
  }
  const files = imported === null || report.hasErrors() ? new Map<string, string>() : writeFiles(source, imported, order)
  for (const [file, { length }] of files) {
    if (length > SOURCE_LIMITS.charactersMax) report.errorAt(0, '', `${file} would have ${length} characters; at most ${SOURCE_LIMITS.charactersMax} are read`)
  }
  const problems = sortProblems(report.problems)
  return report.hasErrors() || files.size === 0 ? { ok: false, problems } : { ok: true, files, problems }
}

/** Says what to give when operations have no integration, and warns of a base path that the backend may want. */
function checkBackend(root: Place, { backend, basePath }: DefinitionImport, report: Report): void {
  const server = findServerUrl(root)
  const bare = backend === null ? findOperationWithoutIntegration(root) : null
  if (bare !== null) report.error(bare, `the operation has no x-amazon-apigateway-integration: give --mock, or --upstream ${server ?? 'URL'}`)
  const serverPath = server === null || !URL.canParse(server) ? '' : new URL(server).pathname.replace(/\/$/u, '')
  if (backend?.kind !== 'upstream' || basePath !== 'ignore' || serverPath === '' || backend.upstream.hasPath) return
  const at = childOf(root, 'servers') ?? childOf(root, 'basePath') ?? root
  report.warning(at, `the document's base path ${serverPath} is no part of --upstream: if the backend wants it, add it there`)
}

/** What is read again must be within the reader's limit: a document that is large already is written without indentation. */
function toJson(value: JsonValue): string {
  const pretty = JSON.stringify(value, null, 2)
  return `${pretty.length < SOURCE_LIMITS.charactersMax / 2 ? pretty : JSON.stringify(value)}\n`
}

function toBackend(backend: DefinitionImport['backend']): Parameters<typeof importDocument>[2]['backend'] {
  if (backend === null) return { kind: 'none' }
  return backend.kind === 'mock' ? backend : { kind: 'upstream', url: backend.upstream.uri }
}

function writeFiles(source: Source, imported: SourceNode, { apiId, stageName, backend, schemaFolder }: DefinitionImport): ReadonlyMap<string, string> {
  const isYaml = /\.ya?ml$/u.test(source.file)
  const value = toValue(imported)
  // Long texts stay on their lines, and equal ones are not written as aliases: people will read and change the file.
  const text = isYaml ? stringify(value, { lineWidth: 0, aliasDuplicateObjects: false }) : toJson(value)
  const variables = backend?.kind === 'upstream' ? backend.upstream.variables : {}
  const stage = { ...(schemaFolder === null ? {} : { $schema: `../../../${schemaFolder}/stage.schema.json` }), variables }
  return new Map([
    [`apis/${apiId}/api.${isYaml ? 'yaml' : 'json'}`, text],
    [`apis/${apiId}/stages/${stageName}.json`, `${JSON.stringify(stage, null, 2)}\n`],
  ])
}
