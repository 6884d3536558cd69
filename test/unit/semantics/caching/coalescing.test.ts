import { describe, expect, it } from 'vitest'
import { chooseTurn, endFill, type FillEnd, type Slot, type Turn } from '../../../../worker/semantics/caching/coalescing.ts'

const LIMITS = { waitMsMax: 50, fillMsMax: 100, uncacheableMs: 10, waitingMax: 2, slotsMax: 10 }
const filling = (change: Partial<Slot & { kind: 'filling' }> = {}): Slot => ({ kind: 'filling', ticket: 1, sinceMs: 1_000, waiting: 0, ...change })

const TURNS: readonly (readonly [string, Slot | undefined, number, Turn])[] = [
  ['nothing is going on', undefined, 1_000, 'fill'],
  ['another fills', filling(), 1_000, 'wait'],
  ['another fills and one waits', filling({ waiting: 1 }), 1_000, 'wait'],
  ['too many wait', filling({ waiting: 2 }), 1_000, 'alone'],
  ['the fill is old', filling(), 1_099, 'wait'],
  ['the fill is lost', filling({ waiting: 2 }), 1_100, 'fill'],
  ['it can not be stored', { kind: 'uncacheable', untilMs: 1_000 }, 999, 'alone'],
  ['it could not be stored a while ago', { kind: 'uncacheable', untilMs: 1_000 }, 1_000, 'fill'],
]

describe('the turn of a request when', () => {
  for (const [name, slot, nowMs, expected] of TURNS) {
    it(`${name}: ${expected}`, () => {
      expect(chooseTurn(slot, nowMs, LIMITS)).toBe(expected)
    })
  }
})

const ENDS: readonly (readonly [string, Slot | undefined, FillEnd, Slot | undefined])[] = [
  ['a stored answer frees the key', filling(), 'stored', undefined],
  ['a shared failure frees the key', filling(), 'shared', undefined],
  ['a lost fill frees the key', filling(), 'lost', undefined],
  ['an answer that can not be stored leaves a mark', filling(), 'uncacheable', { kind: 'uncacheable', untilMs: 1_010 }],
  ['a fill that was taken over changes nothing', filling({ ticket: 2 }), 'lost', filling({ ticket: 2 })],
  ['nor does it mark the key of its successor', filling({ ticket: 2 }), 'uncacheable', filling({ ticket: 2 })],
  ['a key that was freed meanwhile stays free', undefined, 'stored', undefined],
]

describe('the end of a fill', () => {
  for (const [name, slot, end, expected] of ENDS) {
    it(`when ${name}`, () => {
      expect(endFill(slot, 1, end, { nowMs: 1_000, limits: LIMITS })).toEqual(expected)
    })
  }
})
