/** Which method of which API a call is for. */
export interface MethodCall {
  readonly region: string
  readonly accountId: string
  readonly apiId: string
  readonly stage: string
  readonly httpMethod: string
  /** The path that the resource tree matched, with its first slash. */
  readonly path: string
}

/** A method ARN with authorization or a policy has at most so many bytes; beyond it the client gets 414 (aws-rest 17). */
export const METHOD_ARN_BYTES_MAX = 1600

/** The ARN of a call: the path with its real values; the root is the empty path (aws-rest 11.2). */
export function toMethodArn({ region, accountId, apiId, stage, httpMethod, path }: MethodCall): string {
  // Leading double slashes and one at the end are as good as none for matching, so the guard sees none either.
  let start = 0
  while (path.charAt(start) === '/') start += 1
  const plain = path.slice(start, path.endsWith('/') ? -1 : undefined)
  return `arn:aws:execute-api:${region}:${accountId}:${apiId}/${stage}/${httpMethod}/${plain}`
}

/**
 * The ARN of a call, and those of other readings of its path that a backend may have: escapes resolved, empty segments left out. A policy that denies one
 * of them denies the call, so that `/admin%2Fusers` behind a greedy resource is no way around a Deny of `/admin/*`.
 */
export function toGuardedArns(call: MethodCall): readonly [string, ...string[]] {
  const { path } = call
  if (!path.includes('%') && !path.includes('//')) return [toMethodArn(call)]
  const others = new Set<string>()
  if (path.includes('%')) others.add(decodeLeniently(path))
  for (const reading of [path, ...others]) {
    if (/\/\//u.test(reading) || /\/\.\.?(\/|$)/u.test(reading)) others.add(resolveSegments(reading))
  }
  const arn = toMethodArn(call)
  const otherArns = new Set([...others].map((reading) => toMethodArn({ ...call, path: reading })))
  otherArns.delete(arn)
  return [arn, ...otherArns]
}

function decodeLeniently(path: string): string {
  return path.replace(/(%[0-9a-f]{2})+/giu, (escapes) => {
    try {
      return decodeURIComponent(escapes)
    } catch {
      // Not UTF-8: no backend can read it as a path, so it stays as it is.
      return escapes
    }
  })
}

function resolveSegments(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  return `/${kept.join('/')}`
}

/** The ARN as Amazon shows it to callers: of the account only the last four digits (aws-websocket-and-services E5). */
export function maskAccount(arn: string): string {
  return arn.replace(/^(arn:[^:]*:[^:]*:[^:]*:)[0-9]{8}(?=[0-9]{4}:)/u, '$1********')
}
