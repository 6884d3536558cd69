import { HTTP_METHODS, type HttpMethod } from '../../../kv-schemas/http-methods.ts'
import { fieldOf, mapField } from '../source/fields.ts'
import { didYouMean } from '../source/nearest-word.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import { readBasePath } from './base-path.ts'
import type { DefinedMethod, DefinedResource } from './definition.ts'
import { readCors } from './read-cors.ts'
import { readOperation, type OperationContext } from './read-operation.ts'
import type { BasePathMode } from './reading.ts'
import { follow, refOf } from './refs.ts'

const ANY_METHOD = 'x-amazon-apigateway-any-method'

/** What a path item may hold beside methods. */
const OTHER_FIELDS = new Set(['$ref', 'summary', 'description', 'parameters', 'servers', 'trace', 'query', 'additionalOperations'])

/** Reads all paths into resources with their methods, in the order of the document. */
export function readPaths(context: OperationContext, mode: BasePathMode): DefinedResource[] {
  const { root, report } = context.reading
  const paths = mapField(root, 'paths', report)
  if (paths === null) {
    if (fieldOf(root, 'paths') === null) report.error(root, 'the document has no "paths": there is nothing to serve')
    return []
  }
  const basePath = readBasePath(context.reading, mode)
  return childrenOf(paths).flatMap((at) => {
    const path = String(at.key)
    if (path.startsWith('x-')) return []
    if (!path.startsWith('/')) report.error(at, `a path begins with a slash: write ${JSON.stringify(`/${path}`)}`)
    const item = at.node.kind === 'scalar' && at.node.value === null ? null : follow(at, context.reading)
    if (item === null) return []
    return [{ at, path: joinPaths(basePath, path), methods: readPathItem(at, item, context), cors: readCors(item, context.reading) }]
  })
}

function joinPaths(basePath: string, path: string): string {
  if (basePath === '') return path
  return path === '/' ? basePath : `${basePath}${path}`
}

/** Methods of the item itself, then those of the item that its `$ref` names. */
function readPathItem(at: Place, item: Place, context: OperationContext): DefinedMethod[] {
  const { report } = context.reading
  if (item.node.kind !== 'map') {
    report.error(item, 'a path holds an object of methods')
    return []
  }
  const places = refOf(at) === null ? [item] : [at, item]
  const methods = new Map<HttpMethod, DefinedMethod>()
  const path = String(at.key)
  for (const place of places) {
    for (const child of childrenOf(place)) {
      const httpMethod = toMethod(child, context)
      if (httpMethod === null || methods.has(httpMethod)) continue
      methods.set(httpMethod, readOperation(child, { ...context, path, httpMethod, shared: childOf(place, 'parameters') }))
    }
  }
  return [...methods.values()]
}

/** The method that a key of a path item stands for; null when it is another field. */
function toMethod(child: Place, { reading: { report } }: OperationContext): HttpMethod | null {
  const key = String(child.key)
  if (key === ANY_METHOD) return asOperation(child, 'ANY', report)
  const method = HTTP_METHODS.find((candidate) => candidate === key.toUpperCase())
  if (method !== undefined && method !== 'ANY') return asOperation(child, method, report)
  if (key === 'trace' || key === 'query' || key === 'additionalOperations') report.warning(child, `REST APIs have no ${key.toUpperCase()} methods; this one is left out`)
  else if (!OTHER_FIELDS.has(key) && !key.startsWith('x-')) {
    report.error(child, `Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY${didYouMean(key, HTTP_METHODS)}`)
  } else if (key.startsWith('x-amazon-')) report.warning(child, `unknown extension ${key} is ignored${didYouMean(key, [ANY_METHOD])}`)
  return null
}

function asOperation(child: Place, method: HttpMethod, report: OperationContext['reading']['report']): HttpMethod | null {
  if (child.node.kind === 'map') return method
  report.error(child, 'a method holds an object: an operation')
  return null
}
