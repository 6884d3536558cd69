import { fieldOf } from '../source/fields.ts'
import { childOf, childrenOf, type Place } from '../source/place.ts'
import { toNode, withEntry, type SourceNode } from '../source/source-node.ts'
import type { Reading } from '../openapi/reading.ts'
import { resolveQuietly } from './example-of.ts'
import type { OperationImport } from './import-operation.ts'

/**
 * Writes the parameters of an operation: those of its path item first, its own over them; path parameters under the names that the resource has, and one for every
 * variable. Of two parameters with one name the one in the path stays, since REST APIs have a name only once (aws-rest 1.2); the other is passed on undeclared.
 */
export function importParameters(operation: Place, { reading, planned, shared }: OperationImport): SourceNode | null {
  const written = new Map<string, SourceNode>()
  const names = new Map<string, string>(planned.variables.map((name) => [name, 'path']))
  for (const place of [...listOf(shared), ...listOf(fieldOf(operation, 'parameters'))]) {
    const parameter = resolveQuietly(place, reading)
    const location = parameter === null ? '' : textOf(parameter, 'in')
    const original = parameter === null ? '' : textOf(parameter, 'name')
    if (parameter?.node.kind !== 'map' || location === '' || (original === '' && location !== 'body')) {
      reading.report.warning(place, 'not a parameter: it needs "name" and "in"; it is left out')
      continue
    }
    const name = location === 'path' ? (planned.renamed.get(original) ?? original) : original
    if (location === 'path' && !planned.variables.includes(name)) continue
    if (isTaken(names, name, location)) {
      reading.report.warning(parameter, `Parameter names must be unique across querystring, header and path: ${JSON.stringify(name)} in ${location} is not declared, and passed on as it is`)
      continue
    }
    if (location !== 'body' && location !== 'formData' && location !== 'cookie') names.set(name, location)
    written.set(`${location} ${name}`, name === original ? place.node : withEntry(parameter.node, 'name', toNode(name, parameter.node.start)))
  }
  for (const name of planned.variables) if (!written.has(`path ${name}`)) written.set(`path ${name}`, variableOf(name, operation, reading))
  return written.size === 0 ? null : { kind: 'list', items: [...written.values()], start: operation.keyStart }
}

function isTaken(names: ReadonlyMap<string, string>, name: string, location: string): boolean {
  if (location === 'body' || location === 'formData' || location === 'cookie') return false
  const taken = names.get(name)
  return taken !== undefined && taken !== location
}

function variableOf(name: string, operation: Place, reading: Reading): SourceNode {
  const type = reading.dialect === 'swagger-2.0' ? { type: 'string' } : { schema: { type: 'string' } }
  return toNode({ name, in: 'path', required: true, ...type }, operation.keyStart)
}

function listOf(place: Place | null): readonly Place[] {
  return place?.node.kind === 'list' ? childrenOf(place) : []
}

function textOf(place: Place, key: string): string {
  const child = childOf(place, key)
  return child?.node.kind === 'scalar' ? String(child.node.value) : ''
}
