import type { CachePlace, FillResult } from '../../ports.ts'
import { chooseTurn, COALESCING_LIMITS, endFill, type CoalescingLimits, type FillEnd } from '../../semantics/caching/coalescing.ts'
import type { CacheMemory, Watched } from './cache-memory.ts'

/** A request's turn at a place, within this isolate. */
export type LocalTurn =
  | { readonly kind: 'fill'; readonly finish: (result: FillResult, end: FillEnd) => void }
  | { readonly kind: 'wait'; readonly result: Promise<FillResult> }
  | { readonly kind: 'alone' }

/** The clock and the bounds of waiting. */
export interface FillOptions {
  readonly nowMs: () => number
  readonly limits?: CoalescingLimits
}

/**
 * Takes a turn at a place. A waiting request makes its own promise and its own timer, and lends out only the function that settles the promise: if the request that
 * fills is cut off, the timer of the one that waits still rings.
 */
export function takeTurn(memory: CacheMemory, place: CachePlace, { nowMs, limits = COALESCING_LIMITS }: FillOptions): LocalTurn {
  const watched = memory.watched.get(place.key)
  const turn = chooseTurn(watched?.slot, nowMs(), limits)
  if (turn === 'alone') return { kind: 'alone' }
  if (turn === 'wait' && watched !== undefined) return { kind: 'wait', result: wait(watched, limits.waitMsMax) }
  if (watched === undefined && !makeRoom(memory, nowMs(), limits.slotsMax)) return { kind: 'alone' }
  const ticket = memory.nextTicket
  memory.nextTicket += 1
  const waiters = watched?.waiters ?? new Set()
  memory.watched.set(place.key, { slot: { kind: 'filling', ticket, sinceMs: nowMs(), waiting: waiters.size }, waiters })
  return { kind: 'fill', finish: (result, end) => finish(memory, place, { ticket, result, end, nowMs: nowMs(), limits }) }
}

async function wait(watched: Watched, waitMsMax: number): Promise<FillResult> {
  const { promise, resolve } = Promise.withResolvers<FillResult>()
  watched.waiters.add(resolve)
  countWaiting(watched)
  const timer = setTimeout(() => resolve({ kind: 'nothing' }), waitMsMax)
  const result = await promise
  // Here the code runs for the waiting request again, which alone may stop its timer.
  clearTimeout(timer)
  watched.waiters.delete(resolve)
  countWaiting(watched)
  return result
}

function countWaiting(watched: Watched): void {
  if (watched.slot.kind === 'filling') watched.slot = { ...watched.slot, waiting: watched.waiters.size }
}

interface Ended {
  readonly ticket: number
  readonly result: FillResult
  readonly end: FillEnd
  readonly nowMs: number
  readonly limits: CoalescingLimits
}

function finish(memory: CacheMemory, place: CachePlace, { ticket, result, end, nowMs, limits }: Ended): void {
  const watched = memory.watched.get(place.key)
  if (watched === undefined) return
  const slot = endFill(watched.slot, ticket, end, { nowMs, limits })
  // Taken over by another request, which will answer to those who wait; but an answer is an answer.
  if (slot === watched.slot && result.kind !== 'answer') return
  for (const settle of watched.waiters) settle(result)
  watched.waiters.clear()
  if (slot === undefined) memory.watched.delete(place.key)
  else watched.slot = slot
}

/** Forgets places of which nothing is known that still holds; false when all are in use. */
function makeRoom(memory: CacheMemory, nowMs: number, slotsMax: number): boolean {
  if (memory.watched.size < slotsMax) return true
  for (const [key, { slot, waiters }] of memory.watched) {
    if (waiters.size === 0 && (slot.kind === 'uncacheable' || nowMs - slot.sinceMs > COALESCING_LIMITS.fillMsMax)) memory.watched.delete(key)
    if (memory.watched.size < slotsMax) return true
  }
  return false
}
