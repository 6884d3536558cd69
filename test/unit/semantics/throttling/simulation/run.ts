import { answerAsk } from '../../../../../worker/semantics/throttling/leases/answer-ask.ts'
import { nextAsk, onFailure, onReply, takeFarewell, wakeMs } from '../../../../../worker/semantics/throttling/leases/lease-asks.ts'
import { LEASE_LIMITS } from '../../../../../worker/semantics/throttling/leases/lease-limits.ts'
import { arrive, isUnreachable, leaveLine, openLease, standingOf, takeToken, type Lease } from '../../../../../worker/semantics/throttling/leases/lease.ts'
import type { Ask, Reply } from '../../../../../worker/semantics/throttling/leases/protocol.ts'
import { bucketClock, createObjects, deliver, drawLoss, scheduleObjectFaults, spend, type Objects } from './objects.ts'
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
  /** When each object was called, in true time: the bucket's own, then its parts. */
  readonly callsMs: readonly (readonly number[])[]
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
  readonly objects: Objects
  readonly isolates: readonly Isolate[]
  readonly central: Central
  readonly waitsMs: number[]
  readonly counts: Record<'requests' | 'admitted' | 'lateAdmitted' | 'lateAllowed' | 'refused' | 'waited' | 'lateRequests' | 'lateWaited' | 'ownShare', number>
}

/** Plays a scenario with the real code of the lease and of the object (or a broken one, as a control). */
export function play(scenario: Scenario, answer: typeof answerAsk = answerAsk): Result {
  const world = createWorld(scenario, answer)
  scheduleObjectFaults(world.objects)
  scheduleJumps(world)
  scheduleArrivals(world)
  world.timeline.run(scenario.durationMs + 5_000)
  const { waitsMs, counts, isolates } = world
  const { spentMs, callsMs, writes } = world.objects
  return { ...counts, writes, spentMs: spentMs.toSorted((one, other) => one - other), waitsMs, callsMs, unfinished: isolates.reduce((sum, { waitingSinceMs }) => sum + waitingSinceMs.length, 0) }
}

function createWorld(scenario: Scenario, answer: typeof answerAsk): World {
  const draws = drawsOf(scenario.seed ^ 0x5eed)
  const isolates = scenario.tripsMs.map((_, index): Isolate => {
    const offsetMs = Math.floor((draws.uniform() - 0.5) * 100_000)
    return { index, lease: openLease(`isolate-${index}`, scenario.limit, offsetMs, LIMITS), waitingSinceMs: [], offsetMs, wakeAtMs: Infinity, lostInARow: 0 }
  })
  const timeline = createTimeline()
  return {
    scenario, draws, isolates, timeline, objects: createObjects({ scenario, timeline, draws, answer }), central: { tokens: centralBurst(scenario), atMs: 0 }, waitsMs: [],
    counts: { requests: 0, admitted: 0, lateAdmitted: 0, lateAllowed: 0, refused: 0, waited: 0, lateRequests: 0, lateWaited: 0, ownShare: 0 },
  }
}

/** For callers below the limit a quarter of the burst is left to what is lent. */
const centralBurst = ({ load, limit }: Scenario): number => (load === 'below' ? Math.floor(limit.burstLimit * 0.75) : limit.burstLimit)

const clockOf = (world: World, { offsetMs }: Isolate): number => world.timeline.nowMs() + offsetMs

function isLate({ scenario, timeline }: World): boolean {
  const nowMs = timeline.nowMs()
  const thereMs = scenario.tide === null ? 0 : (scenario.isolates * 1000) / scenario.tide.comePerSecond
  return nowMs < scenario.durationMs && nowMs >= thereMs + 2_000 + (scenario.load === 'double' ? (1_500 * scenario.limit.burstLimit) / scenario.limit.rateLimit : 0)
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
    const isolate = world.isolates[(order[lowerBound(sums, drawn)] ?? 0) % isolatesNow(world)]
    if (isolate !== undefined) request(world, isolate)
  }
  const scheduleNext = (): void => {
    const atMs = timeline.nowMs() + draws.gapMs(scenario.perSecond / 1000)
    if (atMs < scenario.durationMs) timeline.at(atMs, next)
  }
  scheduleNext()
  for (const atMs of scenario.flashesMs) {
    for (let index = 0; index < Math.min(scenario.tide === null ? 5_000 : Infinity, scenario.limit.burstLimit * 1.2); index += 1) timeline.at(atMs + draws.uniform() * 30, requestSomewhere)
  }
}

/** How many isolates take requests now. */
function isolatesNow({ scenario: { tide, isolates }, timeline }: World): number {
  const nowMs = timeline.nowMs()
  if (tide === null) return isolates
  if (nowMs >= tide.ebbAtMs) return Math.max(tide.ebbTo, Math.ceil(isolates * (1 - (nowMs - tide.ebbAtMs) / 4_000)))
  return Math.min(isolates, Math.ceil((tide.comePerSecond * (nowMs + 200)) / 1000))
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
  const nowMs = Math.max(central.atMs, bucketClock(world.objects))
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
  else spend(world.objects)
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
  const { timeline, draws, scenario, objects } = world
  const oneWayMs = (): number => ((scenario.tripsMs[isolate.index] ?? 5) / 2) * (0.8 + 0.4 * draws.uniform())
  const { isLost, isReplyLost, isNoticed } = drawLoss(objects, isolate)
  const { place } = isolate.lease
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
  timeline.at(timeline.nowMs() + oneWayMs(), () =>
    deliver(objects, place, ask, (reply) => {
      if (reply === null || isReplyLost) fail()
      else timeline.at(timeline.nowMs() + oneWayMs(), () => receive(world, isolate, reply))
    }),
  )
}

/** Nobody waits for the reply to a farewell. */
function sendFarewell({ timeline, draws, scenario, objects }: World, { index, lease }: Isolate): void {
  const farewell = takeFarewell(lease)
  if (farewell === null || draws.uniform() < scenario.faults.lostAsk) return
  timeline.at(timeline.nowMs() + ((scenario.tripsMs[index] ?? 5) / 2) * (0.8 + 0.4 * draws.uniform()), () => deliver(objects, farewell.place, farewell.ask, () => undefined))
}

function receive(world: World, isolate: Isolate, reply: Reply): void {
  const { lease, waitingSinceMs } = isolate
  const isCurrent = lease.sent?.ask.seq === reply.seq
  const { admitted, refused } = onReply(lease, reply, clockOf(world, isolate), LIMITS)
  sendFarewell(world, isolate)
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

function scheduleJumps(world: World): void {
  for (const { atMs, byMs, isolate } of world.scenario.faults.isolateJumps) {
    world.timeline.at(atMs, () => {
      const jumping = world.isolates[isolate]
      if (jumping !== undefined) jumping.offsetMs += byMs
    })
  }
}
