/** The directives of a Cache-Control field, of a request or an answer (RFC 9111 section 5.2, RFC 5861). A number of null means: not said. */
export interface CacheControl {
  readonly isPublic: boolean
  readonly isPrivate: boolean
  readonly noStore: boolean
  readonly noCache: boolean
  readonly mustRevalidate: boolean
  readonly proxyRevalidate: boolean
  readonly mustUnderstand: boolean
  readonly onlyIfCached: boolean
  readonly maxAgeSeconds: number | null
  readonly sMaxAgeSeconds: number | null
  readonly minFreshSeconds: number | null
  /** Infinity when `max-stale` stands alone: any staleness will do. */
  readonly maxStaleSeconds: number | null
  readonly staleWhileRevalidateSeconds: number | null
  readonly staleIfErrorSeconds: number | null
}

const DIRECTIVE = /([!#$%&'*+\-.^_`|~0-9A-Za-z]+)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,;"]*)))?/gu
/** RFC 9111 section 1.2.2: a larger number than this counts as this. */
const DELTA_SECONDS_MAX = 2_147_483_648

/** Reads a Cache-Control field; null gives no directives. Never fails: what can't be read counts as not said, a number that can't be read as 0 (section 4.2.1). */
export function parseCacheControl(field: string | null): CacheControl {
  if (field === null || field === '') return NOTHING_SAID
  const said = new Map<string, string | null>()
  for (const [, name = '', quoted, token] of field.matchAll(DIRECTIVE)) {
    const directive = name.toLowerCase()
    if (!said.has(directive)) said.set(directive, quoted ?? token ?? null)
  }
  return {
    isPublic: said.has('public'),
    isPrivate: said.has('private'),
    noStore: said.has('no-store'),
    noCache: said.has('no-cache'),
    mustRevalidate: said.has('must-revalidate'),
    proxyRevalidate: said.has('proxy-revalidate'),
    mustUnderstand: said.has('must-understand'),
    onlyIfCached: said.has('only-if-cached'),
    maxAgeSeconds: seconds(said, 'max-age'),
    sMaxAgeSeconds: seconds(said, 's-maxage'),
    minFreshSeconds: seconds(said, 'min-fresh'),
    maxStaleSeconds: said.get('max-stale') === null ? Number.POSITIVE_INFINITY : seconds(said, 'max-stale'),
    staleWhileRevalidateSeconds: seconds(said, 'stale-while-revalidate'),
    staleIfErrorSeconds: seconds(said, 'stale-if-error'),
  }
}

const NOTHING_SAID: CacheControl = {
  isPublic: false,
  isPrivate: false,
  noStore: false,
  noCache: false,
  mustRevalidate: false,
  proxyRevalidate: false,
  mustUnderstand: false,
  onlyIfCached: false,
  maxAgeSeconds: null,
  sMaxAgeSeconds: null,
  minFreshSeconds: null,
  maxStaleSeconds: null,
  staleWhileRevalidateSeconds: null,
  staleIfErrorSeconds: null,
}

function seconds(said: ReadonlyMap<string, string | null>, directive: string): number | null {
  if (!said.has(directive)) return null
  const text = said.get(directive) ?? ''
  return /^[0-9]+$/u.test(text) ? Math.min(Number(text), DELTA_SECONDS_MAX) : 0
}
