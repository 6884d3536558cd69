import type { ContextLookup } from './pattern.ts'
import { compilePattern, matchesPattern } from './pattern.ts'

/** Who calls, as policies see it. */
export type Principal =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'aws'
      readonly accountId: string
      /** `arn:aws:iam::123456789012:user/alice`, `arn:aws:sts::123456789012:assumed-role/role/session`, ... */
      readonly arn: string
    }

/** The caller that nobody knows. */
export const ANONYMOUS: Principal = { kind: 'anonymous' }

/** Whether a `Principal` element of a statement names the caller. */
export type PrincipalTest = (principal: Principal) => boolean

const ACCOUNT_ID = /^[0-9]{12}$/u
const ROOT_ARN = /^arn:aws[a-z-]*:iam::([0-9]{12}):root$/u
const SESSION_ARN = /^arn:(aws[a-z-]*):sts::([0-9]{12}):assumed-role\/([^/]+)\/[^/]+$/u
const NO_VARIABLES: ContextLookup = () => undefined

/** Prepares one value of `Principal.AWS`: `*`, an account, or an ARN. Gives `undefined` when it is none of them. */
export function compileAwsPrincipal(value: string): PrincipalTest | undefined {
  if (value === '*') return () => true
  const account = ACCOUNT_ID.test(value) ? value : ROOT_ARN.exec(value)?.[1]
  if (account !== undefined) return (principal) => principal.kind === 'aws' && principal.accountId === account
  if (!value.startsWith('arn:')) return undefined
  // Amazon takes no wildcards within a principal, so a star here is a star.
  const pattern = compilePattern(value, { wildcards: false, ignoreCase: false })
  return (principal) => principal.kind === 'aws' && toPrincipalArns(principal.arn).some((arn) => matchesPattern(pattern, arn, NO_VARIABLES))
}

/** A session of a role is that session, and the role. */
function toPrincipalArns(arn: string): readonly string[] {
  const session = SESSION_ARN.exec(arn)
  return session === null ? [arn] : [arn, `arn:${session[1]}:iam::${session[2]}:role/${session[3]}`]
}
