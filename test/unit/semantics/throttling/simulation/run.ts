import { answerAsk } from '../../../../../worker/semantics/throttling/leases/answer-ask.ts'
import { nextAsk, onFailure, onReply, wakeMs } from '../../../../../worker/semantics/throttling/leases/lease-asks.ts'
import { LEASE_LIMITS } from '../../../../../worker/semantics/throttling/leases/lease-limits.ts'
import { arrive, isUnreachable, leaveLine, openLease, standingOf, takeToken, type Lease } from '../../../../../worker/semantics/throttling/leases/lease.ts'
import { openBucket, type LentBucket, type SavedBucket } from '../../../../../worker/semantics/throttling/leases/lent-bucket.ts'
import type { Ask } from '../../../../../worker/semantics/throttling/leases/protocol.ts'
import { drawsOf, type Draws, type Scenario } from './scenario.ts'
import { createTimeline, type Timeline } from './timeline.ts'

/** What became of the requests. */
export interface Result {
  /** When each token was spent, by the object's clock, in order. */
  readonly spentMs: readonly number[]
  readonly requests: number
  readonly admitted: number
  /** Admitted, and admitted by one central bucket, in the second part of the run: when the burst is used up. */
  readonly lateAdmitted: number
  readonly lateAllowed: number
  readonly refused: number
  readonly waited: number
  readonly lateRequests: number
  readonly lateWaited: number
  readonly unfinished: number
  readonly ownShare: number
  readonly waitsMs: readonly number[]
  /** When the object was called, in true time. */
  readonly callsMs: readonly number[]
  readonly writes: number
}

const LIMITS = LEASE_LIMITS

/** A central bucket without any delay, to compare with. */
interface Central {
  tokens: number
  atMs: number
}

interface Isolate {
  readonly index: number
  readonly lease: Lease
  readonly waitingSinceMs: number[]
  offsetMs: number
  wakeAtMs: number
  lostInARow: number
}

interface World {
  readonly scenario: Scenario
  readonly timeline: Timeline
  readonly draws: Draws
  readonly answer: typeof answerAsk
  readonly isolates: readonly Isolate[]
  readonly central: Central
  bucket: LentBucket | null
  disk: SavedBucket | null
  objectOffsetMs: number
  /** The object's clock as far as the object has seen it. */
  seenMs: number
  /** How many of the spent tokens lie before the object's last look at its clock. */
  seenSpent: number
  readonly spentMs: number[]
  readonly waitsMs: number[]
  readonly callsMs: number[]
  readonly counts: Record<'requests' | 'admitted' | 'lateAdmitted' | 'lateAllowed' | 'refused' | 'waited' | 'lateRequests' | 'lateWaited' | 'ownShare' | 'writes', number>
}

/** Plays a scenario with the real code of the lease and of the object (or a broken one, as a control). */
export function play(scenario: Scenario, answer: typeof answerAsk = answerAsk): Result {
  const world = createWorld(scenario, answer)
  scheduleFaults(world)
  scheduleArrivals(world)
  world.timeline.run(scenario.durationMs + 5_000)
  const { spentMs, waitsMs, callsMs, counts, isolates } = world
  return { ...counts, spentMs: spentMs.toSorted((one, other) => one - other), waitsMs, callsMs, unfinished: isolates.reduce((sum, { waitingSinceMs }) => sum + waitingSinceMs.length, 0) }
}

function createWorld(scenario: Scenario, answer: typeof answerAsk): World {
  const draws = drawsOf(scenario.seed ^ 0x5eed)
  const isolates = scenario.tripsMs.map((_, index): Isolate => {
    const offsetMs = Math.floor((draws.uniform() - 0.5) * 100_000)
    return { index, lease: openLease(`isolate-${index}`, scenario.limit, offsetMs, LIMITS), waitingSinceMs: [], offsetMs, wakeAtMs: Infinity, lostInARow: 0 }
  })
  return {
    scenario, draws, answer, isolates, timeline: createTimeline(), central: { tokens: centralBurst(scenario), atMs: 0 },
    bucket: null, disk: null, objectOffsetMs: 0, seenMs: 0, seenSpent: 0, spentMs: [], waitsMs: [], callsMs: [],
    counts: { requests: 0, admitted: 0, lateAdmitted: 0, lateAllowed: 0, refused: 0, waited: 0, lateRequests: 0, lateWaited: 0, ownShare: 0, writes: 0 },
  }
}

/** For callers below the limit a quarter of the burst is left to what is lent. */
const centralBurst = ({ load, limit }: Scenario): number => (load === 'below' ? Math.floor(limit.burstLimit * 0.75) : limit.burstLimit)

const clockOf = (world: World, { offsetMs }: Isolate): number => world.timeline.nowMs() + offsetMs

/** The object's clock, which for the object never goes back. */
const objectClock = (world: World): number => Math.max(world.seenMs, world.timeline.nowMs() + world.objectOffsetMs)

/** The object reads its clock: what was spent since it last did so was spent before what it sees now. */
function readObjectClock(world: World): number {
  world.seenMs = objectClock(world)
  for (; world.seenSpent < world.spentMs.length; world.seenSpent += 1) world.spentMs[world.seenSpent] = Math.min(world.spentMs[world.seenSpent] ?? 0, world.seenMs)
  return world.seenMs
}

function isLate({ scenario, timeline }: World): boolean {
  const nowMs = timeline.nowMs()
  return nowMs < scenario.durationMs && nowMs >= 2_000 + (scenario.load === 'double' ? (1_500 * scenario.limit.burstLimit) / scenario.limit.rateLimit : 0)
}

function scheduleArrivals(world: World): void {
  const { scenario, draws, timeline } = world
  const sums: number[] = []
  for (let rank = 1; rank <= scenario.isolates; rank += 1) sums.push((sums.at(-1) ?? 0) + rank ** -scenario.skew)
  const order = world.isolates.map(({ index }) => index)
  const swap = (): void => {
    const [left, right] = [draws.below(order.length), draws.below(order.length)]
    const kept = order[left] ?? 0
    order[left] = order[right] ?? 0
    order[right] = kept
  }
  for (let index = 0; index < order.length; index += 1) swap()
  let movesMs = scenario.moveEveryMs
  const next = (): void => {
    if (timeline.nowMs() >= movesMs) {
      for (let move = 0; move < scenario.moves; move += 1) swap()
      movesMs += scenario.moveEveryMs
    }
    requestSomewhere()
    scheduleNext()
  }
  const requestSomewhere = (): void => {
    const drawn = draws.uniform() * (sums.at(-1) ?? 0)
    const isolate = world.isolates[order[lowerBound(sums, drawn)] ?? 0]
    if (isolate !== undefined) request(world, isolate)
  }
  const scheduleNext = (): void => {
    const atMs = timeline.nowMs() + draws.gapMs(scenario.perSecond / 1000)
    if (atMs < scenario.durationMs) timeline.at(atMs, next)
  }
  scheduleNext()
  for (const atMs of scenario.flashesMs) {
    for (let index = 0; index < Math.min(5_000, scenario.limit.burstLimit * 1.2); index += 1) timeline.at(atMs + draws.uniform() * 30, requestSomewhere)
  }
}

function lowerBound(sums: readonly number[], value: number): number {
  let [low, high] = [0, sums.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sums[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

function request(world: World, isolate: Isolate): void {
  const isAllowed = takeCentral(world)
  if (world.scenario.load === 'below' && !isAllowed) return
  const { lease } = isolate
  const nowMs = clockOf(world, isolate)
  world.counts.requests += 1
  if (isLate(world)) {
    world.counts.lateRequests += 1
    if (isAllowed) world.counts.lateAllowed += 1
  }
  arrive(lease, world.scenario.limit, nowMs, LIMITS)
  // Who comes while others wait stands behind them.
  const standing = standingOf(lease, nowMs, LIMITS)
  if (standing.kind === 'ready') admit(world, isolate, takeToken(lease, nowMs, LIMITS))
  else if (standing.kind === 'refused') world.counts.refused += 1
  else {
    lease.waiting += 1
    world.counts.waited += 1
    if (isLate(world)) world.counts.lateWaited += 1
    isolate.waitingSinceMs.push(world.timeline.nowMs())
  }
  pump(world, isolate)
}

function takeCentral(world: World): boolean {
  const { central, scenario } = world
  const nowMs = Math.max(central.atMs, objectClock(world))
  central.tokens = Math.min(centralBurst(scenario), central.tokens + ((nowMs - central.atMs) * scenario.limit.rateLimit) / 1000)
  central.atMs = nowMs
  if (central.tokens < 1) return false
  central.tokens -= 1
  return true
}

/** A token from the store is spent now; one of the isolate's own share belongs to no bucket. */
function admit(world: World, _isolate: Isolate, isOwnShare: boolean): void {
  count(world)
  if (isOwnShare) world.counts.ownShare += 1
  else world.spentMs.push(objectClock(world))
}

function count(world: World): void {
  world.counts.admitted += 1
  if (isLate(world)) world.counts.lateAdmitted += 1
}

/** What the host of a lease does after everything that happens: sends the ask that is due, and sees to it that it is woken. */
function pump(world: World, isolate: Isolate): void {
  const { lease } = isolate
  const ask = nextAsk(lease, clockOf(world, isolate), LIMITS)
  if (ask !== null) send(world, isolate, ask)
  if (isUnreachable(lease, LIMITS)) goByOwnShare(world, isolate)
  refuseThoseWhoWaitedLong(world, isolate)
  const wakeAtMs = wakeMs(lease, LIMITS)
  if (wakeAtMs === null) return
  const nowMs = world.timeline.nowMs()
  const atMs = Math.min((isolate.waitingSinceMs[0] ?? Infinity) + LIMITS.waitMsMax, Math.max(nowMs + 1, wakeAtMs - isolate.offsetMs))
  if (atMs >= isolate.wakeAtMs && isolate.wakeAtMs > world.timeline.nowMs()) return
  isolate.wakeAtMs = atMs
  world.timeline.at(atMs, () => {
    if (isolate.wakeAtMs !== atMs) return
    isolate.wakeAtMs = Infinity
    pump(world, isolate)
  })
}

function goByOwnShare(world: World, isolate: Isolate): void {
  const { lease, waitingSinceMs } = isolate
  const nowMs = clockOf(world, isolate)
  for (; lease.waiting > 0; lease.waiting -= 1) {
    noteWait(world, waitingSinceMs.shift())
    if (standingOf(lease, nowMs, LIMITS).kind === 'ready') admit(world, isolate, takeToken(lease, nowMs, LIMITS))
    else world.counts.refused += 1
  }
}

function refuseThoseWhoWaitedLong(world: World, { lease, waitingSinceMs }: Isolate): void {
  while ((waitingSinceMs[0] ?? Infinity) + LIMITS.waitMsMax <= world.timeline.nowMs()) {
    leaveLine(lease)
    world.counts.refused += 1
    noteWait(world, waitingSinceMs.shift())
  }
}

function noteWait(world: World, sinceMs: number | undefined): void {
  world.waitsMs.push(world.timeline.nowMs() - (sinceMs ?? 0))
}

function send(world: World, isolate: Isolate, ask: Ask): void {
  const { timeline, draws, scenario } = world
  const oneWayMs = (): number => ((scenario.tripsMs[isolate.index] ?? 5) / 2) * (0.8 + 0.4 * draws.uniform())
  // Three lost in a row would be an outage, which has a promise of its own.
  const mayLose = isolate.lostInARow < 2
  const isLost = mayLose && draws.uniform() < scenario.faults.lostAsk
  const isReplyLost = mayLose && !isLost && draws.uniform() < scenario.faults.lostReply
  isolate.lostInARow = isLost || isReplyLost ? isolate.lostInARow + 1 : 0
  const isNoticed = draws.uniform() < 0.5
  const fail = (): void => {
    if (!isNoticed) return
    timeline.at(timeline.nowMs() + oneWayMs(), () => {
      onFailure(isolate.lease, ask.seq, clockOf(world, isolate), LIMITS)
      pump(world, isolate)
    })
  }
  if (isLost) {
    fail()
    return
  }
  timeline.at(timeline.nowMs() + oneWayMs(), () => {
    const reply = answerAt(world, ask)
    if (isReplyLost) fail()
    else timeline.at(timeline.nowMs() + oneWayMs(), () => receive(world, isolate, reply))
  })
}

/** The object answers: with its memory, or from what it wrote down. */
function answerAt(world: World, ask: Ask): ReturnType<typeof answerAsk>['reply'] {
  const nowMs = readObjectClock(world)
  const readingMs = world.timeline.nowMs() + world.objectOffsetMs
  world.callsMs.push(world.timeline.nowMs())
  world.bucket ??= openBucket(world.disk, ask.limit, readingMs, LIMITS)
  const seqBefore = world.bucket.holders.get(ask.holder)?.reply.seq ?? 0
  const { reply, save } = world.answer(world.bucket, ask, readingMs, LIMITS)
  if (save !== null) {
    world.disk = save
    world.counts.writes += 1
  }
  // What is given to waiting requests counts as spent now, each grant once.
  if (reply.seq > seqBefore) for (let token = 0; token < reply.served; token += 1) world.spentMs.push(nowMs)
  return reply
}

function receive(world: World, isolate: Isolate, reply: ReturnType<typeof answerAsk>['reply']): void {
  const { lease, waitingSinceMs } = isolate
  const isCurrent = lease.sent?.ask.seq === reply.seq
  const { admitted, refused } = onReply(lease, reply, clockOf(world, isolate), LIMITS)
  for (let index = 0; index < admitted; index += 1) {
    noteWait(world, waitingSinceMs.shift())
    if (isCurrent && index < reply.served) count(world)
    else admit(world, isolate, false)
  }
  for (let index = 0; index < refused; index += 1) {
    noteWait(world, waitingSinceMs.shift())
    world.counts.refused += 1
  }
  pump(world, isolate)
}

function scheduleFaults(world: World): void {
  const { faults } = world.scenario
  for (const atMs of faults.restartsMs) world.timeline.at(atMs, () => (world.bucket = null))
  for (const { atMs, byMs } of faults.objectJumps) world.timeline.at(atMs, () => (world.objectOffsetMs += byMs))
  for (const { atMs, byMs, isolate } of faults.isolateJumps) {
    world.timeline.at(atMs, () => {
      const jumping = world.isolates[isolate]
      if (jumping !== undefined) jumping.offsetMs += byMs
    })
  }
}
