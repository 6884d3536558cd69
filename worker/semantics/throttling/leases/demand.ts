/** An estimate of how often something happens: events that fade with time. */
export interface Demand {
  perMs: number
  atMs: number
}

/** Nothing so far. */
export const noDemand = (): Demand => ({ perMs: 0, atMs: 0 })

/** Events a millisecond now; `memoryMs` is the time in which an old event fades to a third. A clock that went back fades nothing. */
export function demandAt({ perMs, atMs }: Demand, nowMs: number, memoryMs: number): number {
  return nowMs > atMs && perMs > 0 ? perMs * Math.exp((atMs - nowMs) / memoryMs) : perMs
}

/** Counts one more event. */
export function countEvent(demand: Demand, nowMs: number, memoryMs: number): void {
  demand.perMs = demandAt(demand, nowMs, memoryMs) + 1 / memoryMs
  demand.atMs = nowMs
}
