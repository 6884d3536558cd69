/** A backend's URL, in the form that integrations use. */
export interface UpstreamUrl {
  /** What stands before the path in an integration's URI; without a slash at its end. */
  readonly uri: string
  /** The stage's variables that it names. */
  readonly variables: Readonly<Record<string, string>>
  /** Whether it has a path of its own. */
  readonly hasPath: boolean
}

/** What a stage variable may hold (aws-rest 8.3). */
const VARIABLE = /^[A-Za-z0-9\-._~:/?#&=,]{1,512}$/u

/** Reads a backend's URL. Its host and path become the stage variable `upstream`, so that each stage can have its own. */
export function parseUpstreamUrl(text: string): UpstreamUrl | { readonly problem: string } {
  const found = /^(https?):\/\/([^/?#\s@]+)(\/[^?#\s]*)?$/iu.exec(text)
  if (found === null || !URL.canParse(text)) return { problem: `${JSON.stringify(text)} is no URL of a backend: write http:// or https://, a host and maybe a path` }
  const [, scheme = '', host = '', path = ''] = found
  const trimmed = path.replace(/\/+$/u, '')
  const address = `${host}${trimmed}`
  const isVariable = VARIABLE.test(address)
  return { uri: `${scheme.toLowerCase()}://${isVariable ? '${stageVariables.upstream}' : address}`, variables: isVariable ? { upstream: address } : {}, hasPath: trimmed !== '' }
}
