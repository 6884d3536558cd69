/** A quota in Amazon's words: so many requests a period; `offset` fewer in the first one (aws-rest 10.2). */
export interface Quota {
  readonly limit: number
  readonly offset: number
  readonly period: 'DAY' | 'WEEK' | 'MONTH'
  /** Whether isolates are lent units ahead (so unless set), or each request asks the counter. */
  readonly mode?: 'lease' | 'exact' | undefined
  readonly enforce?: 'refuse' | 'shadow' | undefined
}

/** What a plan without a quota is counted by: units are lent to isolates as those of any other, and never run out. */
export const UNLIMITED_QUOTA: Quota = { limit: Number.MAX_SAFE_INTEGER, offset: 0, period: 'DAY' }

const DAY_MS = 86_400_000
/** 1 January 1970 was a Thursday; the week begins on Sunday. */
const FIRST_SUNDAY_MS = 3 * DAY_MS

/** When the period began that an instant lies in, in UTC: midnight, Sunday, the first of the month (aws-rest 10.2). */
export function periodStartMs(period: Quota['period'], nowMs: number): number {
  switch (period) {
    case 'DAY':
      return nowMs - modulo(nowMs, DAY_MS)
    case 'WEEK':
      return nowMs - modulo(nowMs - FIRST_SUNDAY_MS, 7 * DAY_MS)
    case 'MONTH': {
      const date = new Date(nowMs)
      return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
    }
    default:
      return period satisfies never
  }
}

/** When the next period begins. */
export function periodEndMs(period: Quota['period'], nowMs: number): number {
  const startMs = periodStartMs(period, nowMs)
  if (period === 'DAY') return startMs + DAY_MS
  if (period === 'WEEK') return startMs + 7 * DAY_MS
  const date = new Date(startMs)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1)
}

/** How many requests a period allows; `firstPeriodStartMs` is the period in which the key was first used, `extra` what an operator added (or took away). */
export function allowanceOf(quota: Quota, period: { readonly startMs: number; readonly firstPeriodStartMs: number; readonly extra: number }): number {
  const offset = period.startMs === period.firstPeriodStartMs ? quota.offset : 0
  return Math.max(0, quota.limit - offset + period.extra)
}

/** The day of an instant in UTC, as `2026-11-22`. */
export const dayOf = (nowMs: number): string => new Date(nowMs).toISOString().slice(0, 10)

const modulo = (value: number, by: number): number => ((value % by) + by) % by
