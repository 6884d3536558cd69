import { fieldOf } from '../source/fields.ts'
import { childrenOf, type Place } from '../source/place.ts'
import type { SourceNode } from '../source/source-node.ts'
import type { Authorizers } from '../openapi/read-authorizers.ts'
import type { Reading } from '../openapi/reading.ts'

/**
 * Writes the `security` of an operation of an ordinary document: what the backend checks stays as documentation; an API key that the gateway would take for one of
 * its own, and schemes that do not exist, are left out.
 */
export function importSecurity(operation: Place, authorizers: Authorizers, reading: Reading): SourceNode | null {
  const security = fieldOf(operation, 'security')
  if (security?.node.kind !== 'list') return null
  const items = childrenOf(security).map((requirement) => importRequirement(requirement, authorizers, reading))
  return { ...security.node, items }
}

function importRequirement(requirement: Place, { schemes }: Authorizers, { report }: Reading): SourceNode {
  const { node } = requirement
  if (node.kind !== 'map') return { kind: 'map', entries: new Map(), start: node.start }
  const entries = new Map(node.entries)
  for (const child of childrenOf(requirement)) {
    const name = String(child.key)
    const scheme = schemes.get(name)
    if (scheme?.kind === 'api-key') report.warning(scheme.at, 'the gateway would ask for keys of its own: the scheme is left out of the operations, and the backend goes on asking')
    if (scheme === undefined) report.warning(child, `there is no security scheme ${JSON.stringify(name)}; it is left out`)
    if (scheme === undefined || scheme.kind === 'api-key') entries.delete(name)
  }
  return { ...node, entries }
}
