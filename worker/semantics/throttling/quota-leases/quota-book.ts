import { allowanceOf, dayOf, periodEndMs, periodStartMs, type Quota } from '../quota.ts'
import type { QuotaLeaseLimits } from './quota-lease-limits.ts'
import type { QuotaReply } from './quota-protocol.ts'

/** What a counter knows of one holder: the most that it may still spend, of which day, and its last reply for the case that it got lost. */
export interface QuotaHolder {
  readonly leased: number
  readonly day: string
  readonly reply: QuotaReply
  readonly heardMs: number
}

/** What of a book is to be written down before anything is answered. */
export interface UnsavedQuota {
  readonly days: Set<string>
  readonly holders: Set<string>
  readonly extras: Set<number>
  firstUse: boolean
}

/**
 * The books of one key under one usage plan, changed in place. `used` and `leased` together never exceed what the period allows, and what was spent is never more than both:
 * units that are lent come back by their holder's own word alone. Those of a holder that falls silent are booked as used, for nobody knows whether it spent them.
 */
export interface QuotaBook {
  /** Requests that were counted, by day in UTC. */
  readonly used: Map<string, number>
  /** The one that was heard last is last. */
  readonly holders: Map<string, QuotaHolder>
  /** What an operator added (or took away), by the period's start. */
  readonly extras: Map<number, number>
  firstUseMs: number | null
  readonly unsaved: UnsavedQuota
}

/** Books in which nothing is written. */
export function openQuotaBook(): QuotaBook {
  return { used: new Map(), holders: new Map(), extras: new Map(), firstUseMs: null, unsaved: { days: new Set(), holders: new Set(), extras: new Set(), firstUse: false } }
}

/** Forgets what was to be written: it is. */
export function markSaved({ unsaved }: QuotaBook): void {
  unsaved.days.clear()
  unsaved.holders.clear()
  unsaved.extras.clear()
  unsaved.firstUse = false
}

/** Books units as used on a day, or (less than none) takes them off again. */
export function bookUsed(book: QuotaBook, day: string, units: number): void {
  if (units === 0) return
  book.used.set(day, (book.used.get(day) ?? 0) + units)
  book.unsaved.days.add(day)
}

/** Notes when the key was used first: the quota's offset counts in that period. */
export function noteUse(book: QuotaBook, nowMs: number): void {
  if (book.firstUseMs !== null) return
  book.firstUseMs = nowMs
  book.unsaved.firstUse = true
}

/** Writes down what a holder has; it is now the one that was heard last. */
export function putHolder(book: QuotaBook, id: string, holder: QuotaHolder): void {
  book.holders.delete(id)
  book.holders.set(id, holder)
  book.unsaved.holders.add(id)
}

/** Brings the books to a time: what silent holders have is booked as used, and who was silent for very long is forgotten. Should one speak again, its word sets that right. */
export function settleBook(book: QuotaBook, nowMs: number, limits: QuotaLeaseLimits): void {
  for (const [id, holder] of book.holders) {
    const silentMs = nowMs - holder.heardMs
    if (silentMs < limits.silentMs) break
    if (holder.leased > 0) {
      bookUsed(book, holder.day, holder.leased)
      book.holders.set(id, { ...holder, leased: 0 })
      book.unsaved.holders.add(id)
    }
    if (silentMs < limits.rememberMs) continue
    book.holders.delete(id)
    book.unsaved.holders.add(id)
  }
}

/** How a key stands in the period that is now. */
export interface QuotaStand {
  readonly used: number
  readonly leased: number
  readonly allowance: number
  /** What may be given away: less than none when the quota was cut. */
  readonly free: number
  /** What the period would allow without an operator's hand. */
  readonly base: number
}

/** Sums up the period. */
export function standOf(book: QuotaBook, quota: Quota, nowMs: number): QuotaStand {
  const startMs = periodStartMs(quota.period, nowMs)
  const [from, before] = [dayOf(startMs), dayOf(periodEndMs(quota.period, nowMs))]
  const isWithin = (day: string): boolean => day >= from && day < before
  let used = 0
  for (const [day, units] of book.used) if (isWithin(day)) used += units
  let leased = 0
  for (const holder of book.holders.values()) if (holder.leased > 0 && isWithin(holder.day)) leased += holder.leased
  const period = { startMs, firstPeriodStartMs: periodStartMs(quota.period, book.firstUseMs ?? nowMs) }
  const allowance = allowanceOf(quota, { ...period, extra: book.extras.get(startMs) ?? 0 })
  return { used, leased, allowance, free: allowance - used - leased, base: allowanceOf(quota, { ...period, extra: 0 }) }
}

/** Units that holders have, by day. */
export function leasedByDay(book: QuotaBook): ReadonlyMap<string, number> {
  const days = new Map<string, number>()
  for (const { day, leased } of book.holders.values()) if (leased > 0) days.set(day, (days.get(day) ?? 0) + leased)
  return days
}

/** Sets what remains of the current period, as UpdateUsage does (aws-rest 10.2): so many requests from now on, those that are leased at this moment among them. */
export function setRemaining(book: QuotaBook, quota: Quota, remaining: number, nowMs: number): void {
  const { used, base } = standOf(book, quota, nowMs)
  const startMs = periodStartMs(quota.period, nowMs)
  book.extras.set(startMs, used + remaining - base)
  book.unsaved.extras.add(startMs)
}
