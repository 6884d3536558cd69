import { fail } from './budget.ts'
import { type JavaObject, type JavaValue, readKey, toMap } from './java-values.ts'
import { type CompiledJsonPath, compileJsonPath } from './json-path.ts'
import { parseLenientJson } from './parse-lenient-json.ts'
import { printJson } from './print-json.ts'
import type { Runtime } from './runtime.ts'
import type { TemplateScope } from './template-scope.ts'

// Paths built at run time are remembered only so far; a template writes a handful.
const PATHS_MAX = 256

/**
 * `$input`: the body as text and through JSONPath, and the client's parameters. The body is parsed once, at the first
 * path, and `path` and `json` see the same document, so what a template sets in it shows in both. A request without a body
 * has `{}`; in an answer without one no path leads anywhere.
 */
export function toInput(scope: TemplateScope, paths: Map<string, CompiledJsonPath>, runtime: Runtime): JavaObject {
  const body = scope.body === '' ? '{}' : scope.body
  const isEmptyAnswer = scope.body === '' && scope.overrides !== undefined
  const read = once(() => (isEmptyAnswer ? undefined : parseLenientJson(body, runtime.limits.jsonDepthMax)))
  const parameters = once(() => toParameters(scope))
  return {
    type: 'object',
    property: (name) => {
      if (name === 'body') return body
      return name === 'params' ? parameters() : null
    },
    call: (name, [first]) => {
      if (name === 'params') return first === undefined ? parameters() : findParameter(parameters(), first)
      if (name === 'getBody') return body
      if (name !== 'json' && name !== 'path') return null
      const found = follow(read(), first ?? '$', paths, runtime)
      if (name === 'path') return found ?? null
      return found === undefined ? '""' : printJson(found, runtime)
    },
  }
}

function once<Value>(make: () => Value): () => Value {
  let made: { readonly value: Value } | null = null
  return () => (made ??= { value: make() }).value
}

function follow(
  document: JavaValue | undefined,
  pathText: JavaValue,
  paths: Map<string, CompiledJsonPath>,
  runtime: Runtime,
): JavaValue | undefined {
  if (typeof pathText !== 'string') return undefined
  let compiled = paths.get(pathText)
  if (compiled === undefined) {
    compiled = compileJsonPath(pathText)
    if (paths.size < PATHS_MAX) paths.set(pathText, compiled)
  }
  if (!compiled.ok) return fail(runtime, `The JSONPath ${JSON.stringify(pathText.slice(0, 100))} cannot be used: ${compiled.reason}.`)
  return document === undefined ? undefined : compiled.path(document, runtime)
}

function toParameters(scope: TemplateScope) {
  const { path, querystring, header } = scope.params
  return toMap([
    ['path', toMap(Object.entries(path))],
    ['querystring', toMap(Object.entries(querystring))],
    ['header', toMap(Object.entries(header), { foldsCase: true })],
  ])
}

/** The first of path, query and header that has the name; the empty text when none has. */
function findParameter(parameters: ReturnType<typeof toParameters>, name: JavaValue): JavaValue {
  for (const source of parameters.entries.values()) {
    const found = typeof source === 'object' && source?.type === 'map' ? readKey(source, name) : undefined
    if (found !== undefined) return found
  }
  return ''
}
