/** How many requests of one address a stage takes. */
export interface AddressRate {
  readonly limit: number
  readonly windowSeconds: number
}

/** Counts requests by key, in the memory of an isolate. */
export interface RateBook {
  /** Counts a request; false when the key has used its rate up. */
  take(key: string, rate: AddressRate, nowMs: number): boolean
}

/**
 * Makes an empty book. A key has `limit` requests at once and gets them back evenly over the window (GCRA): one timestamp a key, the time at which its
 * bucket would be full again. A refused request costs nothing.
 */
export function createRateBook(entriesMax: number): RateBook {
  const fullAtMs = new Map<string, number>()
  return {
    take(key, { limit, windowSeconds }, nowMs) {
      const windowMs = windowSeconds * 1000
      const next = Math.max(fullAtMs.get(key) ?? nowMs, nowMs) + windowMs / limit
      if (next > nowMs + windowMs) return false
      fullAtMs.delete(key)
      fullAtMs.set(key, next)
      const [oldest] = fullAtMs.keys()
      if (fullAtMs.size > entriesMax && oldest !== undefined) fullAtMs.delete(oldest)
      return true
    },
  }
}
