import { HTTP_METHODS } from '../../../kv-schemas/http-methods.ts'
import type { Authorizers } from '../openapi/read-authorizers.ts'
import type { Reading } from '../openapi/reading.ts'
import { follow, refOf } from '../openapi/refs.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import type { MapEntry, MapNode, SourceNode } from '../source/source-node.ts'
import { importOperation } from './import-operation.ts'
import type { Backend } from './integrations.ts'
import { createPathPlanner, type PathPlan, type PlannedPath } from './plan-paths.ts'

/** What importing paths takes from the rest of the document. */
export interface ImportContext {
  readonly reading: Reading
  /** What stands before every path. */
  readonly basePath: string
  readonly backend: Backend
  readonly authorizers: Authorizers
  /** Whether the document knows nothing of gateways. */
  readonly isOrdinary: boolean
}

const ANY_METHOD = 'x-amazon-apigateway-any-method'
const METHOD_KEYS = new Set([...HTTP_METHODS.map((method) => method.toLowerCase()), ANY_METHOD])

/** Writes the paths of a definition: one entry a resource, into which paths that REST APIs can't tell apart are merged. */
export function importPaths(paths: Place, context: ImportContext): SourceNode {
  const plan = createPathPlanner()
  const merged = new Map<string, MapEntry>()
  for (const at of childrenOf(paths)) {
    if (String(at.key).startsWith('x-')) {
      merged.set(String(at.key), { keyStart: at.keyStart, value: at.node })
      continue
    }
    const item = itemOf(at, context.reading)
    if (item === null) continue
    const path = `${context.basePath}/${String(at.key).replace(/^\//u, '')}`
    // An integration names the path's variables: they can't be renamed without its author.
    const planned = hasIntegration(item) ? keepPath(path) : plan(path)
    if (planned.kind === 'impossible') context.reading.report.warning(at, `${planned.reason}; the path is left out`)
    else mergePath(merged, at, item, planned.planned, context)
  }
  return { kind: 'map', entries: merged, start: paths.node.start }
}

/** The path item itself, or what its `$ref` leads to; null when there is nothing to serve. */
function itemOf(at: Place, reading: Reading): Place | null {
  if (at.node.kind === 'scalar' && at.node.value === null) return null
  const item = refOf(at) === null ? at : follow(at, reading)
  if (item === null || item.node.kind === 'map') return item
  reading.report.error(item, 'a path holds an object of methods')
  return null
}

function hasIntegration(item: Place): boolean {
  return childrenOf(item).some((operation) => operation.node.kind === 'map' && operation.node.entries.has('x-amazon-apigateway-integration'))
}

/** Leaves a path as its author wrote it; what REST APIs can't say of it is refused when it is compiled. */
function keepPath(path: string): PathPlan {
  const variables = Array.from(path.matchAll(/\{([^{}]+?)\+?\}/gu), (found) => found[1] ?? '')
  return { kind: 'planned', planned: { path, backendPath: path, variables, renamed: new Map(), notes: [] } }
}

function mergePath(merged: Map<string, MapEntry>, at: Place, item: Place, planned: PlannedPath, context: ImportContext): void {
  const { report } = context.reading
  for (const note of planned.notes) report.warning(at, note)
  const before = merged.get(planned.path)?.value
  const entries = new Map<string, MapEntry>(before?.kind === 'map' ? before.entries : [])
  const written = String(at.key)
  for (const child of childrenOf(item)) {
    const key = String(child.key)
    if (key === 'parameters' || key === '$ref') continue
    const keyInLowerCase = key.toLowerCase()
    const isMethod = METHOD_KEYS.has(keyInLowerCase)
    if (isMethod && entries.has(keyInLowerCase)) report.warning(child, `${key.toUpperCase()} ${written} and an earlier path are one method of ${planned.path}: the earlier one stands for both`)
    else if (isMethod) entries.set(keyInLowerCase, { keyStart: child.keyStart, value: importOperation(child, { ...context, httpMethod: keyInLowerCase, planned, shared: childOf(item, 'parameters') }) })
    else if (key === 'trace' || key === 'query' || key === 'additionalOperations') report.warning(child, `REST APIs have no ${key.toUpperCase()} methods; this one is left out`)
    else if (!entries.has(key)) entries.set(key, { keyStart: child.keyStart, value: child.node })
  }
  const node: MapNode = { kind: 'map', entries, start: item.node.start }
  merged.set(planned.path, { keyStart: at.keyStart, value: node })
}
