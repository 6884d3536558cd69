import { readBasePath } from '../openapi/base-path.ts'
import { readAuthorizers } from '../openapi/read-authorizers.ts'
import { readDialect } from '../openapi/read-dialect.ts'
import type { BasePathMode, Reading } from '../openapi/reading.ts'
import { mapField } from '../source/fields.ts'
import { rootPlace, type Place } from '../source/place.ts'
import { SILENT, type Report } from '../source/report.ts'
import { withEntry, type MapNode, type SourceNode } from '../source/source-node.ts'
import { keepRefs } from './keep-refs.ts'
import { importPaths } from './import-paths.ts'
import type { Backend } from './integrations.ts'
import { withoutLostRefs } from './without-lost-refs.ts'

/** How a document becomes a definition. */
export interface ImportOptions {
  readonly basePath: BasePathMode
  readonly backend: Backend
}

/**
 * Turns any OpenAPI or Swagger document into a definition of a REST API: every operation gets an integration unless it has one, and every path becomes one that REST
 * APIs can say (`createPathPlanner`). The nodes keep the places of the document, so that what is wrong is shown in the user's own file. Null when it is no such
 * document.
 */
export function importDocument(root: Place, report: Report, options: ImportOptions): SourceNode | null {
  const dialect = readDialect(root, report)
  if (dialect === null || root.node.kind !== 'map') return null
  const sound = withoutLostRefs({ root, report, dialect })
  const reading: Reading = { root: rootPlace(sound), report, dialect }
  const paths = mapField(reading.root, 'paths', report)
  if (paths === null || sound.kind !== 'map') {
    report.error(root, 'the document has no "paths": there is nothing to serve')
    return null
  }
  const basePath = readBasePath(reading, options.basePath)
  const authorizers = readAuthorizers({ ...reading, report: SILENT })
  const context = { reading, basePath, authorizers, backend: options.backend, isOrdinary: isOrdinary(paths) }
  const imported = keepRefs(withEntry(sound, 'paths', importPaths(paths, context)), reading)
  return options.basePath === 'ignore' ? imported : withoutBasePath(imported)
}

/** Whether no operation of a document has an integration: its author did not think of a gateway. */
function isOrdinary(paths: Place): boolean {
  return !hasIntegration(paths.node)
}

function hasIntegration(paths: SourceNode): boolean {
  if (paths.kind !== 'map') return false
  for (const { value: item } of paths.entries.values()) {
    if (item.kind !== 'map') continue
    for (const { value: operation } of item.entries.values()) if (operation.kind === 'map' && operation.entries.has('x-amazon-apigateway-integration')) return true
  }
  return false
}

/** The base path is in the paths now. */
function withoutBasePath(node: MapNode): MapNode {
  return withEntry(withEntry(node, 'basePath', null), 'servers', null)
}
