import { compilePolicy, type Policy } from './compile-policy.ts'
import { expandResource } from './expand-resource.ts'
import { toMethodArn, type MethodCall } from './method-arn.ts'

/** Stands for region, account and API in an API's own policy: which they are does not matter to it (`expandResource`). */
const OWNER = { region: 'own-region', accountId: 'own-account', apiId: 'own-api' } as const

/** Prepares the resource policy of an API. One that can't be read (it was refused at deploy) allows nothing. */
export function toReadyPolicy(document: unknown): Policy {
  const compilation = compilePolicy(document, { kind: 'resource', expandResource: (resource) => expandResource(resource, OWNER) })
  return compilation.kind === 'policy' ? compilation.policy : { statements: [] }
}

/** The ARNs of a call as the API's own policy names them; see `toGuardedArns` for why there may be several. */
export function toOwnArns(arns: readonly [string, ...string[]], call: MethodCall): readonly [string, ...string[]] {
  const prefix = toMethodArn({ ...call, path: '/' })
  const own = toMethodArn({ ...call, ...OWNER, path: '/' })
  const [first, ...others] = arns
  const toOwn = (arn: string): string => own + arn.slice(prefix.length)
  return [toOwn(first), ...others.map(toOwn)]
}
