/** The API that a resource policy belongs to. */
export interface PolicyOwner {
  readonly region: string
  readonly accountId: string
  readonly apiId: string
}

const EXECUTE_API_ARN = /^arn:(?:aws[a-z-]*|\*):execute-api:([^:]*):([^:]*):([^/]*)(\/.*)?$/su

/**
 * Writes a `Resource` of an API's policy as a full ARN: the short form `execute-api:/stage/METHOD/path` (aws-rest 12.1), and `execute-api:stage/...` as some tools write it.
 *
 * Differs from Amazon: region, account and API of an ARN are those of the API that the policy belongs to. A policy that was exported from Amazon names the API's
 * id there; taken literally its Deny would guard nothing.
 */
export function expandResource(resource: string, owner: PolicyOwner): string {
  const prefix = `arn:aws:execute-api:${owner.region}:${owner.accountId}:${owner.apiId}`
  if (resource.startsWith('execute-api:')) {
    const path = resource.slice('execute-api:'.length)
    return `${prefix}${path.startsWith('/') || path === '*' ? '' : '/'}${path === '*' ? '/*' : path}`
  }
  const arn = EXECUTE_API_ARN.exec(resource)
  if (arn === null) return /^arn:(aws[a-z-]*|\*):execute-api:([^/]*:)?\*$/u.test(resource) ? `${prefix}/*` : resource
  // `...:*` without a slash is everything of the API; an id alone is no method of it and stays one that nothing matches.
  return `${prefix}${arn[4] ?? (arn[3]?.endsWith('*') === true ? '/*' : '')}`
}
