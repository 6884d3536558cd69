/** When a circuit breaker opens, and how it closes again. */
export interface CircuitBreakerRule {
  /** Opens when this share of a window's calls failed, in percent ... */
  readonly failurePercent: number
  /** ... and there were at least so many. */
  readonly minimumCalls: number
  readonly windowInMillis: number
  /** How long it stays open before it lets probes through. */
  readonly openInMillis: number
  /** So many probes in a row must succeed to close it; no more are under way at a time. */
  readonly probes: number
}

/** A circuit breaker between two calls. */
export type CircuitState =
  | { readonly kind: 'closed'; readonly windowEndsAtMs: number; readonly calls: number; readonly failures: number }
  | { readonly kind: 'open'; readonly untilMs: number }
  /** `staleAtMs`: probes whose end nobody told by then no longer count as under way. */
  | { readonly kind: 'half-open'; readonly underWay: number; readonly succeeded: number; readonly staleAtMs: number }

/** A breaker that has seen nothing. */
export const CLOSED: CircuitState = { kind: 'closed', windowEndsAtMs: 0, calls: 0, failures: 0 }

/** Whether a call may go, and the state while it is under way. */
export function admitCall(state: CircuitState, rule: CircuitBreakerRule, nowMs: number): { readonly isAdmitted: boolean; readonly state: CircuitState } {
  switch (state.kind) {
    case 'closed':
      return { isAdmitted: true, state }
    case 'open':
      if (nowMs < state.untilMs) return { isAdmitted: false, state }
      return { isAdmitted: true, state: { kind: 'half-open', underWay: 1, succeeded: 0, staleAtMs: nowMs + rule.openInMillis } }
    case 'half-open': {
      const underWay = nowMs >= state.staleAtMs ? 0 : state.underWay
      if (underWay + state.succeeded >= rule.probes) return { isAdmitted: false, state }
      return { isAdmitted: true, state: { ...state, underWay: underWay + 1, staleAtMs: nowMs + rule.openInMillis } }
    }
    default:
      return state satisfies never
  }
}

/** The state after a call ended. One that began before the breaker opened tells nothing any more. */
export function noteCall(state: CircuitState, rule: CircuitBreakerRule, end: { readonly failed: boolean; readonly nowMs: number }): CircuitState {
  switch (state.kind) {
    case 'closed':
      return noteClosed(state, rule, end)
    case 'open':
      return state
    case 'half-open': {
      if (end.failed) return { kind: 'open', untilMs: end.nowMs + rule.openInMillis }
      const succeeded = state.succeeded + 1
      return succeeded >= rule.probes ? CLOSED : { ...state, succeeded, underWay: Math.max(0, state.underWay - 1) }
    }
    default:
      return state satisfies never
  }
}

function noteClosed(state: CircuitState & { readonly kind: 'closed' }, rule: CircuitBreakerRule, { failed, nowMs }: { readonly failed: boolean; readonly nowMs: number }): CircuitState {
  const isNewWindow = nowMs >= state.windowEndsAtMs
  const windowEndsAtMs = isNewWindow ? nowMs + rule.windowInMillis : state.windowEndsAtMs
  const calls = (isNewWindow ? 0 : state.calls) + 1
  const failures = (isNewWindow ? 0 : state.failures) + (failed ? 1 : 0)
  if (calls >= rule.minimumCalls && failures * 100 >= calls * rule.failurePercent) return { kind: 'open', untilMs: nowMs + rule.openInMillis }
  return { kind: 'closed', windowEndsAtMs, calls, failures }
}
