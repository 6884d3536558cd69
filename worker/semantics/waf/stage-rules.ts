import { isInBlock, parseIpAddress, parseIpBlock, type IpBlock } from '../policy/ip-address.ts'

/** The filter of a stage as its rule file says it. */
export interface StageFilter {
  readonly ipSet?: { readonly allow?: readonly string[] | undefined; readonly block?: readonly string[] | undefined } | undefined
  readonly blockedCountries?: readonly string[] | undefined
  readonly rate?: { readonly limit: number; readonly windowSeconds: number } | undefined
}

/** A stage's filter, prepared. */
export interface ReadyFilter {
  readonly allow: readonly IpBlock[] | null
  readonly block: readonly IpBlock[]
  readonly blockedCountries: ReadonlySet<string>
  /** Requests of one address in a window; null when they are not counted. */
  readonly rate: { readonly limit: number; readonly windowSeconds: number } | null
}

/** Why a request is filtered; for the log. */
export type FilterReason = 'ip-blocked' | 'ip-not-allowed' | 'country-blocked'

/** Prepares a filter that was checked. */
export function compileFilter(filter: StageFilter): ReadyFilter {
  return {
    allow: filter.ipSet?.allow === undefined ? null : toBlocks(filter.ipSet.allow),
    block: toBlocks(filter.ipSet?.block ?? []),
    blockedCountries: new Set(filter.blockedCountries),
    rate: filter.rate ?? null,
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

function toBlocks(texts: readonly string[]): readonly IpBlock[] {
  return texts.flatMap((text) => parseIpBlock(text) ?? [])
}
