/** What a request does that finds nothing in the cache. */
export type Turn = 'fill' | 'wait' | 'alone'

/** What is going on under a key: a request fills it while others wait, or it turned out that it can't be filled. */
export type Slot =
  | { readonly kind: 'filling'; readonly ticket: number; readonly sinceMs: number; readonly waiting: number }
  | { readonly kind: 'uncacheable'; readonly untilMs: number }

/** Bounds of waiting. Our own choice: nginx waits 5 s for a cache lock, Varnish remembers for 120 s that an answer can't be cached. */
export const COALESCING_LIMITS = {
  /** How long one request waits for another's answer before it goes through alone. */
  waitMsMax: 5_000,
  /** After which time a fill counts as lost and the next request takes over. */
  fillMsMax: 10_000,
  /** How long nobody waits under a key whose answer could not be stored: short, because the next answer may be storable. */
  uncacheableMs: 10_000,
  /** How many requests may wait under one key. */
  waitingMax: 10_000,
  /** How many keys are watched at once; beyond it, requests go through alone. */
  slotsMax: 10_000,
} as const
/** The limits as numbers that a test may shrink. */
export type CoalescingLimits = { readonly [Name in keyof typeof COALESCING_LIMITS]: number }

/** Chooses what a request does: one fills, the others wait; none waits for what can't be stored, or for a fill that takes too long. */
export function chooseTurn(slot: Slot | undefined, nowMs: number, limits: CoalescingLimits): Turn {
  if (slot === undefined) return 'fill'
  if (slot.kind === 'uncacheable') return nowMs < slot.untilMs ? 'alone' : 'fill'
  if (nowMs - slot.sinceMs >= limits.fillMsMax) return 'fill'
  return slot.waiting < limits.waitingMax ? 'wait' : 'alone'
}

/** Why a fill ended. */
export type FillEnd = 'stored' | 'shared' | 'uncacheable' | 'lost'

/** What stands under the key after a fill ended; undefined: nothing. A fill that was taken over by another changes nothing. */
export function endFill(slot: Slot | undefined, ticket: number, end: FillEnd, options: { readonly nowMs: number; readonly limits: CoalescingLimits }): Slot | undefined {
  if (slot?.kind === 'filling' && slot.ticket !== ticket) return slot
  return end === 'uncacheable' ? { kind: 'uncacheable', untilMs: options.nowMs + options.limits.uncacheableMs } : undefined
}
