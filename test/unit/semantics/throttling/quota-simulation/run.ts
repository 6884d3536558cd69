import { answerQuotaAsk } from '../../../../../worker/semantics/throttling/quota-leases/answer-quota-ask.ts'
import { nextQuotaAsk, onQuotaFailure, onQuotaReply, quotaWakeMs } from '../../../../../worker/semantics/throttling/quota-leases/quota-asks.ts'
import { markSaved, openQuotaBook, setRemaining, settleBook, standOf, type QuotaBook } from '../../../../../worker/semantics/throttling/quota-leases/quota-book.ts'
import { QUOTA_LEASE_LIMITS } from '../../../../../worker/semantics/throttling/quota-leases/quota-lease-limits.ts'
import { giveUnitBack, openQuotaLease, serveWaiting, stopWaiting, takeUnit, type QuotaLease } from '../../../../../worker/semantics/throttling/quota-leases/quota-lease.ts'
import type { QuotaAsk, QuotaReply } from '../../../../../worker/semantics/throttling/quota-leases/quota-protocol.ts'
import { dayOf, periodStartMs } from '../../../../../worker/semantics/throttling/quota.ts'
import { drawsOf, type Draws } from '../simulation/scenario.ts'
import { createTimeline, type Timeline } from '../simulation/timeline.ts'
import type { QuotaScenario } from './scenario.ts'

/** What became of the requests of a run, and what the counter's books say of it. */
export interface QuotaResult {
  /** Answered requests (with a unit that did not go back), by period's start: the truth. */
  readonly answered: ReadonlyMap<number, number>
  /** The same by the books. */
  readonly booked: ReadonlyMap<number, number>
  /** The most that each period may answer. */
  readonly caps: ReadonlyMap<number, number>
  /** The first admission beyond a cap, if any. */
  readonly over: string | null
  /** Units that died with isolates, at most: in store, on their way, or given to requests that died. */
  readonly diedMax: number
  /** Units of a lease that were spent after the counter's day which they were lent for. (A counter whose clock is set back goes back to a day: that is no fault of the lease.) */
  readonly late: number
  readonly requests: number
  readonly refused: number
  readonly waited: number
  readonly unreachable: number
  readonly unfinished: number
  readonly calls: number
  readonly waitMsMax: number
  /** Whether the last request was refused; what was free and leased then. */
  readonly end: { readonly isRefused: boolean; readonly free: number; readonly leased: number }
}

const LIMITS = QUOTA_LEASE_LIMITS

interface Isolate {
  readonly index: number
  lease: QuotaLease
  waitingSinceMs: number[]
  offsetMs: number
  wakeAtMs: number
  lostInARow: number
  lives: number
}

interface World {
  readonly scenario: QuotaScenario
  readonly timeline: Timeline
  readonly draws: Draws
  readonly answer: typeof answerQuotaAsk
  readonly isolates: readonly Isolate[]
  book: QuotaBook | null
  readonly disk: QuotaBook
  counterOffsetMs: number
  readonly answered: Map<number, number>
  readonly caps: Map<number, number>
  over: string | null
  isLastRefused: boolean
  readonly counts: Record<'diedMax' | 'late' | 'requests' | 'refused' | 'waited' | 'unreachable' | 'calls' | 'waitMsMax', number>
}

/** How long single requests go on after the run: until all that was lent is back, or booked, and spent. */
const PROBES = { everyMs: 400, forMs: 45_000 } as const

/** Plays a scenario with the real code of the lease and of the counter (or a broken one, as a control). */
export function playQuota(scenario: QuotaScenario, answer: typeof answerQuotaAsk = answerQuotaAsk): QuotaResult {
  const world = createWorld(scenario, answer)
  scheduleFaults(world)
  scheduleArrivals(world)
  for (let atMs = scenario.durationMs; atMs < scenario.durationMs + PROBES.forMs; atMs += PROBES.everyMs) world.timeline.at(atMs, () => request(world, isolateAt(world, 0)))
  world.timeline.run(scenario.durationMs + PROBES.forMs + 30_000)
  const book = openBook(world)
  settleBook(book, counterClock(world), LIMITS)
  const { free, leased } = standOf(book, scenario.quota, counterClock(world))
  const booked = new Map<number, number>()
  for (const [day, used] of book.used) add(booked, periodOf(world, day), used)
  const unfinished = world.isolates.reduce((sum, { waitingSinceMs }) => sum + waitingSinceMs.length, 0)
  return { ...world.counts, answered: world.answered, booked, caps: world.caps, over: world.over, unfinished, end: { isRefused: world.isLastRefused, free, leased } }
}

function createWorld(scenario: QuotaScenario, answer: typeof answerQuotaAsk): World {
  const draws = drawsOf(scenario.seed ^ 0x9007a)
  const isolates = scenario.tripsMs.map((_, index): Isolate => {
    const offsetMs = Math.floor((draws.uniform() - 0.5) * 100_000)
    return { index, lease: openQuotaLease(`${index}.0`, scenario.quota, offsetMs, LIMITS), waitingSinceMs: [], offsetMs, wakeAtMs: Infinity, lostInARow: 0, lives: 0 }
  })
  return {
    scenario, draws, answer, isolates, timeline: createTimeline(), book: null, disk: openQuotaBook(), counterOffsetMs: scenario.startMs,
    answered: new Map(), caps: new Map(), over: null, isLastRefused: false,
    counts: { diedMax: 0, late: 0, requests: 0, refused: 0, waited: 0, unreachable: 0, calls: 0, waitMsMax: 0 },
  }
}

function isolateAt(world: World, index: number): Isolate {
  const isolate = world.isolates[index]
  if (isolate === undefined) throw new Error('no such isolate')
  return isolate
}

const clockOf = (world: World, { offsetMs }: Isolate): number => world.timeline.nowMs() + offsetMs

const counterClock = (world: World): number => world.timeline.nowMs() + world.counterOffsetMs

const periodOf = ({ scenario }: World, day: string): number => periodStartMs(scenario.quota.period, Date.parse(day))

const add = (counts: Map<number, number>, key: number, units: number): void => void counts.set(key, (counts.get(key) ?? 0) + units)

/** What a period may answer, unless an operator said otherwise. */
function capOf({ scenario: { quota, startMs }, caps }: World, period: number): number {
  return caps.get(period) ?? quota.limit - (period === periodStartMs(quota.period, startMs) ? quota.offset : 0)
}

function scheduleArrivals(world: World): void {
  const { scenario, draws, timeline } = world
  const sums: number[] = []
  for (let rank = 1; rank <= scenario.tripsMs.length; rank += 1) sums.push((sums.at(-1) ?? 0) + rank ** -scenario.skew)
  const next = (): void => {
    const drawn = draws.uniform() * (sums.at(-1) ?? 0)
    request(world, isolateAt(world, Math.max(0, sums.findIndex((sum) => sum >= drawn))))
    scheduleNext()
  }
  const scheduleNext = (): void => {
    const atMs = timeline.nowMs() + draws.gapMs(scenario.perSecond / 1000)
    if (atMs < scenario.durationMs) timeline.at(atMs, next)
  }
  scheduleNext()
}

function request(world: World, isolate: Isolate): void {
  world.counts.requests += 1
  const taking = takeUnit(isolate.lease, world.scenario.quota, clockOf(world, isolate), LIMITS)
  if (taking.kind === 'taken') {
    if (taking.day < dayOf(counterClock(world))) world.counts.late += 1
    admit(world, isolate, taking.day)
  } else if (taking.kind === 'used-up') refuse(world)
  else if (taking.kind === 'unreachable') world.counts.unreachable += 1
  else {
    isolate.lease.waiting += 1
    world.counts.waited += 1
    isolate.waitingSinceMs.push(world.timeline.nowMs())
  }
  pump(world, isolate)
}

function refuse(world: World): void {
  world.counts.refused += 1
  world.isLastRefused = true
}

/** A request has its unit. Some are refused by a bucket a little later: their unit goes back, unless the isolate died meanwhile. */
function admit(world: World, isolate: Isolate, day: string): void {
  const period = periodOf(world, day)
  add(world.answered, period, 1)
  world.isLastRefused = false
  if ((world.answered.get(period) ?? 0) > capOf(world, period)) world.over ??= `${world.answered.get(period)} answered of ${capOf(world, period)} at ${world.timeline.nowMs()} ms`
  if (world.draws.uniform() >= world.scenario.throttled) return
  const { lives } = isolate
  world.timeline.at(world.timeline.nowMs() + world.draws.uniform() * 300, () => {
    if (isolate.lives !== lives) return
    add(world.answered, period, -1)
    giveUnitBack(isolate.lease, day, clockOf(world, isolate))
    pump(world, isolate)
  })
}

/** What the host of a lease does after everything that happens to it. */
function pump(world: World, isolate: Isolate): void {
  const { lease } = isolate
  const nowMs = clockOf(world, isolate)
  admitWaiting(world, isolate, serveWaiting(lease, nowMs))
  const ask = nextQuotaAsk(lease, nowMs, LIMITS)
  if (ask !== null) send(world, isolate, ask)
  while ((isolate.waitingSinceMs[0] ?? Infinity) + LIMITS.waitMsMax <= world.timeline.nowMs()) {
    endWait(world, isolate.waitingSinceMs.shift())
    if (stopWaiting(lease, nowMs, LIMITS).kind === 'used-up') refuse(world)
    else world.counts.unreachable += 1
  }
  wakeLater(world, isolate)
}

function wakeLater(world: World, isolate: Isolate): void {
  const wakeAtMs = quotaWakeMs(isolate.lease, LIMITS)
  if (wakeAtMs === null) return
  const nowMs = world.timeline.nowMs()
  const atMs = Math.min((isolate.waitingSinceMs[0] ?? Infinity) + LIMITS.waitMsMax, Math.max(nowMs + 5, wakeAtMs - isolate.offsetMs))
  if (atMs >= isolate.wakeAtMs && isolate.wakeAtMs > nowMs) return
  isolate.wakeAtMs = atMs
  world.timeline.at(atMs, () => {
    if (isolate.wakeAtMs !== atMs) return
    isolate.wakeAtMs = Infinity
    pump(world, isolate)
  })
}

function admitWaiting(world: World, isolate: Isolate, count: number): void {
  for (const sinceMs of isolate.waitingSinceMs.splice(0, count)) {
    endWait(world, sinceMs)
    admit(world, isolate, isolate.lease.day)
  }
}

function endWait({ counts, timeline }: World, sinceMs = 0): void {
  counts.waitMsMax = Math.max(counts.waitMsMax, timeline.nowMs() - sinceMs)
}

function send(world: World, isolate: Isolate, ask: QuotaAsk): void {
  const { timeline, draws, scenario } = world
  const { lives } = isolate
  const oneWayMs = (): number => ((scenario.tripsMs[isolate.index] ?? 5) / 2) * (0.8 + 0.4 * draws.uniform())
  const later = (act: () => void): void => timeline.at(timeline.nowMs() + oneWayMs(), act)
  // Five lost in a row would be an outage, which has a promise of its own.
  const mayLose = isolate.lostInARow < 2
  const isLost = mayLose && draws.uniform() < scenario.lostAsk
  const isReplyLost = mayLose && !isLost && draws.uniform() < scenario.lostReply
  isolate.lostInARow = isLost || isReplyLost ? isolate.lostInARow + 1 : 0
  const isNoticed = draws.uniform() < 0.5
  const fail = (): void => {
    if (!isNoticed) return
    later(() => {
      if (isolate.lives !== lives) return
      onQuotaFailure(isolate.lease, ask.seq, clockOf(world, isolate), LIMITS)
      pump(world, isolate)
    })
  }
  if (isLost) return fail()
  later(() => {
    const reply = answerAt(world, ask)
    if (isReplyLost) fail()
    else later(() => isolate.lives === lives && receive(world, isolate, reply))
  })
}

function receive(world: World, isolate: Isolate, reply: QuotaReply): void {
  const { admitted, refused } = onQuotaReply(isolate.lease, reply, clockOf(world, isolate), LIMITS)
  admitWaiting(world, isolate, admitted)
  for (const sinceMs of refused > 0 ? isolate.waitingSinceMs.splice(-refused) : []) {
    endWait(world, sinceMs)
    refuse(world)
  }
  pump(world, isolate)
}

function answerAt(world: World, ask: QuotaAsk): QuotaReply {
  world.counts.calls += 1
  const book = openBook(world)
  const reply = world.answer(book, ask, counterClock(world), LIMITS)
  save(book, world.disk)
  return reply
}

/** The counter's memory, or what it wrote down. */
function openBook(world: World): QuotaBook {
  const { disk } = world
  world.book ??= {
    ...openQuotaBook(),
    used: new Map(disk.used),
    holders: new Map([...disk.holders].toSorted(([, one], [, other]) => one.heardMs - other.heardMs)),
    extras: new Map(disk.extras),
    firstUseMs: disk.firstUseMs,
  }
  return world.book
}

function save(book: QuotaBook, disk: QuotaBook): void {
  const { unsaved } = book
  for (const day of unsaved.days) disk.used.set(day, book.used.get(day) ?? 0)
  for (const startMs of unsaved.extras) disk.extras.set(startMs, book.extras.get(startMs) ?? 0)
  for (const id of unsaved.holders) {
    const holder = book.holders.get(id)
    if (holder === undefined) disk.holders.delete(id)
    else disk.holders.set(id, holder)
  }
  if (unsaved.firstUse) disk.firstUseMs = book.firstUseMs
  markSaved(book)
}

function scheduleFaults(world: World): void {
  const { scenario, timeline } = world
  for (const atMs of scenario.restartsMs) timeline.at(atMs, () => (world.book = null))
  for (const { atMs, isolate } of scenario.kills) timeline.at(atMs, () => kill(world, isolateAt(world, isolate)))
  for (const { atMs, byMs } of scenario.counterJumps) timeline.at(atMs, () => (world.counterOffsetMs += byMs))
  for (const { atMs, byMs, isolate } of scenario.isolateJumps) timeline.at(atMs, () => (isolateAt(world, isolate).offsetMs += byMs))
  for (const { atMs, remaining } of scenario.sets) {
    timeline.at(atMs, () => {
      const book = openBook(world)
      const nowMs = counterClock(world)
      settleBook(book, nowMs, LIMITS)
      const { used, leased } = standOf(book, scenario.quota, nowMs)
      setRemaining(book, scenario.quota, remaining, nowMs)
      save(book, world.disk)
      // What is lent may be spent even if less shall remain.
      world.caps.set(periodStartMs(scenario.quota.period, nowMs), used + Math.max(remaining, leased))
    })
  }
}

function kill(world: World, isolate: Isolate): void {
  const { units, returning, sent, waiting } = isolate.lease
  const asked = sent === null ? 0 : sent.ask.want + sent.ask.waiting + sent.ask.returned.reduce((sum, back) => sum + back.units, 0)
  world.counts.diedMax += units + waiting + asked + [...returning.values()].reduce((sum, back) => sum + back, 0)
  isolate.lives += 1
  isolate.waitingSinceMs = []
  isolate.wakeAtMs = Infinity
  isolate.lostInARow = 0
  isolate.lease = openQuotaLease(`${isolate.index}.${isolate.lives}`, world.scenario.quota, clockOf(world, isolate), LIMITS)
}
