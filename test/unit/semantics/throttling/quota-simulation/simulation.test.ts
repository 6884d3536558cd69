import { describe, expect, it } from 'vitest'
import { answerQuotaAsk } from '../../../../../worker/semantics/throttling/quota-leases/answer-quota-ask.ts'
import { playQuota, type QuotaResult } from './run.ts'
import { drawQuotaScenario, type QuotaScenario } from './scenario.ts'

/** How many scenarios are played, and from which seed on: STAGEDOOR_SEEDS=1000 takes a minute. */
const SEEDS = Number(process.env['STAGEDOOR_SEEDS'] ?? 40)
const FIRST = Number(process.env['STAGEDOOR_SEED'] ?? 1)
const seeds = Array.from({ length: SEEDS }, (_, index) => FIRST + index)

const replay = (seed: number): string => `replay: STAGEDOOR_SEED=${seed} STAGEDOOR_SEEDS=1 npx vitest run --project unit test/unit/semantics/throttling/quota-simulation`

/** What a run did not keep; empty when it kept every promise. */
function breaches(result: QuotaResult, { load, kills }: QuotaScenario): readonly string[] {
  const found: string[] = []
  if (result.over !== null) found.push(`over: ${result.over}`)
  if (result.late > 0) found.push(`${result.late} units were spent after their day`)
  if (result.unfinished + result.unreachable > 0) found.push(`${result.unfinished} requests have no answer, ${result.unreachable} were served without a unit`)
  // What was answered is booked, once; more is booked only for isolates that died.
  let more = 0
  for (const [period, booked] of result.booked) {
    const answered = result.answered.get(period) ?? 0
    if (booked < answered) found.push(`${answered} answered, ${booked} booked`)
    more += booked - answered
  }
  if (more > (kills.length === 0 ? 0 : result.diedMax)) found.push(`${more} booked that nobody answered, ${result.diedMax} died with isolates`)
  if (load === 'below' && result.refused > 0) found.push(`${result.refused} refused below the quota`)
  if (result.end.leased > 0) found.push(`${result.end.leased} still leased at the end`)
  if (result.end.isRefused && result.end.free > 0) found.push(`refused at last with ${result.end.free} free`)
  return found
}

describe('quota leases, over seeded scenarios', () => {
  it('are never over; lose nothing, count nothing twice; refuse nobody below the quota; spend nothing after its day', () => {
    const broken = seeds.flatMap((seed) => {
      const scenario = drawQuotaScenario(seed)
      return breaches(playQuota(scenario), scenario).map((breach) => `${scenario.load}: ${breach}; ${replay(seed)}`)
    })
    expect(broken).toEqual([])
  })

  it('answer exactly what the quota allows when more is asked for, and no isolate dies', () => {
    for (const seed of seeds) {
      const drawn = drawQuotaScenario(seed)
      const scenario: QuotaScenario = { ...drawn, kills: [], sets: [] }
      const { answered, end } = playQuota(scenario)
      const { quota } = scenario
      if (!end.isRefused) continue
      const [last = 0] = [...answered.keys()].toSorted((one, other) => other - one)
      const isFirst = answered.size === 1
      expect([seed, answered.get(last)]).toEqual([seed, quota.limit - (isFirst ? quota.offset : 0)])
    }
  })

  const savings = [
    { perSecond: 1, tripsMs: [60], callsMax: 0.5 },
    { perSecond: 2, tripsMs: [60], callsMax: 0.15 },
    { perSecond: 5, tripsMs: [60], callsMax: 0.05 },
    { perSecond: 20, tripsMs: [300], callsMax: 0.05 },
    { perSecond: 400, tripsMs: [20, 60, 120, 300], callsMax: 0.05 },
  ]
  for (const { perSecond, tripsMs, callsMax } of savings) {
    it(`ask the counter for few of the requests: ${perSecond} a second over ${tripsMs.length} isolates`, () => {
      const durationMs = 20_000 + 1_000_000 / perSecond
      const calm: QuotaScenario = {
        seed: 1, load: 'below', quota: { limit: 1_000_000, offset: 0, period: 'MONTH' }, startMs: Date.parse('2026-11-10T12:00:00Z'), durationMs, perSecond, tripsMs, skew: 0.6, throttled: 0,
        lostAsk: 0, lostReply: 0, restartsMs: [], kills: [], sets: [], counterJumps: [], isolateJumps: [],
      }
      const { requests, calls } = playQuota(calm)
      expect(calls / requests).toBeLessThan(callsMax)
    })
  }
})

/** A counter that takes a repeated ask for a new one. */
const withoutSeq: typeof answerQuotaAsk = (book, ask, nowMs, limits) => {
  const known = book.holders.get(ask.holder)
  if (known !== undefined) book.holders.set(ask.holder, { ...known, reply: { ...known.reply, seq: 0 } })
  return answerQuotaAsk(book, ask, nowMs, limits)
}

/** A counter that hands out again what silent holders had. */
const trusting: typeof answerQuotaAsk = (book, ask, nowMs, limits) => {
  for (const [id, holder] of book.holders) if (nowMs - holder.heardMs > 1_000) book.holders.set(id, { ...holder, leased: 0 })
  return answerQuotaAsk(book, ask, nowMs, limits)
}

/** A counter that writes down nothing of what it lends. */
const withoutMemory: typeof answerQuotaAsk = (book, ask, nowMs, limits) => {
  const reply = answerQuotaAsk(book, ask, nowMs, limits)
  book.unsaved.holders.clear()
  return reply
}

/** A counter that lends until midnight. */
const withoutSlack: typeof answerQuotaAsk = (book, ask, nowMs, limits) => answerQuotaAsk(book, ask, nowMs, { ...limits, slackMs: -limits.leaseMs })

describe('the simulation finds a fault that was put in', () => {
  for (const [name, answer] of Object.entries({ withoutSeq, trusting, withoutMemory, withoutSlack })) {
    it(name, () => {
      const found = Array.from({ length: 30 }, (_, index) => drawQuotaScenario(index + 1)).filter((scenario) => breaches(playQuota(scenario, answer), scenario).length > 0)
      expect(found.length).toBeGreaterThan(0)
    })
  }
})
