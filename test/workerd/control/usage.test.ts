import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { callControl } from './client.ts'

beforeAll(async () => {
  await reset()
  // No day ends while the tests run, and no lease.
  vi.useFakeTimers({ toFake: ['Date'] })
  const files = [{ path: 'usage-plans.json', text: '{ "usagePlans": [{ "id": "gold", "quota": { "limit": 100, "period": "DAY" } }, { "id": "endless" }] }' }]
  await callControl('POST', '/push', { body: { files } })
  await callControl('POST', '/api-keys', { body: { id: 'mine', value: 'a-key-of-twenty-characters', usagePlanIds: ['gold', 'endless'] } })
  await callControl('POST', '/api-keys', { body: { id: 'lent', value: 'b-key-of-twenty-characters', usagePlanIds: ['gold'] } })
  for (let request = 0; request < 3; request += 1) await env.QUOTA_COUNTER.getByName('gold/mine').use(`request-${request}`, { limit: 100, offset: 0, period: 'DAY' })
})
afterAll(() => void vi.useRealTimers())

describe('the usage of a plan', () => {
  test('is shown by key, and what remains', async () => {
    expect((await callControl('GET', '/usage-plans/gold/usage?key=mine')).body).toMatchObject({ usagePlanId: 'gold', keys: [{ apiKeyId: 'mine', used: 3, leased: 0, remaining: 97 }] })
    expect((await callControl('GET', '/usage-plans/endless/usage')).body).toMatchObject({ keys: [{ used: 0, remaining: null }] })
  })

  test('shows what is leased beside what is used and remains', async () => {
    const lent = await env.QUOTA_COUNTER.getByName('gold/lent').ask({ holder: 'h', seq: 1, quota: { limit: 100, offset: 0, period: 'DAY' }, held: { day: '', units: 0 }, returned: [], owed: 0, waiting: 2, want: 10 })
    const { body } = await callControl('GET', '/usage-plans/gold/usage?key=lent')
    expect(body).toMatchObject({ keys: [{ apiKeyId: 'lent', used: 2, leased: 10, remaining: 88, days: [{ day: lent.day, used: 2, leased: 10 }] }] })
    const answer = await callControl('PUT', '/usage-plans/gold/usage/lent', { body: { remaining: 500 } })
    expect(answer.body).toMatchObject({ used: 2, leased: 10, remaining: 490 })
  })

  test('is set, and the audit log says by whom and from what', async () => {
    const answer = await callControl('PUT', '/usage-plans/gold/usage/mine?author=ada&message=a%20gift', { body: { remaining: 500 } })
    expect(answer).toMatchObject({ status: 200, body: { used: 3, remaining: 500 } })
    const { body } = await callControl('GET', '/audit')
    expect(body.entries[0]).toMatchObject({ action: 'update', target: 'usage of api-key mine in usage-plan gold', author: 'ada', message: 'a gift', detail: { remaining: 500, remainingBefore: 97 } })
  })

  test.each([
    ['no such plan', '/usage-plans/silver/usage/mine', { remaining: 1 }, 404],
    ['no such key', '/usage-plans/gold/usage/nobody', { remaining: 1 }, 404],
    ['a plan without a quota', '/usage-plans/endless/usage/mine', { remaining: 1 }, 400],
    ['less than nothing', '/usage-plans/gold/usage/mine', { remaining: -1 }, 400],
    ['half a request', '/usage-plans/gold/usage/mine', { remaining: 0.5 }, 400],
  ])('is not set for %s', async (_name, path, body, status) => {
    expect((await callControl('PUT', path, { body })).status).toBe(status)
  })

  test('is not set by one who may only deploy', async () => {
    expect((await callControl('PUT', '/usage-plans/gold/usage/mine', { role: 'deploy', body: { remaining: 1 } })).status).toBe(403)
  })
})
