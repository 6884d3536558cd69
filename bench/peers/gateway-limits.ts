import type { Env } from '../../worker/adapters/env.ts'
import { portsOf } from '../../worker/adapters/ports.ts'
import { THROTTLE_MODES } from '../../kv-schemas/rule-files/throttle.ts'
import type { QuotaCall } from '../../worker/ports.ts'
import type { Bucket } from '../../worker/semantics/throttling/buckets-of.ts'

/**
 * A Worker that answers a constant after taking a token of each of some buckets, and a unit of a quota if there is one, through the gateway's own ports:
 * `/?buckets=5&mode=lease&rate=100&burst=50&name=a`, `/?quota=1000&mode=exact&name=a`.
 */
const BODY = JSON.stringify({ id: 1, name: 'Rex', species: 'dog', priceCents: 9900 })

interface Wanted {
  readonly buckets: readonly Bucket[]
  readonly quota: Omit<QuotaCall, 'requestId'> | null
}

/** What is wanted by query: parsed once, as rules are. */
const known = new Map<string, Wanted>()

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const { buckets, quota } = known.get(request.url) ?? parse(request.url)
    if (quota !== null) {
      const using = portsOf(env).limits.useQuota({ ...quota, requestId: crypto.randomUUID() })
      const { kind } = using instanceof Promise ? await using : using
      if (kind !== 'counted') return new Response(kind, { status: kind === 'used-up' ? 429 : 500 })
    }
    const taking = portsOf(env).limits.take(buckets)
    const outcomes = taking instanceof Promise ? await taking : taking
    const isRefused = outcomes.at(-1)?.kind === 'refused'
    return new Response(BODY, { status: isRefused ? 429 : 200, headers: { 'content-type': 'application/json', 'x-own-share': String(outcomes.some(({ isOwnShare }) => isOwnShare)) } })
  },
}

function parse(url: string): Wanted {
  const { searchParams } = new URL(url)
  const numberOf = (name: string, otherwise: number): number => Number(searchParams.get(name) ?? otherwise)
  const mode = THROTTLE_MODES.find((one) => one === searchParams.get('mode')) ?? 'lease'
  const limit = { rateLimit: numberOf('rate', 1_000_000), burstLimit: numberOf('burst', 1_000_000) }
  const name = searchParams.get('name') ?? 'bench'
  const buckets = Array.from({ length: numberOf('buckets', 0) }, (_, index): Bucket => ({ scope: 'method', name: `${name}/${index}`, limit, mode, isShadow: false }))
  const quota: QuotaCall['quota'] = searchParams.has('quota') ? { limit: numberOf('quota', 0), offset: 0, period: 'MONTH', mode: mode === 'exact' ? 'exact' : 'lease' } : null
  const wanted: Wanted = { buckets, quota: quota === null ? null : { usagePlanId: 'bench', apiKeyId: name, quota } }
  known.set(url, wanted)
  return wanted
}

export { QuotaCounter } from '../../worker/objects/quota-counter.ts'
export { TokenBucket } from '../../worker/objects/token-bucket.ts'
