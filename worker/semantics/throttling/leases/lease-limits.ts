/** The numbers of leases. They are handed to the functions that use them, so that a test can shrink them. */
export const LEASE_LIMITS = {
  /** How long an isolate spends from a lease without asking again, counted from when its ask was sent. */
  leaseMs: 2_000,
  /**
   * How long an object counts a silent holder's tokens as outstanding: the lease, the wait of a request for its other buckets, and clocks that jump by 3 seconds on both
   * sides (2 + 1 + 3 + 3).
   */
  forgetMs: 10_000,
  /**
   * The same for a part: its own lease and jump (2 + 3), a silent isolate's (2 + 1 + 3), then, when the part began a new life meanwhile, until that one told what it heard of
   * (2 + 3), and two jumps of the bucket's clock (6), with a reserve.
   */
  forgetPartMs: 24_000,
  /** So long after a lease has ended its holder no longer says what it owed: it may be forgotten. */
  owedMs: 3_000,
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
  /** The pace of a part that is joined with the others again: its last isolates leave. */
  elsewherePaceMs: 100,
  callsMemoryMs: 250,
  /**
   * A bucket is hot when more isolates than this are busy. A part is for so many at most, with room for as many more when parts are made; parts are joined when each would have
   * fewer than the last number for a while.
   */
  crowdMax: 100,
  crowdOfPart: 60,
  crowdRoom: 1.6,
  crowdLeast: 20,
  partsCoolMs: 5_000,
  partsMax: 32,
  /** An isolate counts as busy when it asked within this time; in full when its requests need so many asks a second, else in part. */
  crowdMemoryMs: 2_000,
  crowdAsks: 2.5,
  /** How often a bucket counts its crowd. */
  crowdEveryMs: 250,
  /** How long an isolate remembers, without another word, that a bucket is split. */
  partsMs: 10_000,
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

/**
 * The numbers of a part where it is a holder: it is near its bucket and asks often, so that little lies in it; and it is a bucket for so many that it may not stay without an
 * answer for long.
 */
export const PART_LIMITS = { ...LEASE_LIMITS, batchMs: 100, timeoutMsMin: 150, tripMsGuess: 20, probeMs: 250 } as const satisfies LeaseLimits

/** The shape of `LEASE_LIMITS` with any numbers in it. */
export type LeaseLimits = { readonly [Name in keyof typeof LEASE_LIMITS]: number }
