/** Why a request went to the backend, in the words of RFC 9211 section 2.2. */
export type ForwardReason = 'bypass' | 'method' | 'uri-miss' | 'vary-miss' | 'miss' | 'request' | 'stale'

/** What the cache did with a request. */
export type CacheStatus =
  | { readonly kind: 'hit'; readonly ttlSeconds: number; readonly detail: string | null }
  | {
      readonly kind: 'forwarded'
      readonly reason: ForwardReason
      /** The status of the backend's answer, when it is not the one the client sees. */
      readonly forwardStatus: number | null
      /** How long the stored answer stays fresh; null when nothing was stored or it is not known yet. */
      readonly ttlSeconds: number | null
      readonly isStored: boolean
      readonly isCollapsed: boolean
      readonly detail: string | null
    }

const TOKEN = /^[A-Za-z*][!#$%&'*+\-.^_`|~:/0-9A-Za-z]*$/u

/** Writes one member of the Cache-Status field (RFC 9211): `stagedoor; hit; ttl=30`. */
export function renderCacheStatus(status: CacheStatus): string {
  const detail = status.detail === null ? '' : `; detail=${renderDetail(status.detail)}`
  if (status.kind === 'hit') return `stagedoor; hit; ttl=${status.ttlSeconds}${detail}`
  let text = `stagedoor; fwd=${status.reason}`
  if (status.forwardStatus !== null) text += `; fwd-status=${status.forwardStatus}`
  if (status.ttlSeconds !== null) text += `; ttl=${status.ttlSeconds}`
  if (status.isStored) text += '; stored'
  if (status.isCollapsed) text += '; collapsed'
  return text + detail
}

function renderDetail(detail: string): string {
  return TOKEN.test(detail) ? detail : `"${detail.replace(/[^ -~]/gu, '').replace(/["\\]/gu, String.raw`\$&`)}"`
}
