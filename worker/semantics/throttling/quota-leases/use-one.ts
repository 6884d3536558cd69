import { dayOf, periodEndMs, type Quota } from '../quota.ts'
import { bookUsed, noteUse, settleBook, standOf, type QuotaBook } from './quota-book.ts'
import type { QuotaLeaseLimits } from './quota-lease-limits.ts'

/** What the counter says of one request. `leased` units are with isolates: some may come back. */
export type UsedOne = { readonly kind: 'counted'; readonly day: string } | { readonly kind: 'used-up'; readonly allowance: number; readonly leased: number; readonly resetsInMs: number }

/** Counts one request by itself (mode `exact`), when there is a unit for it. */
export function useOne(book: QuotaBook, quota: Quota, nowMs: number, limits: QuotaLeaseLimits): UsedOne {
  settleBook(book, nowMs, limits)
  const { free, allowance, leased } = standOf(book, quota, nowMs)
  if (free < 1) return { kind: 'used-up', allowance, leased, resetsInMs: periodEndMs(quota.period, nowMs) - nowMs }
  const day = dayOf(nowMs)
  noteUse(book, nowMs)
  bookUsed(book, day, 1)
  return { kind: 'counted', day }
}
