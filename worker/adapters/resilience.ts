import type { Resilience, ResilienceState } from '../ports.ts'

/** Integrations whose state an isolate keeps; the one changed longest ago goes first. */
const INTEGRATIONS_MAX = 1_000

/** The state of retries and circuit breakers in this isolate. Differs between isolates: each sees its own calls fail. */
export function createResilience(states: Map<string, ResilienceState>): Resilience {
  return {
    read: (key) => states.get(key),
    write(key, state) {
      states.delete(key)
      states.set(key, state)
      const [oldest] = states.keys()
      if (states.size > INTEGRATIONS_MAX && oldest !== undefined) states.delete(oldest)
    },
    pause: (ms) => scheduler.wait(ms),
  }
}
