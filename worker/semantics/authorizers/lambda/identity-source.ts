/** Where an authorizer finds who calls (aws-rest 11.2). */
export type IdentitySource =
  | { readonly from: 'header'; readonly name: string }
  | { readonly from: 'querystring'; readonly name: string }
  | { readonly from: 'stageVariable'; readonly name: string }
  | { readonly from: 'context'; readonly name: string }

/** Reads the parts of a request that identity sources can name; null when a part is not there. */
export interface IdentityReader {
  header(name: string): string | null
  querystring(name: string): string | null
  stageVariable(name: string): string | null
  context(name: string): string | null
}

const EXPRESSION = /^(?:method\.request\.|\$request\.|route\.request\.)(header|querystring)\.(.+)$|^\$?(stageVariables|context)\.(.+)$/u

/** Reads one identity source: `method.request.header.Authorization`, `stageVariables.x`, ...; null when it is none. Paths can't be one. */
export function parseIdentitySource(text: string): IdentitySource | null {
  const [, part, partName, variables, variableName] = EXPRESSION.exec(text) ?? []
  if ((part === 'header' || part === 'querystring') && partName !== undefined) return { from: part, name: partName }
  if (variableName === undefined) return null
  return { from: variables === 'context' ? 'context' : 'stageVariable', name: variableName }
}

/** The values of all sources in their order, or null when one of them is missing or empty: then the authorizer is not asked. */
export function readIdentity(sources: readonly IdentitySource[], reader: IdentityReader): readonly string[] | null {
  const values: string[] = []
  for (const source of sources) {
    const value = readSource(source, reader)
    if (value === null || value === '') return null
    values.push(value)
  }
  return values
}

function readSource({ from, name }: IdentitySource, reader: IdentityReader): string | null {
  switch (from) {
    case 'header':
      return reader.header(name)
    case 'querystring':
      return reader.querystring(name)
    case 'stageVariable':
      return reader.stageVariable(name)
    case 'context':
      return reader.context(name)
    default:
      return from satisfies never
  }
}
