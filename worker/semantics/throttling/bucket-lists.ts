import type { UsagePlanDocument } from '../../../kv-schemas/documents/access.ts'
import type { AccountDocument } from '../../../kv-schemas/documents/account.ts'
import type { MethodSetting } from '../../../kv-schemas/rule-files/stage.ts'
import { bucketsOf, type Bucket } from './buckets-of.ts'
import { prepareFields, type ReadyFields } from './rate-limit-fields.ts'

/** How many lists of a stage are kept. */
const LIMITS = { listsMax: 10_000 } as const

/** A method of the stage. */
export interface LimitedMethod {
  readonly resourcePath: string
  readonly httpMethod: string
}

/** Who calls what, and the rules that hold for it now. */
export interface LimitedCall<Method extends LimitedMethod> {
  readonly method: Method
  /** The stage's for that method, always the same. */
  readonly settings: MethodSetting
  readonly account: AccountDocument
  /** The plan and the key of the caller; null when the method needs no key. */
  readonly plan: { readonly document: UsagePlanDocument; readonly apiKeyId: string } | null
}

/** The buckets of all requests of one kind, with what is said of them on answers. */
export interface ReadyBuckets {
  readonly buckets: readonly Bucket[]
  /** Null when answers say nothing. */
  readonly fields: ReadyFields | null
}

/** The buckets of a stage's requests. */
export interface BucketLists<Method extends LimitedMethod> {
  of(call: LimitedCall<Method>): ReadyBuckets
}

/** The lists of a method, as long as the account's document is that one. */
interface MethodLists {
  readonly account: AccountDocument
  open: ReadyBuckets | null
  /** By API key; each as long as the plan's document is that one. */
  readonly keyed: Map<string, { readonly plan: UsagePlanDocument; readonly ready: ReadyBuckets }>
}

/** Makes a list at the first request that needs it, and keeps it as long as the documents it comes from are in use. When there are too many, all are made anew. */
export function createBucketLists<Method extends LimitedMethod>(place: { readonly apiId: string; readonly stage: string }): BucketLists<Method> {
  let lists = new WeakMap<Method, MethodLists>()
  let kept = 0
  const listsOf = ({ method, account }: LimitedCall<Method>): MethodLists => {
    const held = lists.get(method)
    if (held !== undefined && held.account === account) return held
    const made: MethodLists = { account, open: null, keyed: new Map() }
    lists.set(method, made)
    return made
  }
  const make = (call: LimitedCall<Method>): ReadyBuckets => {
    const { method, settings } = call
    const buckets = bucketsOf({ ...call, ...place, resourcePath: method.resourcePath, httpMethod: method.httpMethod })
    return { buckets, fields: settings.rateLimitHeaders ? prepareFields(buckets) : null }
  }
  return {
    of(call) {
      const { plan } = call
      const ofMethod = listsOf(call)
      if (plan === null) return (ofMethod.open ??= make(call))
      const held = ofMethod.keyed.get(plan.apiKeyId)
      if (held !== undefined && held.plan === plan.document) return held.ready
      const ready = make(call)
      ofMethod.keyed.set(plan.apiKeyId, { plan: plan.document, ready })
      kept += 1
      if (kept > LIMITS.listsMax) {
        lists = new WeakMap()
        kept = 0
      }
      return ready
    },
  }
}
