import type { CanaryDocument } from '../../../kv-schemas/documents/stage.ts'

/** Whether a draw in [0, 1) falls to the canary (aws-rest 8.4: per request, random). */
export function drawCanary(percentTraffic: number, draw: number): boolean {
  return draw * 100 < percentTraffic
}

/** What a sticky canary may know a caller by. */
export interface CanaryCaller {
  readonly headers: Headers
  readonly sourceIp: string
}

/**
 * A caller's own draw in [0, 1): the same at every request, so that a caller who is in the canary stays in while the percentage grows. Null when the canary
 * is not sticky or the caller shows nothing to know it by; then chance draws, as on Amazon.
 */
export function toStickyDraw(stickiness: CanaryDocument['stickiness'], caller: CanaryCaller): number | null {
  if (stickiness === null) return null
  const mark = readMark(stickiness, caller)
  return mark === null || mark === '' ? null : hashToUnit(`${stickiness.salt}\n${mark}`)
}

function readMark(stickiness: NonNullable<CanaryDocument['stickiness']>, { headers, sourceIp }: CanaryCaller): string | null {
  switch (stickiness.type) {
    case 'API_KEY':
      return headers.get('x-api-key')
    case 'SOURCE_IP':
      return sourceIp
    case 'HEADER':
      return stickiness.name === null ? null : headers.get(stickiness.name)
    case 'COOKIE':
      return stickiness.name === null ? null : readCookie(headers.get('cookie'), stickiness.name)
    default:
      return stickiness.type satisfies never
  }
}

function readCookie(header: string | null, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=')
    if (at !== -1 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
  }
  return null
}

/** FNV-1a over the UTF-8 bytes, then the finalizer of MurmurHash3, which spreads it evenly over 32 bits. */
function hashToUnit(text: string): number {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
}
