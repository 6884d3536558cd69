import { renderStageVariables } from '../stages/stage-variables.ts'

type Part = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'parameter'; readonly name: string; readonly source: string; readonly isInQuery: boolean }

/** An integration's URI, taken apart once. */
export interface UriTemplate {
  readonly parts: readonly Part[]
}

/** `{name}`, but not the `${...}` of a stage variable. */
const PARAMETER = /(?<!\$)\{([A-Za-z0-9._$+-]+)\}/gu

/** Takes a URI with `{parameter}` and `${stageVariables.name}` apart. */
export function compileUri(uri: string): UriTemplate {
  const parts: Part[] = []
  let end = 0
  for (const found of uri.matchAll(PARAMETER)) {
    if (found.index > end) parts.push({ kind: 'text', text: uri.slice(end, found.index) })
    parts.push({ kind: 'parameter', name: (found[1] ?? '').replace(/\+$/u, ''), source: found[0], isInQuery: uri.lastIndexOf('?', found.index) !== -1 })
    end = found.index + found[0].length
  }
  if (end < uri.length) parts.push({ kind: 'text', text: uri.slice(end) })
  return { parts }
}

/**
 * Writes the URI for one request: `{name}` from the mapped path parameters, staying literal when nothing maps it (aws-rest 5.1); stage variables in the fixed
 * text only, so that no value of a client is read as a reference (aws-rest 8.3).
 */
export function renderUri(template: UriTemplate, path: Readonly<Record<string, string>>, variables: Readonly<Record<string, string>>): string {
  let uri = ''
  for (const part of template.parts) {
    if (part.kind === 'text') uri += renderStageVariables(part.text, variables)
    else uri += Object.hasOwn(path, part.name) ? toPlaced(path[part.name] ?? '', part.isInQuery) : part.source
  }
  return uri
}

/** In the query string a value must not begin a parameter of its own. */
function toPlaced(value: string, isInQuery: boolean): string {
  return isInQuery ? value.replace(/[&+;#]/gu, encodeURIComponent) : value
}
