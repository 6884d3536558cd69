/** The numbers of quota leases. They are handed to the functions that use them, so that a test can shrink them. */
export const QUOTA_LEASE_LIMITS = {
  /** How long an isolate spends from a lease without asking again, counted from when its ask was sent. */
  leaseMs: 10_000,
  /** How long before midnight (UTC) a lease ends at the latest: clocks may jump by 3 seconds on both sides, and what was lent for a day is still not spent in the next. */
  slackMs: 10_000,
  /** When the counter books what a silent holder has as used: after its lease, and the jumps of clocks. */
  silentMs: 20_000,
  /** How long a counter knows a silent holder's last ask again, and how long a holder repeats one: shorter, so that no ask counts twice. */
  rememberMs: 600_000,
  abandonMs: 300_000,
  /** What nobody used for this long goes back. */
  idleMs: 2_000,
  /** The most that a request waits for what is lent elsewhere: longer than it takes until idle units are back. How often it asks meanwhile. */
  waitMsMax: 3_000,
  pollMs: 250,
  /** A lease should last for so much of the demand, within these bounds; whoever needs less than the least asks for single requests alone. */
  batchMs: 5_000,
  batchUnitsMin: 4,
  batchUnitsMax: 50,
  /** The most that an isolate holds, however far away and busy it is. */
  unitsMax: 500,
  /** What one holder may have of what is left; where others hold some, its part of that. Source: peers 4.1, "a quarter of what is left". */
  lentShare: 0.25,
  /** Memory of the demand estimate: the time in which an old arrival loses two thirds of its weight. */
  demandMemoryMs: 2_000,
  /** For how long an isolate believes that nothing is left, and refuses without asking. */
  usedUpMs: 1_000,
  /** What a round trip is taken to be until one was measured. */
  tripMsGuess: 60,
  /** An ask without an answer is repeated after three round trips, within these bounds. */
  timeoutMsMin: 400,
  timeoutMsMax: 1_000,
  /** After so many failures of one ask the counter can't be reached: requests are served (aws-rest 10.1), and it is tried again so often. */
  failuresMax: 5,
  probeMs: 1_000,
} as const satisfies Record<string, number>

/** The shape of `QUOTA_LEASE_LIMITS` with any numbers in it. */
export type QuotaLeaseLimits = { readonly [Name in keyof typeof QUOTA_LEASE_LIMITS]: number }
