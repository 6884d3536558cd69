import type { Ports } from '../ports.ts'
import { findFilterReason, toAddressBucket, type FilterReason, type ReadyFilter } from '../semantics/waf/stage-rules.ts'
import type { Resolved } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/** Step 2b. The stage's web ACL: it comes before routes, policies and authorizers, as Amazon's does (aws-rest 2, row 3). Waits only where a rate is counted for all isolates. */
export function filterRequest(resolved: Resolved, ports: Ports): undefined | Promise<void> {
  const { filter } = resolved.stage
  if (filter === null) return undefined
  const reason = countriesOf(resolved.request).reduce<FilterReason | null>((found, country) => found ?? findFilterReason(filter, resolved.sourceIp, country), null)
  if (reason !== null) throw new GatewayRefusal('WAF_FILTERED', { note: `filtered: ${reason}` })
  return filter.rate === null ? undefined : takeToken(resolved, filter.rate, ports)
}

async function takeToken({ stage, sourceIp, requestId }: Resolved, rate: NonNullable<ReadyFilter['rate']>, ports: Ports): Promise<void> {
  const { apiId, stageName } = stage.document
  const bucket = toAddressBucket(rate, { apiId, stage: stageName, sourceIp })
  const [outcome] = await ports.limits.take([bucket])
  if (outcome?.isOwnShare === true) ports.log.write({ level: 'warn', message: 'a bucket could not be reached: the isolate goes by its own share', metric: 'limits.ownShare', cause: outcome.cause, requestId, apiId, bucket: bucket.name })
  if (outcome?.kind === 'refused') throw new GatewayRefusal('WAF_FILTERED', { note: 'filtered: the address sends more than the rate of the stage' })
}

/** Cloudflare says the country in a header and beside the request; where the two differ somebody forged the header, so each counts. */
function countriesOf(request: Request): readonly (string | null)[] {
  const cf: unknown = Reflect.get(request, 'cf')
  const country = typeof cf === 'object' && cf !== null && 'country' in cf && typeof cf.country === 'string' ? cf.country : null
  return [request.headers.get('cf-ipcountry'), country]
}
