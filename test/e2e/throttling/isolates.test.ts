import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startLimited } from '../../../bench/scenarios/throttling.ts'
import type { RawProcess } from '../../../bench/workerd.ts'
import { bundleWorker } from '../../../cli/dev/bundle-worker.ts'

/** A request as its client saw it: what was decided was decided in between. */
interface Seen {
  readonly sentMs: number
  readonly receivedMs: number
  readonly isAdmitted: boolean
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 })
let gateway: RawProcess

beforeAll(async () => {
  gateway = await startLimited(await bundleWorker(join(import.meta.dirname, '..', '..', '..', 'bench', 'peers', 'gateway-limits.ts')), 4)
  // The first requests of an isolate compile its code: they are not what is looked at here.
  for (const port of gateway.ports) for (let index = 0; index < 50; index += 1) await ask(port, 'buckets=1&mode=lease&rate=1000&burst=1000&name=warm')
})
afterAll(async () => {
  agent.destroy()
  await gateway.stop()
})

function ask(port: number, query: string): Promise<Seen> {
  const sentMs = performance.now()
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, path: `/?${query}`, agent }, (response) => {
      response.resume()
      response.on('end', () => resolve({ sentMs, receivedMs: performance.now(), isAdmitted: response.statusCode === 200 }))
    })
    call.on('error', reject)
    call.end()
  })
}

/** Sends at a steady rate for a while, to all isolates in turn, the first one four times as often. What a machine that stood still is late with is sent at the end. */
async function sendSteadily(query: string, perSecond: number, seconds: number): Promise<readonly Seen[]> {
  const [first = 0, ...others] = gateway.ports
  const turns = [first, first, first, first, ...others]
  const startedMs = performance.now()
  const calls: Promise<Seen>[] = []
  while (calls.length < perSecond * seconds) {
    const due = Math.min((performance.now() - startedMs) / 1000, seconds) * perSecond
    while (calls.length < due) calls.push(ask(turns[calls.length % turns.length] ?? first, query))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return Promise.all(calls)
}

/** The most by which any window went over: requests that were surely admitted within it, against what it allows. Windows begin when one was sent and end when one was received. */
function overBy(seen: readonly Seen[], { rate, burst }: { readonly rate: number; readonly burst: number }): number {
  const admitted = seen.filter(({ isAdmitted }) => isAdmitted)
  const begins = admitted.map(({ sentMs }) => sentMs).toSorted((one, other) => one - other)
  let over = -Infinity
  for (const [index, fromMs] of begins.entries()) {
    if (index % 8 !== 0) continue
    const ends = admitted.filter(({ sentMs }) => sentMs >= fromMs).map(({ receivedMs }) => receivedMs).toSorted((one, other) => one - other)
    for (const [count, toMs] of ends.entries()) over = Math.max(over, count + 1 - burst - (rate * (toMs - fromMs)) / 1000)
  }
  return over
}

/** The requests that one central bucket would have admitted, by when they were sent. */
function allowedOf(seen: readonly Seen[], { rate, burst }: { readonly rate: number; readonly burst: number }): readonly Seen[] {
  let [tokens, atMs] = [burst, 0]
  return seen
    .toSorted((one, other) => one.sentMs - other.sentMs)
    .filter(({ sentMs }) => {
      tokens = Math.min(burst, tokens + ((sentMs - atMs) * rate) / 1000)
      atMs = sentMs
      if (tokens < 1) return false
      tokens -= 1
      return true
    })
}

describe('a leased limit, over four isolates of raw workerd that share its object', () => {
  const limit = { rate: 200, burst: 200 }
  const query = (name: string): string => `buckets=1&mode=lease&rate=${limit.rate}&burst=${limit.burst}&name=${name}`

  it('is never over, and admits at least 98 % of what is allowed at twice the limit', async () => {
    // A machine that stands still loses time which the limit can't give back: one of three runs has to reach the share, and none may be over.
    let share = 0
    for (let run = 0; run < 3 && share < 0.98; run += 1) {
      const seen = await sendSteadily(query(`twice-${run}`), 400, 10)
      expect(overBy(seen, limit)).toBeLessThanOrEqual(0)
      // What counts is what follows the burst: at first the isolates have to learn of each other.
      const fromMs = (seen[0]?.sentMs ?? 0) + 3_000
      const late = (some: readonly Seen[]): number => some.filter(({ sentMs }) => sentMs >= fromMs).length
      share = late(seen.filter(({ isAdmitted }) => isAdmitted)) / late(allowedOf(seen, limit))
    }
    expect(share).toBeGreaterThanOrEqual(0.98)
  })

  it('refuses nobody below the limit', async () => {
    const seen = await sendSteadily(query('below'), 120, 4)
    // What counts is what really arrived: a machine that stood still for a second sends more at once.
    const isBelow = allowedOf(seen, { ...limit, burst: limit.burst * 0.75 }).length === seen.length
    expect(isBelow ? seen.filter(({ isAdmitted }) => !isAdmitted) : []).toEqual([])
    expect(overBy(seen, limit)).toBeLessThanOrEqual(0)
  })
})

describe('a quota, over four isolates of raw workerd that share its counter', () => {
  for (const mode of ['lease', 'exact']) {
    it(`is answered exactly as often as it allows: ${mode}`, async () => {
      const seen = await sendSteadily(`quota=1000&mode=${mode}&name=${mode}`, 400, 5)
      expect(seen.length).toBe(2_000)
      expect(seen.filter(({ isAdmitted }) => isAdmitted).length).toBe(1_000)
    })
  }
})
