import { DurableObject } from 'cloudflare:workers'
import { answerQuotaAsk } from '../semantics/throttling/quota-leases/answer-quota-ask.ts'
import { bookUsed, leasedByDay, setRemaining, settleBook, standOf, type QuotaBook } from '../semantics/throttling/quota-leases/quota-book.ts'
import { QUOTA_LEASE_LIMITS } from '../semantics/throttling/quota-leases/quota-lease-limits.ts'
import type { QuotaAsk, QuotaReply } from '../semantics/throttling/quota-leases/quota-protocol.ts'
import { useOne, type UsedOne } from '../semantics/throttling/quota-leases/use-one.ts'
import { dayOf, type Quota } from '../semantics/throttling/quota.ts'
import { createQuotaTables, readQuotaBook, saveQuotaBook } from './quota-tables.ts'

/** Requests of one day in UTC, and what is leased of it: units that isolates have and did not report on yet. */
export interface DayUsage {
  readonly day: string
  readonly used: number
  readonly leased: number
}

/** How a key stands with its quota, in the current period. `remaining` is neither used nor leased; null when the plan has no quota. */
export interface QuotaStanding {
  readonly days: readonly DayUsage[]
  readonly used: number
  readonly leased: number
  readonly remaining: number | null
}

/** How long a request's id is remembered: far longer than a gateway repeats a call that broke off. */
const LIMITS = { seenMs: 600_000, sweepEvery: 1_000 } as const

/**
 * Counts the requests of one API key under one usage plan: durably, by day, each once even when its call is repeated. It lends units to isolates (`ask`), or counts request by
 * request (`use`). What an answer depends on is in the database before the answer leaves.
 */
export class QuotaCounter extends DurableObject<unknown> {
  #book: QuotaBook | null = null
  #sinceSweep = 0

  constructor(state: DurableObjectState, env: unknown) {
    super(state, env)
    createQuotaTables(state.storage.sql)
  }

  /** Takes a holder's report and lends units. */
  ask(ask: QuotaAsk): QuotaReply {
    return this.#change((book, nowMs) => answerQuotaAsk(book, ask, nowMs, QUOTA_LEASE_LIMITS))
  }

  /** Counts a request, unless the period's quota is used up. */
  use(requestId: string, quota: Quota): UsedOne {
    return this.#change((book, nowMs) => {
      const [seen] = this.ctx.storage.sql.exec<{ day: string }>('SELECT day FROM seen WHERE id = ?', requestId).toArray()
      if (seen !== undefined) return { kind: 'counted', day: seen.day }
      const used = useOne(book, quota, nowMs, QUOTA_LEASE_LIMITS)
      if (used.kind === 'counted') this.ctx.storage.sql.exec('INSERT INTO seen (id, at_ms, day) VALUES (?, ?, ?)', requestId, nowMs, used.day)
      this.#sweep(nowMs)
      return used
    })
  }

  /** Takes a counted request off again. */
  giveBack(requestId: string): void {
    this.#change((book) => {
      const [seen] = this.ctx.storage.sql.exec<{ day: string }>('DELETE FROM seen WHERE id = ? RETURNING day', requestId).toArray()
      if (seen !== undefined) bookUsed(book, seen.day, -1)
    })
  }

  /** The usage of each day from one to another, and how the key stands now. */
  standing(from: string, to: string, quota: Quota | null): QuotaStanding {
    return this.#change((book, nowMs) => {
      settleBook(book, nowMs, QUOTA_LEASE_LIMITS)
      const leasedOn = leasedByDay(book)
      const days = [...new Set([...book.used.keys(), ...leasedOn.keys()])].filter((day) => day >= from && day <= to).toSorted()
      const usage = days.map((day) => ({ day, used: Math.max(0, book.used.get(day) ?? 0), leased: leasedOn.get(day) ?? 0 }))
      if (quota === null) return { days: usage, used: usage.reduce((sum, { used }) => sum + used, 0), leased: usage.reduce((sum, { leased }) => sum + leased, 0), remaining: null }
      const { used, leased, free } = standOf(book, quota, nowMs)
      return { days: usage, used: Math.max(0, used), leased, remaining: Math.max(0, free) }
    })
  }

  /** Sets what remains of the current period, as UpdateUsage does: so many requests more, those that are leased among them. */
  setRemaining(quota: Quota, remaining: number): QuotaStanding {
    this.#change((book, nowMs) => {
      settleBook(book, nowMs, QUOTA_LEASE_LIMITS)
      setRemaining(book, quota, remaining, nowMs)
    })
    const today = dayOf(Date.now())
    return this.standing(today, today, quota)
  }

  /** Changes the books and writes them, both or neither: after a fault they are read anew. */
  #change<T>(act: (book: QuotaBook, nowMs: number) => T): T {
    const { storage } = this.ctx
    try {
      return storage.transactionSync(() => {
        this.#book ??= readQuotaBook(storage.sql)
        const result = act(this.#book, Date.now())
        saveQuotaBook(storage.sql, this.#book)
        return result
      })
    } catch (error) {
      this.#book = null
      throw error
    }
  }

  #sweep(nowMs: number): void {
    this.#sinceSweep += 1
    if (this.#sinceSweep < LIMITS.sweepEvery) return
    this.#sinceSweep = 0
    this.ctx.storage.sql.exec('DELETE FROM seen WHERE at_ms < ?', nowMs - LIMITS.seenMs)
  }
}
