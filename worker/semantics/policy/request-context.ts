import type { ContextLookup } from './pattern.ts'

/** Where a call to a private API comes from. */
export interface PrivateNetwork {
  readonly vpceId: string
  readonly vpcId: string | null
  /** The caller's address within the network. */
  readonly sourceIp: string | null
}

/** What the gateway knows of a call, as condition keys see it (aws-rest 12.3). */
export interface CallFacts {
  readonly nowMs: number
  readonly sourceIp: string
  readonly isSecure: boolean
  readonly userAgent: string | null
  readonly referer: string | null
  /** The region and account of the API. */
  readonly region: string
  /** Of calls to private APIs only. */
  readonly privateNetwork: PrivateNetwork | null
  readonly caller: CallerFacts | null
}

/** What is known of a caller who proved who it is. */
export interface CallerFacts {
  readonly arn: string
  readonly accountId: string
  readonly userId: string
  readonly userName: string | null
  readonly principalType: string
  readonly organizationId: string | null
  readonly tags: Readonly<Record<string, string>>
  readonly hasSession: boolean
  readonly issuedAtMs: number | null
}

type Reader = (facts: CallFacts) => string | number | boolean | null | undefined

/** Every condition key, in lower case: their names ignore case. */
const KEYS: Readonly<Record<string, Reader>> = {
  'aws:currenttime': (facts) => new Date(facts.nowMs).toISOString(),
  'aws:epochtime': (facts) => Math.floor(facts.nowMs / 1000),
  'aws:securetransport': (facts) => facts.isSecure,
  'aws:sourceip': (facts) => (facts.privateNetwork === null ? facts.sourceIp : null),
  'aws:useragent': (facts) => facts.userAgent,
  'aws:referer': (facts) => facts.referer,
  'aws:requestedregion': (facts) => facts.region,
  'aws:viaawsservice': () => false,
  'aws:principalisawsservice': () => false,
  'aws:sourcevpc': (facts) => facts.privateNetwork?.vpcId,
  'aws:sourcevpce': (facts) => facts.privateNetwork?.vpceId,
  'aws:vpcsourceip': (facts) => facts.privateNetwork?.sourceIp,
  'aws:principalarn': (facts) => facts.caller?.arn,
  'aws:principalaccount': (facts) => facts.caller?.accountId,
  'aws:principaltype': (facts) => facts.caller?.principalType,
  'aws:principalorgid': (facts) => facts.caller?.organizationId,
  'aws:userid': (facts) => facts.caller?.userId,
  'aws:username': (facts) => facts.caller?.userName,
  'aws:tokenissuetime': (facts) => (facts.caller?.issuedAtMs == null ? null : new Date(facts.caller.issuedAtMs).toISOString()),
  'aws:multifactorauthpresent': (facts) => (facts.caller?.hasSession === true ? false : null),
}

const PRINCIPAL_TAG = 'aws:principaltag/'

/** Whether a condition key has a meaning here; others are worth a warning. */
export function isKnownKey(key: string): boolean {
  const name = key.toLowerCase()
  return Object.hasOwn(KEYS, name) || name.startsWith(PRINCIPAL_TAG)
}

/** Answers condition keys from the facts of a call; works a value out only when a policy asks. */
export function createContextLookup(facts: CallFacts): ContextLookup {
  return (key) => {
    const value = key.startsWith(PRINCIPAL_TAG) ? readTag(facts, key.slice(PRINCIPAL_TAG.length)) : Object.hasOwn(KEYS, key) ? KEYS[key]?.(facts) : undefined
    return value === undefined || value === null ? undefined : [String(value)]
  }
}

function readTag(facts: CallFacts, name: string): string | undefined {
  const tags = Object.entries(facts.caller?.tags ?? {})
  return tags.find(([key]) => key.toLowerCase() === name)?.[1]
}
