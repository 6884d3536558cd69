import { DurableObject } from 'cloudflare:workers'
import { allowanceOf, dayOf, periodEndMs, periodStartMs, type Quota } from '../semantics/throttling/quota.ts'

/** What the counter says of a request. */
export type QuotaAnswer = { readonly kind: 'counted' } | { readonly kind: 'used-up'; readonly allowance: number; readonly resetsInMs: number }

/** Requests of one day in UTC. */
export interface DayUsage {
  readonly day: string
  readonly used: number
}

/** How a key stands with its quota. `remaining` is null when the plan has none. */
export interface QuotaStanding {
  readonly days: readonly DayUsage[]
  readonly used: number
  readonly remaining: number | null
}

/** How long a request's id is remembered: far longer than a gateway repeats a call that broke off. */
const LIMITS = { seenMs: 600_000, sweepEvery: 1_000 } as const

const TABLES = [
  'CREATE TABLE IF NOT EXISTS usage (day TEXT PRIMARY KEY, used INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, day TEXT NOT NULL)',
  'CREATE TABLE IF NOT EXISTS extra (period_start_ms INTEGER PRIMARY KEY, requests INTEGER NOT NULL)',
  'CREATE TABLE IF NOT EXISTS first_use (id INTEGER PRIMARY KEY CHECK (id = 1), at_ms INTEGER NOT NULL)',
]

/**
 * Counts the requests of one API key under one usage plan: durably, a day at a time, each request once even when its call is repeated. A count is in the database before its
 * answer leaves.
 */
export class QuotaCounter extends DurableObject<unknown> {
  #sinceSweep = 0

  constructor(state: DurableObjectState, env: unknown) {
    super(state, env)
    for (const table of TABLES) state.storage.sql.exec(table)
  }

  /** Counts a request, unless the period's quota is used up. */
  use(requestId: string, quota: Quota | null): QuotaAnswer {
    const nowMs = Date.now()
    return this.ctx.storage.transactionSync(() => {
      if (this.#rows('SELECT 1 AS known FROM seen WHERE id = ?', requestId).length > 0) return { kind: 'counted' }
      if (quota !== null) {
        const { used, allowance } = this.#stand(quota, nowMs)
        if (used >= allowance) return { kind: 'used-up', allowance, resetsInMs: periodEndMs(quota.period, nowMs) - nowMs }
      }
      const day = dayOf(nowMs)
      this.#rows('INSERT INTO usage (day, used) VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET used = used + 1', day)
      this.#rows('INSERT INTO seen (id, at_ms, day) VALUES (?, ?, ?)', requestId, nowMs, day)
      this.#rows('INSERT INTO first_use (id, at_ms) VALUES (1, ?) ON CONFLICT (id) DO NOTHING', nowMs)
      this.#sweep(nowMs)
      return { kind: 'counted' }
    })
  }

  /** Takes a counted request off again. */
  giveBack(requestId: string): void {
    this.ctx.storage.transactionSync(() => {
      const [row] = this.#rows('SELECT day FROM seen WHERE id = ?', requestId)
      if (row === undefined) return
      this.#rows('DELETE FROM seen WHERE id = ?', requestId)
      this.#rows('UPDATE usage SET used = used - 1 WHERE day = ? AND used > 0', toText(row['day']))
    })
  }

  /** The usage of each day from one to another, and how the key stands now. */
  standing(from: string, to: string, quota: Quota | null): QuotaStanding {
    const days = this.#rows('SELECT day, used FROM usage WHERE day >= ? AND day <= ? ORDER BY day', from, to).map((row) => ({ day: toText(row['day']), used: Number(row['used']) }))
    if (quota === null) return { days, used: days.reduce((sum, { used }) => sum + used, 0), remaining: null }
    const { used, allowance } = this.#stand(quota, Date.now())
    return { days, used, remaining: Math.max(0, allowance - used) }
  }

  /** Sets what remains of the current period, as UpdateUsage does (aws-rest 10.2). */
  setRemaining(quota: Quota, remaining: number): QuotaStanding {
    const nowMs = Date.now()
    const startMs = periodStartMs(quota.period, nowMs)
    const { used, allowance, extra } = this.#stand(quota, nowMs)
    const wanted = extra + (used + remaining - allowance)
    this.#rows('INSERT INTO extra (period_start_ms, requests) VALUES (?, ?) ON CONFLICT (period_start_ms) DO UPDATE SET requests = excluded.requests', startMs, wanted)
    const today = dayOf(nowMs)
    return this.standing(today, today, quota)
  }

  #stand(quota: Quota, nowMs: number): { readonly used: number; readonly allowance: number; readonly extra: number } {
    const startMs = periodStartMs(quota.period, nowMs)
    const used = Number(this.#rows('SELECT COALESCE(SUM(used), 0) AS used FROM usage WHERE day >= ?', dayOf(startMs))[0]?.['used'] ?? 0)
    const extra = Number(this.#rows('SELECT requests FROM extra WHERE period_start_ms = ?', startMs)[0]?.['requests'] ?? 0)
    const firstUseMs = Number(this.#rows('SELECT at_ms FROM first_use')[0]?.['at_ms'] ?? nowMs)
    return { used, extra, allowance: allowanceOf(quota, { startMs, firstPeriodStartMs: periodStartMs(quota.period, firstUseMs), extra }) }
  }

  #sweep(nowMs: number): void {
    this.#sinceSweep += 1
    if (this.#sinceSweep < LIMITS.sweepEvery) return
    this.#sinceSweep = 0
    this.#rows('DELETE FROM seen WHERE at_ms < ?', nowMs - LIMITS.seenMs)
  }

  #rows(query: string, ...values: readonly (string | number)[]): readonly Record<string, SqlStorageValue>[] {
    return this.ctx.storage.sql.exec(query, ...values).toArray()
  }
}

/** A column that is text by its table. */
const toText = (value: SqlStorageValue | undefined): string => (typeof value === 'string' ? value : '')
