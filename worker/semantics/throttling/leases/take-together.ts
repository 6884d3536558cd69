import { isUnreachable, standingOf, takeToken, type Lease } from './lease.ts'
import type { LeaseLimits } from './lease-limits.ts'

/** One of the leases that a request needs a token of. */
export interface Wanted {
  readonly lease: Lease
  /** A shadow counts, and stops nobody. */
  readonly isShadow: boolean
}

/** What came of it: a token of each (`ownShare` and `refused` tell which are of the isolate's own share, and which shadows had none), a refusal, or leases whose object must be asked. */
export type Together =
  | { readonly kind: 'taken'; readonly ownShare: ReadonlySet<Lease>; readonly empty: ReadonlySet<Lease> }
  | { readonly kind: 'refused'; readonly lease: Lease; readonly retryAfterMs: number; readonly isOwnShare: boolean }
  | { readonly kind: 'short'; readonly leases: readonly Lease[] }

const NONE: ReadonlySet<Lease> = new Set()
const TAKEN: Together = { kind: 'taken', ownShare: NONE, empty: NONE }

/** Takes a token of every lease, or of none. The first that refuses is the one that is reported. */
export function takeTogether(wanted: readonly Wanted[], nowMs: number, limits: LeaseLimits): Together {
  if (wanted.every(({ lease }) => lease.tokens >= 1)) {
    for (const { lease } of wanted) takeToken(lease, nowMs, limits)
    return TAKEN
  }
  const empty = new Set<Lease>()
  const short: Lease[] = []
  for (const { lease, isShadow } of wanted) {
    const standing = standingOf(lease, nowMs, limits)
    if (standing.kind === 'refused' && !isShadow) return { kind: 'refused', lease, retryAfterMs: standing.retryAfterMs, isOwnShare: standing.isOwnShare }
    if (standing.kind === 'refused') empty.add(lease)
    if (standing.kind === 'short') short.push(lease)
  }
  if (short.length > 0) return { kind: 'short', leases: short }
  const ownShare = new Set<Lease>()
  for (const { lease } of wanted) {
    if (empty.has(lease)) continue
    if (takeToken(lease, nowMs, limits) || isUnreachable(lease, limits)) ownShare.add(lease)
  }
  return { kind: 'taken', ownShare, empty }
}
