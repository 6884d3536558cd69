import { fieldOf, mapField, textField } from '../source/fields.ts'
import { childOf, type Place } from '../source/place.ts'
import type { BasePathMode, Reading } from './reading.ts'

/**
 * What the mode puts before every path: all of the base path, all but its first segment, or nothing (aws-rest 16.1). Without a slash at its end; empty when there
 * is none.
 */
export function readBasePath(reading: Reading, mode: BasePathMode): string {
  if (mode === 'ignore') return ''
  const written = reading.dialect === 'swagger-2.0' ? textField(reading.root, 'basePath', reading.report) : readServerPath(reading)
  const segments = (written ?? '').split('/').filter((segment) => segment !== '')
  const kept = mode === 'split' ? segments.slice(1) : segments
  return kept.map((segment) => `/${segment}`).join('')
}

/** The `basePath` variable of the first server, else the path of its URL with the variables' defaults put in. */
function readServerPath(reading: Reading): string | null {
  const server = firstServer(reading)
  if (server === null) return null
  const variables = mapField(server, 'variables', reading.report)
  const basePath = variables === null ? null : readDefault(variables, 'basePath', reading)
  if (basePath !== null) return basePath
  const url = textField(server, 'url', reading.report)
  if (url === null) return null
  const filled = url.replace(/\{([^{}]+)\}/gu, (source, name: string) => (variables === null ? null : readDefault(variables, name, reading)) ?? source)
  return toPath(filled)
}

/** `servers` is a list; in the wild also the one server that it should hold. */
function firstServer({ root, report }: Reading): Place | null {
  const servers = fieldOf(root, 'servers')
  if (servers === null) return null
  if (servers.node.kind === 'map') {
    report.warning(servers, '"servers" should be a list; the object is read as its only server')
    return servers
  }
  const first = childOf(servers, 0)
  return first?.node.kind === 'map' ? first : null
}

function readDefault(variables: Place, name: string, { report }: Reading): string | null {
  const variable = mapField(variables, name, report)
  return variable === null ? null : textField(variable, 'default', report)
}

/** The path of a server's URL, which may be absolute, without a scheme, or only a path. */
function toPath(url: string): string {
  const rest = url.replace(/^[A-Za-z][A-Za-z0-9+.-]*:/u, '')
  const path = rest.startsWith('//') ? rest.slice(2).replace(/^[^/]*/u, '') : rest
  return path.replace(/[?#].*$/u, '')
}
