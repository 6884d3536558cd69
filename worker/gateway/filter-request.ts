import type { Ports } from '../ports.ts'
import { findFilterReason, type FilterReason } from '../semantics/waf/stage-rules.ts'
import type { Resolved } from './exchange.ts'
import { GatewayRefusal } from './refusal.ts'

/** Step 2b. The stage's web ACL: it comes before routes, policies and authorizers, as Amazon's does (aws-rest 2, row 3). */
export function filterRequest({ stage, sourceIp, request, receivedAtMs }: Resolved, ports: Ports): void {
  if (stage.filter === null) return
  const { filter } = stage
  const reason = countriesOf(request).reduce<FilterReason | null>((found, country) => found ?? findFilterReason(filter, sourceIp, country), null)
  if (reason !== null) throw new GatewayRefusal('WAF_FILTERED', { note: `filtered: ${reason}` })
  const { apiId, stageName } = stage.document
  const isWithin = filter.rate === null || ports.access.rates.take(`${apiId}/${stageName}/${sourceIp}`, filter.rate, receivedAtMs)
  if (!isWithin) throw new GatewayRefusal('WAF_FILTERED', { note: 'filtered: the address sends more than the rate of the stage' })
}

/** Cloudflare says the country in a header and beside the request; where the two differ somebody forged the header, so each counts. */
function countriesOf(request: Request): readonly (string | null)[] {
  const cf: unknown = Reflect.get(request, 'cf')
  const country = typeof cf === 'object' && cf !== null && 'country' in cf && typeof cf.country === 'string' ? cf.country : null
  return [request.headers.get('cf-ipcountry'), country]
}
