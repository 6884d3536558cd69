import { describe, expect, it } from 'vitest'
import { usagePlanSchema } from '../../../../kv-schemas/documents/access.ts'
import { accountSchema } from '../../../../kv-schemas/documents/account.ts'
import { methodSettingSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { createBucketLists, type LimitedCall, type LimitedMethod } from '../../../../worker/semantics/throttling/bucket-lists.ts'

const GET: LimitedMethod = { resourcePath: '/pets', httpMethod: 'GET' }
const PLAN = usagePlanSchema.parse({ schema: 1, id: 'gold', throttle: { rateLimit: 50, burstLimit: 100 }, apiStages: [{ apiId: 'shop', stage: 'prod', throttle: {} }] })
const OPEN: LimitedCall<LimitedMethod> = { method: GET, settings: methodSettingSchema.parse({ throttlingRateLimit: 5, throttlingBurstLimit: 10 }), account: accountSchema.parse({ schema: 1 }), plan: null }
const KEYED: LimitedCall<LimitedMethod> = { ...OPEN, plan: { document: PLAN, apiKeyId: 'alice' } }

describe('the lists of a stage', () => {
  const lists = createBucketLists<LimitedMethod>({ apiId: 'shop', stage: 'prod' })
  const changes: readonly (readonly [string, LimitedCall<LimitedMethod>, LimitedCall<LimitedMethod>, boolean])[] = [
    ['the same call again', OPEN, { ...OPEN }, true],
    ['the same key again', KEYED, { ...KEYED, plan: { document: PLAN, apiKeyId: 'alice' } }, true],
    ['a call without a key', KEYED, OPEN, false],
    ['another key', KEYED, { ...KEYED, plan: { document: PLAN, apiKeyId: 'bob' } }, false],
    ['another method', OPEN, { ...OPEN, method: { ...GET, httpMethod: 'POST' } }, false],
    ["a change of the account's limit", OPEN, { ...OPEN, account: accountSchema.parse({ schema: 1, throttle: { rateLimit: 7, burstLimit: 7 } }) }, false],
    ['a change of the plan', KEYED, { ...KEYED, plan: { document: { ...PLAN, throttle: { rateLimit: 1, burstLimit: 1 } }, apiKeyId: 'alice' } }, false],
  ]
  for (const [name, first, second, isSame] of changes) {
    it(`${name}: ${isSame ? 'the list that was made' : 'a list of its own'}`, () => {
      const made = lists.of(first)
      expect(lists.of(second) === made).toBe(isSame)
    })
  }

  it('hold what applies, and what answers say of it', () => {
    const { buckets, fields } = lists.of(KEYED)
    expect(buckets.map(({ name, limit }) => [name, limit.burstLimit])).toEqual([['plan/gold/alice/shop/prod', 100], ['method/shop/prod/GET/pets', 10], ['account/us-east-1', 5_000]])
    expect(fields?.policy).toBe('"plan";q=100;w=2, "method";q=10;w=2')
  })

  it('follow a change at once, and back', () => {
    const changed: LimitedCall<LimitedMethod> = { ...KEYED, plan: { document: { ...PLAN, throttle: { rateLimit: 1, burstLimit: 1 } }, apiKeyId: 'alice' } }
    expect([KEYED, changed, KEYED].map((call) => lists.of(call).buckets[0]?.limit.burstLimit)).toEqual([100, 1, 100])
  })

  it('say nothing where the stage wants it so', () => {
    expect(lists.of({ ...OPEN, method: { ...GET, httpMethod: 'PUT' }, settings: methodSettingSchema.parse({ throttlingRateLimit: 5, rateLimitHeaders: false }) }).fields).toBeNull()
  })

  it('are made anew when there are too many', () => {
    const few = createBucketLists<LimitedMethod>({ apiId: 'shop', stage: 'prod' })
    const first = few.of(KEYED)
    for (let key = 0; key < 10_000; key += 1) few.of({ ...KEYED, plan: { document: PLAN, apiKeyId: `key-${key}` } })
    expect(few.of(KEYED)).not.toBe(first)
    expect(few.of(KEYED)).toEqual(first)
  })
})
