import { HTTP_METHODS } from '../../../kv-schemas/http-methods.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'

/** The URL of the document's own server, for a hint; null when it names none. */
export function findServerUrl(root: Place): string | null {
  const servers = childOf(root, 'servers')
  const first = servers === null ? null : childOf(servers, 0)
  const url = first === null ? '' : textOf(first, 'url')
  if (/^https?:\/\//u.test(url)) return url
  const host = textOf(root, 'host')
  return host === '' ? null : `https://${host}${textOf(root, 'basePath')}`.replace(/\/$/u, '')
}

/** The first operation without an integration; null when each has one. */
export function findOperationWithoutIntegration(root: Place): Place | null {
  const paths = childOf(root, 'paths')
  for (const item of paths === null ? [] : childrenOf(paths)) {
    for (const operation of childrenOf(item)) {
      const isOperation = operation.node.kind === 'map' && HTTP_METHODS.some((method) => method.toLowerCase() === operation.key)
      if (isOperation && childOf(operation, 'x-amazon-apigateway-integration') === null) return operation
    }
  }
  return null
}

function textOf(place: Place, key: string): string {
  const child = childOf(place, key)
  return child?.node.kind === 'scalar' ? String(child.node.value) : ''
}
