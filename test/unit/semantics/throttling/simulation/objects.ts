import type { answerAsk } from '../../../../../worker/semantics/throttling/leases/answer-ask.ts'
import { LEASE_LIMITS } from '../../../../../worker/semantics/throttling/leases/lease-limits.ts'
import { openBucket, type LentBucket, type SavedBucket } from '../../../../../worker/semantics/throttling/leases/lent-bucket.ts'
import { onFailure } from '../../../../../worker/semantics/throttling/leases/lease-asks.ts'
import { answerPartAsk, isInTouch, nextPartAsk, onPartReply, openPart, partWakeMs, type Part } from '../../../../../worker/semantics/throttling/leases/part.ts'
import type { Ask, Reply } from '../../../../../worker/semantics/throttling/leases/protocol.ts'
import type { Draws, Scenario } from './scenario.ts'
import type { Timeline } from './timeline.ts'

/** The objects of a bucket: its own and its parts, with what is on disk, their clocks, and what they saw. */
export interface Objects {
  readonly scenario: Scenario
  readonly timeline: Timeline
  readonly draws: Draws
  readonly answer: typeof answerAsk
  bucket: LentBucket | null
  disk: SavedBucket | null
  offsetMs: number
  /** The bucket's clock as far as its object has seen it. */
  seenMs: number
  /** How many of the spent tokens lie before the object's last look at its clock. */
  seenSpent: number
  /** When each token was spent, by the bucket's clock. */
  readonly spentMs: number[]
  /** When each object was called, in true time: the bucket's own, then its parts. */
  readonly callsMs: number[][]
  readonly parts: Map<number, PartHost>
  writes: number
}

/** What the host of a part knows: its memory (null: it has to start), its clock, and the asks that wait until it is in touch with its bucket. */
interface PartHost {
  readonly index: number
  part: Part | null
  lives: number
  offsetMs: number
  wakeAtMs: number
  lostInARow: number
  pending: PendingAsk[]
}

interface PendingAsk {
  readonly ask: Ask
  readonly done: (reply: Reply | null) => void
}

/** How long a part lets an ask wait until it is in touch with its bucket; as in the object. */
const TOUCH_MS = 300

/** Objects that nobody called yet. */
export function createObjects(options: Pick<Objects, 'scenario' | 'timeline' | 'draws' | 'answer'>): Objects {
  return { ...options, bucket: null, disk: null, offsetMs: 0, seenMs: 0, seenSpent: 0, spentMs: [], callsMs: [[]], parts: new Map(), writes: 0 }
}

/** The bucket's clock, which for its object never goes back. */
export const bucketClock = ({ seenMs, timeline, offsetMs }: Objects): number => Math.max(seenMs, timeline.nowMs() + offsetMs)

/** A token is spent now. */
export const spend = (objects: Objects): void => void objects.spentMs.push(bucketClock(objects))

/** An ask is there; `done` gets the reply, or null when the call fails. */
export function deliver(objects: Objects, place: number, ask: Ask, done: (reply: Reply | null) => void): void {
  const calls = (objects.callsMs[place] ??= [])
  calls.push(objects.timeline.nowMs())
  if (place === 0) done(answerAtBucket(objects, ask))
  else answerAtPart(objects, hostOf(objects, place), { ask, done })
}

/** The bucket's object answers: with its memory, or from what it wrote down. */
function answerAtBucket(objects: Objects, ask: Ask): Reply {
  readBucketClock(objects)
  const readingMs = objects.timeline.nowMs() + objects.offsetMs
  objects.bucket ??= openBucket(objects.disk, ask.limit, readingMs, LEASE_LIMITS)
  const seqBefore = objects.bucket.holders.get(ask.holder)?.reply.seq ?? 0
  const { reply, save } = objects.answer(objects.bucket, ask, readingMs, LEASE_LIMITS)
  if (save !== null) {
    objects.disk = save
    objects.writes += 1
  }
  // What is given to waiting requests counts as spent now, each grant once.
  if (reply.seq > seqBefore) for (let token = 0; token < reply.served; token += 1) spend(objects)
  return reply
}

/** The object reads its clock: what was spent since it last did so was spent before what it sees now. */
function readBucketClock(objects: Objects): void {
  objects.seenMs = bucketClock(objects)
  const { spentMs, seenMs } = objects
  for (; objects.seenSpent < spentMs.length; objects.seenSpent += 1) spentMs[objects.seenSpent] = Math.min(spentMs[objects.seenSpent] ?? 0, seenMs)
}

function hostOf({ parts, draws }: Objects, index: number): PartHost {
  const host = parts.get(index) ?? { index, part: null, lives: 0, offsetMs: Math.floor((draws.uniform() - 0.5) * 100_000), wakeAtMs: Infinity, lostInARow: 0, pending: [] }
  parts.set(index, host)
  return host
}

function answerAtPart(objects: Objects, host: PartHost, pending: PendingAsk): void {
  const { timeline } = objects
  const readingMs = timeline.nowMs() + host.offsetMs
  if (host.part === null) {
    host.lives += 1
    host.part = openPart(host.index, `part-${host.index}.${host.lives}`, pending.ask.limit, readingMs)
  }
  if (isInTouch(host.part, readingMs)) answerNow(objects, host.part, readingMs, pending)
  else {
    host.pending.push(pending)
    timeline.at(timeline.nowMs() + TOUCH_MS, () => {
      if (!host.pending.includes(pending)) return
      host.pending = host.pending.filter((other) => other !== pending)
      pending.done(null)
    })
  }
  pumpPart(objects, host)
}

function answerNow(objects: Objects, part: Part, readingMs: number, { ask, done }: PendingAsk): void {
  const seqBefore = part.bucket.holders.get(ask.holder)?.reply.seq ?? 0
  const reply = answerPartAsk(part, ask, readingMs)
  if (reply.seq > seqBefore) for (let token = 0; token < reply.served; token += 1) spend(objects)
  done(reply)
}

/** What the object of a part does after everything that happens to it. */
function pumpPart(objects: Objects, host: PartHost): void {
  const { part } = host
  const { timeline } = objects
  if (part === null) return
  const ask = nextPartAsk(part, timeline.nowMs() + host.offsetMs)
  if (ask !== null) sendToBucket(objects, host, part, ask)
  const wakeAtMs = partWakeMs(part)
  if (wakeAtMs === null) return
  const atMs = Math.max(timeline.nowMs() + 1, wakeAtMs - host.offsetMs)
  if (atMs >= host.wakeAtMs && host.wakeAtMs > timeline.nowMs()) return
  host.wakeAtMs = atMs
  timeline.at(atMs, () => {
    if (host.wakeAtMs !== atMs) return
    host.wakeAtMs = Infinity
    pumpPart(objects, host)
  })
}

function sendToBucket(objects: Objects, host: PartHost, part: Part, ask: Ask): void {
  const { timeline, draws, scenario } = objects
  const oneWayMs = (): number => ((scenario.partTripsMs[host.index - 1] ?? 5) / 2) * (0.8 + 0.4 * draws.uniform())
  const { isLost, isReplyLost, isNoticed } = drawLoss(objects, host)
  const isAlive = (): boolean => host.part === part
  const fail = (): void => {
    if (!isNoticed || !isAlive()) return
    onFailure(part.lease, ask.seq, timeline.nowMs() + host.offsetMs, LEASE_LIMITS)
    pumpPart(objects, host)
  }
  const arrive = (reply: Reply | null): void => {
    if (reply === null || isReplyLost) {
      fail()
      return
    }
    if (!isAlive()) return
    const readingMs = timeline.nowMs() + host.offsetMs
    onPartReply(part, reply, readingMs)
    if (isInTouch(part, readingMs)) for (const pending of host.pending.splice(0)) answerNow(objects, part, readingMs, pending)
    pumpPart(objects, host)
  }
  if (isLost) timeline.at(timeline.nowMs() + oneWayMs(), fail)
  else timeline.at(timeline.nowMs() + oneWayMs(), () => deliver(objects, 0, ask, (reply) => timeline.at(timeline.nowMs() + oneWayMs(), () => arrive(reply))))
}

/** Whether an ask or its reply gets lost, and whether the sender sees that. Three lost in a row would be an outage, which has a promise of its own. */
export function drawLoss({ draws, scenario: { faults } }: Objects, sender: { lostInARow: number }): { readonly isLost: boolean; readonly isReplyLost: boolean; readonly isNoticed: boolean } {
  const mayLose = sender.lostInARow < 2
  const isLost = mayLose && draws.uniform() < faults.lostAsk
  const isReplyLost = mayLose && !isLost && draws.uniform() < faults.lostReply
  sender.lostInARow = isLost || isReplyLost ? sender.lostInARow + 1 : 0
  return { isLost, isReplyLost, isNoticed: draws.uniform() < 0.5 }
}

/** Lets happen to the objects what the scenario wants. A part that ends takes along what waits there. */
export function scheduleObjectFaults(objects: Objects): void {
  const { timeline, scenario } = objects
  const { restartsMs, objectJumps, partRestarts, partJumps } = scenario.faults
  for (const atMs of restartsMs) timeline.at(atMs, () => (objects.bucket = null))
  for (const { atMs, byMs } of objectJumps) timeline.at(atMs, () => (objects.offsetMs += byMs))
  for (const { atMs, byMs, part } of partJumps) {
    timeline.at(atMs, () => {
      const host = objects.parts.get(part)
      if (host !== undefined) host.offsetMs += byMs
    })
  }
  for (const { atMs, part } of partRestarts) timeline.at(atMs, () => restartPart(objects.parts.get(part)))
}

function restartPart(host: PartHost | undefined): void {
  if (host === undefined) return
  host.part = null
  for (const { done } of host.pending.splice(0)) done(null)
}
