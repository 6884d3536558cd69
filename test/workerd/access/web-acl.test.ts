import { env, exports } from 'cloudflare:workers'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { toAddressBucket } from '../../../worker/semantics/waf/stage-rules.ts'
import { methodOf, mockOf } from '../../documents.ts'
import { publish } from '../mapping/publish.ts'

const RATE = { limit: { rateLimit: 1 / 60, burstLimit: 3 }, mode: 'exact' as const }
const ADDRESS = '192.0.2.7'

async function ask(sourceIp: string): Promise<number> {
  return (await exports.default.fetch(new Request('http://gateway.test/filtered/dev/open', { headers: { 'cf-connecting-ip': sourceIp } }))).status
}

beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
})
afterAll(() => vi.useRealTimers())

it('the rate of an address counts what it sent through other isolates', async () => {
  await publish('filtered', { '/open': { GET: methodOf(mockOf()) } }, { stage: { webAcl: { rate: { limit: 3, windowSeconds: 180, mode: 'exact' } } } })
  // Another isolate took one: it asks the same object.
  const { name } = toAddressBucket(RATE, { apiId: 'filtered', stage: 'dev', sourceIp: ADDRESS })
  expect(await env.TOKEN_BUCKET.getByName(name).take(RATE.limit)).toMatchObject({ kind: 'taken' })
  expect([await ask(ADDRESS), await ask(ADDRESS), await ask(ADDRESS), await ask('192.0.2.8')]).toEqual([200, 200, 403, 200])
  vi.setSystemTime(Date.now() + 61_000)
  expect(await ask(ADDRESS)).toBe(200)
})
