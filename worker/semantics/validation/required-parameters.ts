import type { MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import type { RequestParameters } from '../mapping/request-parameters.ts'

/** A parameter that a method requires. */
export interface RequiredParameter {
  readonly location: 'header' | 'path' | 'querystring'
  readonly name: string
}

const KEY = /^method\.request\.(header|path|querystring)\.(.+)$/u

/** The parameters that a method requires, in the order in which a message names them: by the whole key, so header, path, query string (aws-rest 4.2). */
export function toRequiredParameters(requestParameters: MethodDocument['requestParameters']): readonly RequiredParameter[] {
  const required: RequiredParameter[] = []
  for (const key of Object.keys(requestParameters).sort()) {
    const [, location, name] = KEY.exec(key) ?? []
    if (requestParameters[key] === true && name !== undefined) required.push({ location: location as RequiredParameter['location'], name })
  }
  return required
}

/** Names of the required parameters that a request does not have, or has only blank (aws-rest 4.2). */
export function findMissingParameters(required: readonly RequiredParameter[], parameters: RequestParameters): readonly string[] {
  return required.filter((parameter) => isBlank(readParameter(parameter, parameters))).map(({ name }) => name)
}

function readParameter({ location, name }: RequiredParameter, parameters: RequestParameters): string | null {
  switch (location) {
    case 'header':
      return parameters.header(name)
    case 'path':
      return Object.hasOwn(parameters.path, name) ? (parameters.path[name] ?? null) : null
    case 'querystring':
      return parameters.querystring().get(name)?.at(-1) ?? null
    default:
      return location satisfies never
  }
}

function isBlank(value: string | null): boolean {
  return value === null || value.trim() === ''
}
