import { chooseTurn, COALESCING_LIMITS, endFill, type Slot } from '../semantics/caching/coalescing.ts'

/** What an isolate is told that wants to fill a place: to do so, what another isolate filled in, or to go alone. */
export type StageTurn = { readonly kind: 'fill' } | { readonly kind: 'filled'; readonly bytes: Uint8Array } | { readonly kind: 'alone' }

/** Who fills which place of a stage, for all isolates. Kept in memory only: when it is lost, isolates fill for themselves. */
export interface StageFills {
  join(keyDigest: string, waitMs: number): Promise<StageTurn>
  finish(keyDigest: string, bytes: Uint8Array | null): void
}

interface Place {
  slot: Slot
  readonly waiters: Set<(turn: StageTurn) => void>
}

/** No fill under way. The requests of one object share its events, so here a promise of one may wait for another. */
export function createStageFills(nowMs: () => number): StageFills {
  const places = new Map<string, Place>()
  let ticket = 0
  return {
    async join(keyDigest, waitMs) {
      forgetOld(places, nowMs())
      const place = places.get(keyDigest)
      const turn = chooseTurn(place?.slot, nowMs(), COALESCING_LIMITS)
      if (turn === 'alone' || (place === undefined && places.size >= COALESCING_LIMITS.slotsMax)) return { kind: 'alone' }
      if (turn === 'wait' && place !== undefined) return wait(place, Math.min(waitMs, COALESCING_LIMITS.waitMsMax))
      ticket += 1
      const waiters = place?.waiters ?? new Set()
      places.set(keyDigest, { slot: { kind: 'filling', ticket, sinceMs: nowMs(), waiting: waiters.size }, waiters })
      return { kind: 'fill' }
    },
    finish(keyDigest, bytes) {
      const place = places.get(keyDigest)
      if (place?.slot.kind !== 'filling') return
      const slot = endFill(place.slot, place.slot.ticket, bytes === null ? 'uncacheable' : 'stored', { nowMs: nowMs(), limits: COALESCING_LIMITS })
      for (const settle of place.waiters) settle(bytes === null ? { kind: 'alone' } : { kind: 'filled', bytes })
      place.waiters.clear()
      if (slot === undefined) places.delete(keyDigest)
      else place.slot = slot
    },
  }
}

async function wait(place: Place, waitMs: number): Promise<StageTurn> {
  const { promise, resolve } = Promise.withResolvers<StageTurn>()
  place.waiters.add(resolve)
  const timer = setTimeout(() => resolve({ kind: 'alone' }), waitMs)
  const turn = await promise
  clearTimeout(timer)
  place.waiters.delete(resolve)
  return turn
}

/** Places come in the order in which they were begun; those at the front that nobody waits for any more go. */
function forgetOld(places: Map<string, Place>, nowMs: number): void {
  for (const [keyDigest, { slot, waiters }] of places) {
    const isOld = slot.kind === 'uncacheable' ? nowMs >= slot.untilMs : nowMs - slot.sinceMs >= 2 * COALESCING_LIMITS.fillMsMax
    if (!isOld || waiters.size > 0) return
    places.delete(keyDigest)
  }
}
