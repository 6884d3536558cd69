/** The numbers of leases. They are handed to the functions that use them, so that a test can shrink them. */
export const LEASE_LIMITS = {
  /** How long an isolate spends from a lease without asking again, counted from when its ask was sent. */
  leaseMs: 2_000,
  /**
   * How long an object counts a silent holder's tokens as outstanding: the lease, the wait of a request for its other buckets, and clocks that jump by 3 seconds on both
   * sides (2 + 1 + 3 + 3).
   */
  forgetMs: 10_000,
  /** A lease that nobody used for this long goes back. */
  idleMs: 1_000,
  /** The most that a request waits; then it is refused, or the isolate's own share decides when the object did not answer. */
  waitMsMax: 2_000,
  /** The share of the burst that may be lent at one time. The rest stays for whoever asks next. */
  lentShareMax: 0.9,
  /** The same while the bucket is empty: tokens that lie with the wrong holders would keep it from filling. */
  lentShareEmpty: 0.7,
  /** What may be lent in any case. */
  lentShareMin: 0.15,
  /** What one of several holders may keep of what is left, in one ask. Source: peers 4.1, "a quarter of what is left". */
  keepShare: 0.25,
  /** The same while the bucket is empty: what flows in should not lie there. */
  keepShareEmpty: 0.5,
  /** How long a place in the queue is kept for a holder that does not come back for it. */
  claimMs: 1_500,
  /** Until a bucket that was found empty is filled to this share again, it refuses without letting anybody wait. Below what can't be lent, so that it can be reached. */
  recoveredShare: 0.2,
  /** How long one ask should last at least, in the demand of its isolate. */
  batchMs: 200,
  /** Memory of the demand estimate: the time in which an old arrival loses two thirds of its weight. */
  demandMemoryMs: 300,
  /** The calls a second that holders are paced to, and from how many on they are paced. An object serves about 1,000 (platform 2); 500 are promised. */
  pacedCalls: 305,
  pacedFrom: 150,
  paceMsMax: 1_000,
  callsMemoryMs: 250,
  /** What a round trip is taken to be until one was measured. */
  tripMsGuess: 60,
  /** An ask without an answer is repeated after three round trips, within these bounds. */
  timeoutMsMin: 400,
  timeoutMsMax: 700,
  /** After so many failures of one ask its object counts as unreachable, and is tried again so often. */
  failuresMax: 4,
  probeMs: 1_000,
  /** The part of a limit that an isolate takes as its own while the object is unreachable. */
  ownShare: 0.1,
  /** What is written runs ahead of the bucket by what flows in during this time, so that not every ask writes. */
  saveAheadMs: 50,
} as const satisfies Record<string, number>

/** The shape of `LEASE_LIMITS` with any numbers in it. */
export type LeaseLimits = { readonly [Name in keyof typeof LEASE_LIMITS]: number }
