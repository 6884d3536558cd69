/** Spellings that are not one capital a word. */
const SPELLINGS: ReadonlyMap<string, string> = new Map([
  ['dnt', 'DNT'], ['etag', 'ETag'], ['sec-ch-ua', 'sec-ch-ua'], ['sec-gpc', 'Sec-GPC'], ['te', 'TE'], ['www-authenticate', 'WWW-Authenticate'],
  ['x-ua-compatible', 'X-UA-Compatible'], ['x-xss-protection', 'X-XSS-Protection'],
])

/**
 * Spells a header as clients of HTTP/1.1 do, `X-Forwarded-For`: what functions written for Amazon look for.
 * Differs from Amazon: it hands headers on as they were sent; a Worker does not get their spelling.
 */
export function toWireCase(name: string): string {
  const lower = name.toLowerCase()
  const special = SPELLINGS.get(lower)
  if (special !== undefined) return special
  if (lower.startsWith('cloudfront-')) return `CloudFront-${capitalise(lower.slice('cloudfront-'.length)).replace('Smarttv', 'SmartTV')}`
  return capitalise(lower)
}

function capitalise(lower: string): string {
  return lower.replaceAll(/(?:^|-)[a-z]/gu, (start) => start.toUpperCase())
}
