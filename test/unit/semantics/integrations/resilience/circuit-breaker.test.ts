import { assert, boolean, integer, property, record, array } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admitCall, CLOSED, noteCall, type CircuitBreakerRule, type CircuitState } from '../../../../../worker/semantics/integrations/resilience/circuit-breaker.ts'

const RULE: CircuitBreakerRule = { failurePercent: 50, minimumCalls: 4, windowInMillis: 1_000, openInMillis: 500, probes: 2 }

/** Plays calls one after the other: `.` succeeds, `x` fails, a number waits so many milliseconds; gives what was let through and the state at the end. */
function play(script: readonly (string | number)[], start: CircuitState = CLOSED): { readonly admitted: string; readonly state: CircuitState } {
  let state = start
  let nowMs = 0
  let admitted = ''
  for (const step of script) {
    if (typeof step === 'number') {
      nowMs += step
      continue
    }
    for (const end of step) {
      const admission = admitCall(state, RULE, nowMs)
      state = admission.state
      admitted += admission.isAdmitted ? 'y' : 'n'
      if (admission.isAdmitted) state = noteCall(state, RULE, { failed: end === 'x', nowMs })
    }
  }
  return { admitted, state }
}

describe('a circuit breaker', () => {
  const rows = [
    { name: 'stays closed while calls succeed', script: ['........'], admitted: 'yyyyyyyy', kind: 'closed' },
    { name: 'stays closed below the minimum of calls', script: ['xxx'], admitted: 'yyy', kind: 'closed' },
    { name: 'opens at its share of failures', script: ['..xx'], admitted: 'yyyy', kind: 'open' },
    { name: 'stays closed below it', script: ['...x.x.'], admitted: 'yyyyyyy', kind: 'closed' },
    { name: 'forgets failures of an earlier window', script: ['xxx', 1_001, 'x'], admitted: 'yyyy', kind: 'closed' },
    { name: 'refuses while it is open', script: ['xxxx', 499, '..'], admitted: 'yyyynn', kind: 'open' },
    { name: 'lets a probe through after its time', script: ['xxxx', 500, '.'], admitted: 'yyyyy', kind: 'half-open' },
    { name: 'closes after enough probes', script: ['xxxx', 500, '..', 'x'], admitted: 'yyyyyyy', kind: 'closed' },
    { name: 'opens again when a probe fails', script: ['xxxx', 500, '.x', 499, '.'], admitted: 'yyyyyyn', kind: 'open' },
  ]
  test.each(rows)('$name', ({ script, admitted, kind }) => {
    const played = play(script)
    expect([played.admitted, played.state.kind]).toEqual([admitted, kind])
  })

  test('has no more probes under way than it needs', () => {
    const open: CircuitState = { kind: 'open', untilMs: 500 }
    const first = admitCall(open, RULE, 500)
    const second = admitCall(first.state, RULE, 500)
    const third = admitCall(second.state, RULE, 500)
    expect([first, second, third].map(({ isAdmitted }) => isAdmitted)).toEqual([true, true, false])
  })

  test('does not wait for ever for probes whose end nobody told', () => {
    const first = admitCall({ kind: 'open', untilMs: 0 }, RULE, 0)
    const second = admitCall(first.state, RULE, 0)
    expect(admitCall(second.state, RULE, 499).isAdmitted).toBe(false)
    expect(admitCall(second.state, RULE, 500).isAdmitted).toBe(true)
  })

  test('a call from before it opened tells nothing', () => {
    const open: CircuitState = { kind: 'open', untilMs: 500 }
    expect(noteCall(open, RULE, { failed: false, nowMs: 10 })).toBe(open)
  })

  test('lets something through within its time of opening, whatever happened', () => {
    const steps = array(record({ waitMs: integer({ min: 0, max: 700 }), failed: boolean(), ends: boolean() }), { maxLength: 60 })
    assert(
      property(steps, (calls) => {
        let state = CLOSED
        let nowMs = 0
        for (const { waitMs, failed, ends } of calls) {
          nowMs += waitMs
          const admission = admitCall(state, RULE, nowMs)
          state = admission.isAdmitted && ends ? noteCall(admission.state, RULE, { failed, nowMs }) : admission.state
        }
        expect(admitCall(state, RULE, nowMs + RULE.openInMillis).isAdmitted).toBe(true)
      }),
      { numRuns: Number(process.env['FUZZ_RUNS'] ?? 200) },
    )
  })
})
