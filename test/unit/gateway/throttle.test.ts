import { describe, expect, it, vi } from 'vitest'
import { methodSettingSchema } from '../../../kv-schemas/rule-files/stage.ts'
import type { Limits, TokenOutcome } from '../../../worker/ports.ts'
import { accessOf } from '../../access.ts'
import { methodOf, mockOf } from '../../documents.ts'
import { gatewayOf } from '../../gateway.ts'

const KEY = 'a-key-of-twenty-characters'
const RESOURCES = { '/open': { GET: methodOf(mockOf()) }, '/keyed': { GET: methodOf(mockOf(), { apiKeyRequired: true }) } }
const LIMITED = { methodSettings: { 'open/GET': methodSettingSchema.parse({ throttlingRateLimit: 2, throttlingBurstLimit: 4 }) } }

/** Limits whose buckets are empty by name, and what was asked of them. */
function limitsOf(empty: readonly string[], quota: 'counted' | 'used-up' | 'unreachable' = 'counted') {
  const asked: string[] = []
  const limits: Limits = {
    take(buckets) {
      const outcomes: TokenOutcome[] = []
      for (const { name, limit, isShadow } of buckets) {
        asked.push(`take ${name}`)
        const isEmpty = empty.some((start) => name.startsWith(start))
        outcomes.push(isEmpty ? { kind: 'refused', retryAfterMs: 1_500, isOwnShare: false } : { kind: 'taken', remaining: limit.burstLimit - 1, isOwnShare: false })
        if (isEmpty && !isShadow) break
      }
      return outcomes
    },
    async useQuota({ quota: rule }) {
      asked.push(rule === null ? 'count' : 'quota')
      if (quota === 'used-up') return { kind: 'used-up', allowance: 10, resetsInMs: 60_000 }
      return quota === 'unreachable' ? { kind: 'unreachable', cause: 'down' } : { kind: 'counted' }
    },
    giveBackQuota: () => void asked.push('give back quota'),
  }
  return { limits, asked }
}

const plan = (parts: object) => accessOf({ apiKeys: { [KEY]: { id: 'k', usagePlanIds: ['gold'] } }, usagePlans: [{ id: 'gold', apiStages: [{ apiId: 'test', stage: 'dev', throttle: {} }], ...parts } as never] })

describe('throttle', () => {
  it("takes nothing but the account's own bucket where no limit is configured, and says nothing", async () => {
    const { limits, asked } = limitsOf([])
    const answer = await gatewayOf(RESOURCES, { ports: { limits } }).ask('/open')
    expect([answer.status, answer.headers.get('ratelimit'), asked]).toEqual([200, null, ['take account/us-east-1']])
  })

  it("refuses in Amazon's words, with the fields of the draft", async () => {
    const { limits, asked } = limitsOf(['method/'])
    const answer = await gatewayOf(RESOURCES, { stage: LIMITED, ports: { limits } }).ask('/open')
    expect([answer.status, await answer.text(), answer.headers.get('x-amzn-errortype')]).toEqual([429, '{"message":"Too Many Requests"}', 'TooManyRequestsException'])
    expect([answer.headers.get('retry-after'), answer.headers.get('ratelimit'), answer.headers.get('ratelimit-policy')]).toEqual(['2', '"method";r=0;t=2', '"method";q=4;w=2'])
    expect(asked).toEqual(['take method/test/dev/GET/open'])
  })

  it('says what is left on an answer', async () => {
    const { limits } = limitsOf([])
    const answer = await gatewayOf(RESOURCES, { stage: LIMITED, ports: { limits } }).ask('/open')
    expect([answer.status, answer.headers.get('ratelimit')]).toEqual([200, '"method";r=3;t=1'])
  })

  it('asks for all buckets that apply, the narrowest first', async () => {
    const { limits, asked } = limitsOf(['account/'])
    const answer = await gatewayOf(RESOURCES, { stage: LIMITED, ports: { limits } }).ask('/open')
    expect([answer.status, asked]).toEqual([429, ['take method/test/dev/GET/open', 'take account/us-east-1']])
  })

  it('a shadow limit refuses nobody, and says in the log what it would have done', async () => {
    const shadow = { methodSettings: { '*/*': methodSettingSchema.parse({ throttlingRateLimit: 1, throttlingEnforce: 'shadow' }) } }
    const gateway = gatewayOf(RESOURCES, { stage: shadow, ports: { limits: limitsOf(['method/']).limits } })
    expect((await gateway.ask('/open')).status).toBe(200)
    expect(gateway.lines).toContainEqual(expect.objectContaining({ message: 'a shadow limit would have refused', metric: 'limits.shadowRefused' }))
  })

  it('the switch leaves the fields out', async () => {
    const plain = { methodSettings: { '*/*': methodSettingSchema.parse({ throttlingRateLimit: 1, rateLimitHeaders: false }) } }
    const answer = await gatewayOf(RESOURCES, { stage: plain, ports: { limits: limitsOf(['method/']).limits } }).ask('/open')
    expect([answer.status, answer.headers.get('retry-after'), answer.headers.get('ratelimit')]).toEqual([429, null, null])
  })

  it('counts a key without a quota behind the answer', async () => {
    const { limits, asked } = limitsOf([])
    const answer = await gatewayOf(RESOURCES, { ports: { limits, access: plan({}) } }).ask('/keyed', { headers: { 'x-api-key': KEY } })
    expect([answer.status, asked]).toEqual([200, ['count', 'take account/us-east-1']])
  })

  it('takes the count of a key without a quota off again when a bucket refuses', async () => {
    const { limits, asked } = limitsOf(['plan/'])
    const gateway = gatewayOf(RESOURCES, { ports: { limits, access: plan({ throttle: { rateLimit: 1, burstLimit: 1 } }) } })
    const answer = await gateway.ask('/keyed', { headers: { 'x-api-key': KEY } })
    expect(answer.status).toBe(429)
    await vi.waitFor(() => expect(asked).toEqual(['count', 'take plan/gold/k/test/dev', 'give back quota']))
  })

  it('refuses a key whose quota is used up', async () => {
    const { limits } = limitsOf([], 'used-up')
    const access = plan({ quota: { limit: 10, offset: 0, period: 'DAY' } })
    const answer = await gatewayOf(RESOURCES, { ports: { limits, access } }).ask('/keyed', { headers: { 'x-api-key': KEY } })
    expect([answer.status, await answer.text(), answer.headers.get('x-amzn-errortype'), answer.headers.get('retry-after')]).toEqual([429, '{"message":"Limit Exceeded"}', 'LimitExceededException', '60'])
  })

  it('serves when the quota can not be asked, as Amazon does', async () => {
    const { limits } = limitsOf([], 'unreachable')
    const access = plan({ quota: { limit: 10, offset: 0, period: 'DAY' } })
    expect((await gatewayOf(RESOURCES, { ports: { limits, access } }).ask('/keyed', { headers: { 'x-api-key': KEY } })).status).toBe(200)
  })

  it('takes the count off again when a bucket refuses', async () => {
    const { limits, asked } = limitsOf(['plan/'])
    const access = plan({ quota: { limit: 10, offset: 0, period: 'DAY' }, throttle: { rateLimit: 1, burstLimit: 1 } })
    const answer = await gatewayOf(RESOURCES, { ports: { limits, access } }).ask('/keyed', { headers: { 'x-api-key': KEY } })
    expect([answer.status, asked]).toEqual([429, ['quota', 'take plan/gold/k/test/dev', 'give back quota']])
  })
})
