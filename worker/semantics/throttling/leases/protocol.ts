import type { Limit } from '../gcra.ts'

/** What a part of a hot bucket adds to its asks: its number, from 1 on, and how many busy isolates ask it. */
export interface PartReport {
  readonly index: number
  readonly crowd: number
}

/** What a holder (an isolate, or a part that speaks for many) sends to a bucket's object. A repeated ask is the same message again, but for `owed`. */
export interface Ask {
  readonly holder: string
  readonly part: PartReport | null
  /** Grows by one an ask. The same number again is a repetition: it gets the same reply and nothing more. */
  readonly seq: number
  readonly limit: Limit
  /** Tokens that the holder may still spend. What it held before and neither holds nor returns was spent. */
  readonly held: number
  /** Tokens that come back unspent. */
  readonly returned: number
  /**
   * What may be out at the holder by the last reply that it got: a new life of the object finds it among what the one before had lent. 0 when that is long ago, and
   * in a repeated ask: the life before may have taken that report already.
   */
  readonly owed: number
  /** Requests that wait for a token now. */
  readonly waiting: number
  /** How long it took to bring the last ask there and back, when it had to be repeated; else 0. Requests piled up meanwhile that no bucket knew of. */
  readonly lateMs: number
  /** Tokens that the holder would like to keep for requests to come. */
  readonly want: number
  /** Requests a second that the holder sees. */
  readonly demand: number
}

/** What becomes of the waiting requests that got no token: none is left, they wait and ask again, or the bucket is empty. */
export type Rest = 'none' | 'wait' | 'refused'

/** The object's reply to an ask. */
export interface Reply {
  readonly seq: number
  /** Tokens for waiting requests. They count as spent from now on, whether they are used or not. A part gets them to keep: its isolates wait, and it gives them away. */
  readonly served: number
  /** Tokens to keep. They count as outstanding until the holder says otherwise. */
  readonly kept: number
  readonly rest: Rest
  /** For `wait`: in how long there will be tokens for the rest. */
  readonly waitMs: number
  /** How long nothing is to be had, also for requests to come; 0 when the bucket is not empty. */
  readonly emptyMs: number
  /** The least time between two asks of this holder; 0 while the object has time. */
  readonly paceMs: number
  /** Into how many parts the bucket is split, and the holder's next ask goes to its own (`placeOf`); 0 while it is not. */
  readonly parts: number
  /** Tokens that an earlier life of the same part had out. They count as outstanding at this one. */
  readonly inherited: number
  /** Tokens left in the bucket, for the RateLimit field. */
  readonly level: number
}
