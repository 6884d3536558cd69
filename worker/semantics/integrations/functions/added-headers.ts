/** What of a request the gateway tells a function by headers of its own. */
export interface ForwardedSource {
  readonly forwardedFor: string | null
  readonly sourceIp: string
  /** The URL that the client called. */
  readonly url: string
  readonly traceId: string
  readonly isEdge: boolean
  readonly userAgent: string | null
  /** The country that the edge saw the client in; null when it doesn't tell. */
  readonly country: string | null
}

/** The headers that Amazon adds to an event (aws-rest 6.2), lower case. Port and protocol are those that the client used, which at the edge are 443 and https. */
export function toAddedHeaders(source: ForwardedSource): Readonly<Record<string, string>> {
  const isHttps = source.url.startsWith('https:')
  return {
    'x-amzn-trace-id': source.traceId,
    'x-forwarded-for': toForwardedFor(source.forwardedFor, source.sourceIp),
    'x-forwarded-port': portOf(source.url) ?? (isHttps ? '443' : '80'),
    'x-forwarded-proto': isHttps ? 'https' : 'http',
    ...(source.isEdge ? toViewerHeaders(source, isHttps) : {}),
  }
}

/** Cloudflare has put the client's address at the end already; other runtimes have not. */
function toForwardedFor(chain: string | null, sourceIp: string): string {
  if (chain === null || chain === '') return sourceIp
  const last = chain.slice(chain.lastIndexOf(',') + 1).trim()
  return last === sourceIp ? chain : `${chain}, ${sourceIp}`
}

function portOf(url: string): string | null {
  return /^[a-z]+:\/\/[^/?#]*:([0-9]+)(?:[/?#]|$)/u.exec(url)?.[1] ?? null
}

const TABLET = /\b(?:iPad|Tablet|PlayBook|Silk)\b|Android(?!.*\bMobile\b)/u
const MOBILE = /\b(?:Mobile|iPhone|iPod|Windows Phone|Opera Mini)\b/u
const SMART_TV = /\b(?:SmartTV|SMART-TV|AppleTV|GoogleTV|HbbTV|Web0S|CrKey|Roku)\b/u

/**
 * What an edge-optimised API tells of the viewer.
 * Differs from Amazon: `Via` and `X-Amz-Cf-Id` are left out, as there is no CloudFront; the kind of device is guessed from the user agent by a shorter list.
 */
function toViewerHeaders({ userAgent, country }: ForwardedSource, isHttps: boolean): Readonly<Record<string, string>> {
  const agent = userAgent ?? ''
  const isSmartTv = SMART_TV.test(agent)
  const isTablet = !isSmartTv && TABLET.test(agent)
  const isMobile = !isSmartTv && !isTablet && MOBILE.test(agent)
  return {
    'cloudfront-forwarded-proto': isHttps ? 'https' : 'http',
    'cloudfront-is-desktop-viewer': String(!isSmartTv && !isTablet && !isMobile),
    'cloudfront-is-mobile-viewer': String(isMobile),
    'cloudfront-is-smarttv-viewer': String(isSmartTv),
    'cloudfront-is-tablet-viewer': String(isTablet),
    ...(country === null ? {} : { 'cloudfront-viewer-country': country }),
  }
}
