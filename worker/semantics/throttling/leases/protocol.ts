import type { Limit } from '../gcra.ts'

/** What a holder (an isolate) sends to a bucket's object. A repeated ask is the same message again, letter for letter. */
export interface Ask {
  readonly holder: string
  /** Grows by one an ask. The same number again is a repetition: it gets the same reply and nothing more. */
  readonly seq: number
  readonly limit: Limit
  /** Tokens that the holder may still spend. What it held before and neither holds nor returns was spent. */
  readonly held: number
  /** Tokens that come back unspent. */
  readonly returned: number
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
  /** Tokens for waiting requests. They count as spent from now on, whether they are used or not. */
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
  /** Tokens left in the bucket, for the RateLimit field. */
  readonly level: number
}
