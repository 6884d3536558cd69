import type { ThrottleMode } from '../../../kv-schemas/rule-files/throttle.ts'
import type { Bucket } from '../throttling/buckets-of.ts'
import type { Limit } from '../throttling/gcra.ts'
import { isInBlock, parseIpAddress, parseIpBlock, type IpBlock } from '../policy/ip-address.ts'

/** The filter of a stage as its rule file says it. */
export interface StageFilter {
  readonly ipSet?: { readonly allow?: readonly string[] | undefined; readonly block?: readonly string[] | undefined } | undefined
  readonly blockedCountries?: readonly string[] | undefined
  readonly rate?: { readonly limit: number; readonly windowSeconds: number; readonly mode?: ThrottleMode | undefined } | undefined
}

/** A stage's filter, prepared. */
export interface ReadyFilter {
  readonly allow: readonly IpBlock[] | null
  readonly block: readonly IpBlock[]
  readonly blockedCountries: ReadonlySet<string>
  /** What one address may send; null when nobody counts. */
  readonly rate: { readonly limit: Limit; readonly mode: ThrottleMode } | null
}

/** Why a request is filtered; for the log. */
export type FilterReason = 'ip-blocked' | 'ip-not-allowed' | 'country-blocked'

/** Prepares a filter that was checked. */
export function compileFilter(filter: StageFilter): ReadyFilter {
  return {
    allow: filter.ipSet?.allow === undefined ? null : toBlocks(filter.ipSet.allow),
    block: toBlocks(filter.ipSet?.block ?? []),
    blockedCountries: new Set(filter.blockedCountries),
    rate: filter.rate === undefined ? null : { limit: { rateLimit: filter.rate.limit / filter.rate.windowSeconds, burstLimit: filter.rate.limit }, mode: filter.rate.mode ?? 'lease' },
  }
}

/** Whether a request may not pass, by its address and country alone. An address that is none is in no set. */
export function findFilterReason(filter: ReadyFilter, sourceIp: string, country: string | null): FilterReason | null {
  const address = parseIpAddress(sourceIp)
  const isIn = (blocks: readonly IpBlock[]): boolean => address !== undefined && blocks.some((block) => isInBlock(address, block))
  if (isIn(filter.block)) return 'ip-blocked'
  if (filter.allow !== null && !isIn(filter.allow)) return 'ip-not-allowed'
  return country !== null && filter.blockedCountries.has(country) ? 'country-blocked' : null
}

/** The bucket of one address at one stage. */
export function toAddressBucket({ limit, mode }: NonNullable<ReadyFilter['rate']>, { apiId, stage, sourceIp }: { readonly apiId: string; readonly stage: string; readonly sourceIp: string }): Bucket {
  return { scope: 'address', name: `address/${apiId}/${stage}/${sourceIp}`, limit, mode, isShadow: false }
}

function toBlocks(texts: readonly string[]): readonly IpBlock[] {
  return texts.flatMap((text) => parseIpBlock(text) ?? [])
}
