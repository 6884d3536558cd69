import type { Quota } from '../quota.ts'

/** Units of a quota (a unit is one request) and the day, in UTC, that they were given for. */
export interface DayUnits {
  readonly day: string
  readonly units: number
}

/** What a holder (an isolate) sends to the counter of a key. A repeated ask is the same message again, letter for letter. */
export interface QuotaAsk {
  readonly holder: string
  /** Grows by one an ask. The same number again is a repetition: it gets the same reply and nothing more. */
  readonly seq: number
  readonly quota: Quota
  /** Units that the holder may still spend. What it was lent before and neither holds nor returns was spent. */
  readonly held: DayUnits
  /** Units that come back unspent. */
  readonly returned: readonly DayUnits[]
  /** Requests that were served without a unit while the counter could not be reached. */
  readonly owed: number
  /** Requests that wait for a unit now. */
  readonly waiting: number
  /** Units that the holder would like to keep for requests to come. */
  readonly want: number
}

/** The counter's reply to an ask. */
export interface QuotaReply {
  readonly seq: number
  /** The counter's day, of which the units are. */
  readonly day: string
  /** Units for waiting requests. They are booked as used. */
  readonly served: number
  /** Units to keep. They are booked as leased until the holder says otherwise. */
  readonly kept: number
  /** How long the holder may spend what it holds, counted from when it sent the ask; 0 for not at all. */
  readonly spendMs: number
  /** Units that others hold: so many requests more may hope for one. */
  readonly elsewhere: number
  /** What the period allows, and in how long the next one begins. */
  readonly allowance: number
  readonly resetsInMs: number
}
