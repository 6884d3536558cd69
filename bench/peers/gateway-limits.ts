import type { Env } from '../../worker/adapters/env.ts'
import { portsOf } from '../../worker/adapters/ports.ts'
import { THROTTLE_MODES } from '../../kv-schemas/rule-files/throttle.ts'
import type { Bucket } from '../../worker/semantics/throttling/buckets-of.ts'

/** A Worker that answers a constant after taking a token of each of some buckets, through the gateway's own ports: `/?buckets=5&mode=lease&rate=100&burst=50&name=a`. */
const BODY = JSON.stringify({ id: 1, name: 'Rex', species: 'dog', priceCents: 9900 })

/** Buckets by query: parsed once, as rules are. */
const known = new Map<string, readonly Bucket[]>()

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const buckets = known.get(request.url) ?? parse(request.url)
    const taking = portsOf(env).limits.take(buckets)
    const outcomes = taking instanceof Promise ? await taking : taking
    const isRefused = outcomes.at(-1)?.kind === 'refused'
    return new Response(BODY, { status: isRefused ? 429 : 200, headers: { 'content-type': 'application/json', 'x-own-share': String(outcomes.some(({ isOwnShare }) => isOwnShare)) } })
  },
}

function parse(url: string): readonly Bucket[] {
  const { searchParams } = new URL(url)
  const numberOf = (name: string, otherwise: number): number => Number(searchParams.get(name) ?? otherwise)
  const mode = THROTTLE_MODES.find((one) => one === searchParams.get('mode')) ?? 'lease'
  const limit = { rateLimit: numberOf('rate', 1_000_000), burstLimit: numberOf('burst', 1_000_000) }
  const buckets = Array.from({ length: numberOf('buckets', 0) }, (_, index): Bucket => ({ scope: 'method', name: `${searchParams.get('name') ?? 'bench'}/${index}`, limit, mode, isShadow: false }))
  known.set(url, buckets)
  return buckets
}

export { QuotaCounter } from '../../worker/objects/quota-counter.ts'
export { TokenBucket } from '../../worker/objects/token-bucket.ts'
