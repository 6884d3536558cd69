import { expect, test } from 'vitest'
import type { CanaryDocument } from '../../../../kv-schemas/documents/stage.ts'
import { drawCanary, toStickyDraw } from '../../../../worker/semantics/stages/canary-draw.ts'
import { seededChance } from '../../../chance.ts'

const REQUESTS = 20_000
const PERCENTS = [0, 0.1, 1, 5, 10, 33.3, 50, 75, 99, 99.9, 100]

/** Half the width of the binomial 99 % interval around a share, in requests. */
const tolerance = (percent: number): number => 2.576 * Math.sqrt(REQUESTS * (percent / 100) * (1 - percent / 100))

const address = (n: number): string => `198.51.${n >>> 8}.${n & 255}`
const sticky = (fields: Partial<NonNullable<CanaryDocument['stickiness']>> = {}): CanaryDocument['stickiness'] => ({ type: 'SOURCE_IP', name: null, salt: 'shop/dev/4', ...fields })
const caller = (headers: Record<string, string> = {}, sourceIp = '192.0.2.1') => ({ headers: new Headers(headers), sourceIp })

const callersIn = (salt: string): number[] => Array.from({ length: 2_000 }, (_, n) => n).filter((n) => drawCanary(10, toStickyDraw(sticky({ salt }), caller({}, address(n))) ?? Number.NaN))

for (const percent of PERCENTS) {
  test(`a canary of ${percent} % gets its share of ${REQUESTS} random draws`, () => {
    const chance = seededChance(20_261_122)
    const taken = Array.from({ length: REQUESTS }, () => drawCanary(percent, chance.below(2 ** 32) / 2 ** 32)).filter(Boolean).length
    expect(Math.abs(taken - (REQUESTS * percent) / 100)).toBeLessThanOrEqual(tolerance(percent))
  })

  test(`a sticky canary of ${percent} % gets its share of ${REQUESTS} callers`, () => {
    const taken = Array.from({ length: REQUESTS }, (_, n) => drawCanary(percent, toStickyDraw(sticky(), caller({}, address(n))) ?? Number.NaN)).filter(Boolean).length
    expect(Math.abs(taken - (REQUESTS * percent) / 100)).toBeLessThanOrEqual(tolerance(percent))
  })
}

test('a caller who is in stays in while the percentage grows', () => {
  for (let n = 0; n < 2_000; n += 1) {
    const draw = toStickyDraw(sticky(), caller({}, address(n))) ?? Number.NaN
    const isIn = PERCENTS.map((percent) => drawCanary(percent, draw))
    expect(isIn).toEqual([...isIn].sort((one, other) => Number(one) - Number(other)))
  }
})

test('another canary meets other callers first', () => {
  const again = callersIn('shop/dev/4')
  const other = new Set(callersIn('shop/dev/9'))
  expect(again.filter((n) => other.has(n)).length).toBeLessThan(again.length / 3)
})

const MARKS = [
  { name: 'an API key', stickiness: sticky({ type: 'API_KEY' }), one: caller({ 'x-api-key': 'k1' }), other: caller({ 'x-api-key': 'k2' }) },
  { name: 'a header', stickiness: sticky({ type: 'HEADER', name: 'X-User' }), one: caller({ 'x-user': 'ann' }), other: caller({ 'x-user': 'bob' }) },
  { name: 'a cookie', stickiness: sticky({ type: 'COOKIE', name: 'sid' }), one: caller({ cookie: 'a=1; sid=ann; b=2' }), other: caller({ cookie: 'sid=bob' }) },
  { name: 'an address', stickiness: sticky(), one: caller({}, '192.0.2.1'), other: caller({}, '192.0.2.2') },
]
for (const { name, stickiness, one, other } of MARKS) {
  test(`${name} draws alike at every request and unlike another`, () => {
    expect(toStickyDraw(stickiness, one)).toBe(toStickyDraw(stickiness, one))
    expect(toStickyDraw(stickiness, one)).not.toBe(toStickyDraw(stickiness, other))
  })
}

const STRANGERS = [
  { name: 'no stickiness', stickiness: null, who: caller() },
  { name: 'no API key', stickiness: sticky({ type: 'API_KEY' }), who: caller() },
  { name: 'no header', stickiness: sticky({ type: 'HEADER', name: 'x-user' }), who: caller() },
  { name: 'an empty header', stickiness: sticky({ type: 'HEADER', name: 'x-user' }), who: caller({ 'x-user': '' }) },
  { name: 'another cookie', stickiness: sticky({ type: 'COOKIE', name: 'sid' }), who: caller({ cookie: 'xsid=1; sidx=2; sid' }) },
  { name: 'an empty cookie', stickiness: sticky({ type: 'COOKIE', name: 'sid' }), who: caller({ cookie: 'sid=' }) },
]
for (const { name, stickiness, who } of STRANGERS) test(`with ${name} chance draws`, () => expect(toStickyDraw(stickiness, who)).toBeNull())
