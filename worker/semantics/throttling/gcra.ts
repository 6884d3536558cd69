/** A token bucket's two numbers in Amazon's words: tokens a second, and the most it holds (aws-rest 10.1). */
export interface Limit {
  readonly rateLimit: number
  readonly burstLimit: number
}

/** How long the bucket needs for one token, in milliseconds. */
const intervalMsOf = (limit: Limit): number => 1000 / limit.rateLimit

/** How long an empty bucket needs to fill, in milliseconds. */
export const fillMsOf = (limit: Limit): number => limit.burstLimit * intervalMsOf(limit)

/**
 * The tokens in a bucket whose theoretical arrival time (TAT) is `tatMs`: full when the TAT has passed, empty when it lies one fill time ahead.
 * May be a fraction; below zero only when the limit was lowered while the bucket was low.
 */
export function tokensAt(tatMs: number, limit: Limit, nowMs: number): number {
  return limit.burstLimit - Math.max(0, tatMs - nowMs) / intervalMsOf(limit)
}

/** What came of taking tokens: the bucket's new TAT, or the old one and when to come again. */
export type Taking = { readonly kind: 'taken'; readonly tatMs: number } | { readonly kind: 'refused'; readonly tatMs: number; readonly retryAfterMs: number }

/** Fractions of a token that rounding may have eaten. */
const EPSILON = 1e-6

/**
 * Takes `count` tokens or none. The whole state of a bucket is its TAT; a refusal does not move it, and says exactly when the same call would succeed
 * (Infinity when it never would). A clock that jumped back makes the bucket look empty for at most one fill time; a jump forward counts as time.
 */
export function takeTokens(tatMs: number, limit: Limit, at: { readonly count: number; readonly nowMs: number }): Taking {
  if (at.count > limit.burstLimit || limit.rateLimit <= 0) return { kind: 'refused', tatMs, retryAfterMs: Infinity }
  const intervalMs = intervalMsOf(limit)
  const fillMs = fillMsOf(limit)
  const debtMs = Math.min(Math.max(0, tatMs - at.nowMs), fillMs)
  const nextDebtMs = debtMs + at.count * intervalMs
  if (nextDebtMs > fillMs + EPSILON * intervalMs) return { kind: 'refused', tatMs: Math.min(tatMs, at.nowMs + fillMs), retryAfterMs: nextDebtMs - fillMs }
  return { kind: 'taken', tatMs: at.nowMs + nextDebtMs }
}
