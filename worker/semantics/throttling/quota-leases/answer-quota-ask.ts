import { dayOf, periodEndMs, periodStartMs } from '../quota.ts'
import { bookUsed, noteUse, putHolder, settleBook, standOf, type QuotaBook } from './quota-book.ts'
import type { QuotaLeaseLimits } from './quota-lease-limits.ts'
import type { QuotaAsk, QuotaReply } from './quota-protocol.ts'

/**
 * The counter's side of a lease: takes the holder's report, gives units to the requests that wait, and lends of what is left. What the books say after it must be written down
 * before the reply leaves. A repeated ask changes nothing.
 */
export function answerQuotaAsk(book: QuotaBook, ask: QuotaAsk, nowMs: number, limits: QuotaLeaseLimits): QuotaReply {
  settleBook(book, nowMs, limits)
  const known = book.holders.get(ask.holder)
  if (known !== undefined && ask.seq <= known.reply.seq) return known.reply
  takeReport(book, ask, nowMs)
  const reply = grant(book, ask, nowMs, limits)
  bookUsed(book, reply.day, reply.served)
  if (reply.served + reply.kept + ask.owed > 0) noteUse(book, nowMs)
  putHolder(book, ask.holder, { leased: ask.held.units + reply.kept, day: reply.kept > 0 ? reply.day : ask.held.day, reply, heardMs: nowMs })
  return reply
}

/**
 * What the holder neither holds nor returns was spent. What it returns beyond that was booked as used before: given to a request that did not need it, or written off while the
 * holder was silent.
 */
function takeReport(book: QuotaBook, { holder, held, returned, owed }: QuotaAsk, nowMs: number): void {
  const before = book.holders.get(holder)
  if (before !== undefined) bookUsed(book, before.day, before.leased)
  book.holders.delete(holder)
  bookUsed(book, held.day, -held.units)
  for (const { day, units } of returned) bookUsed(book, day, -units)
  bookUsed(book, dayOf(nowMs), owed)
}

/** What the holder gets. The books are without its part: what they call leased is with others. */
function grant(book: QuotaBook, { seq, quota, held, waiting, want }: QuotaAsk, nowMs: number, limits: QuotaLeaseLimits): QuotaReply {
  const day = dayOf(nowMs)
  const stand = standOf(book, quota, nowMs)
  const isOfPeriod = held.units > 0 && periodStartMs(quota.period, Date.parse(held.day)) === periodStartMs(quota.period, nowMs)
  const free = stand.free - (isOfPeriod ? held.units : 0)
  const served = Math.max(0, Math.min(waiting, free))
  const spendMs = Math.max(0, Math.min(limits.leaseMs, periodEndMs('DAY', nowMs) - limits.slackMs - nowMs))
  // Nothing is lent for a part of a lease's time, nor beside units of another day.
  const mayKeep = served === waiting && spendMs === limits.leaseMs && (held.units === 0 || held.day === day)
  const room = Math.min(limits.unitsMax, roomOf(book, free - served, limits)) - held.units
  const kept = mayKeep ? Math.max(0, Math.min(want, room)) : 0
  return { seq, day, served, kept, spendMs, elsewhere: stand.leased, allowance: stand.allowance, resetsInMs: periodEndMs(quota.period, nowMs) - nowMs }
}

/** What one holder may have: a share of what is left, divided among those that hold some. Where little is left that is less than one unit, and every request asks: the last part of a quota is exact. */
function roomOf(book: QuotaBook, free: number, limits: QuotaLeaseLimits): number {
  let holders = 1
  for (const { leased } of book.holders.values()) if (leased > 0) holders += 1
  return Math.floor((free * limits.lentShare) / holders)
}
