import { describe, expect, it } from 'vitest'
import { usagePlanSchema } from '../../../../kv-schemas/documents/access.ts'
import { accountSchema } from '../../../../kv-schemas/documents/account.ts'
import { methodSettingSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { bucketsOf, type ThrottledCall } from '../../../../worker/semantics/throttling/buckets-of.ts'
import { prepareFields, toRateLimitFields, toRetryAfter } from '../../../../worker/semantics/throttling/rate-limit-fields.ts'

const ACCOUNT = accountSchema.parse({ schema: 1 })
const PLAN = usagePlanSchema.parse({
  schema: 1,
  id: 'gold',
  throttle: { rateLimit: 50, burstLimit: 100 },
  apiStages: [{ apiId: 'shop', stage: 'prod', throttle: { '/pets/{petId}/GET': { rateLimit: 5, burstLimit: 10, enforce: 'shadow' } } }],
})

const CALL: ThrottledCall = {
  apiId: 'shop',
  stage: 'prod',
  resourcePath: '/pets/{petId}',
  httpMethod: 'GET',
  settings: methodSettingSchema.parse({}),
  account: ACCOUNT,
  plan: null,
}

describe('bucketsOf', () => {
  it('gives a method without limits the account alone, held by each isolate', () => {
    expect(bucketsOf(CALL)).toEqual([{ scope: 'account', name: 'account/us-east-1', limit: { rateLimit: 10_000, burstLimit: 5_000 }, mode: 'local', isShadow: false }])
  })

  it("goes from the narrowest to the widest, in Amazon's order", () => {
    const settings = methodSettingSchema.parse({ throttlingRateLimit: 20, throttlingBurstLimit: 40 })
    const buckets = bucketsOf({ ...CALL, settings, plan: { document: PLAN, apiKeyId: 'key-1' } })
    expect(buckets.map(({ scope, name, isShadow }) => [scope, name, isShadow])).toEqual([
      ['plan-method', 'plan/gold/key-1/shop/prod//pets/{petId}/GET', true],
      ['plan', 'plan/gold/key-1/shop/prod', false],
      ['method', 'method/shop/prod/GET/pets/{petId}', false],
      ['account', 'account/us-east-1', false],
    ])
  })

  it("fills Amazon's default in where one number of a method is missing", () => {
    const settings = methodSettingSchema.parse({ throttlingRateLimit: 20 })
    expect(bucketsOf({ ...CALL, settings })[0]?.limit).toEqual({ rateLimit: 20, burstLimit: 5_000 })
  })

  it('does not take a limit of another method', () => {
    expect(bucketsOf({ ...CALL, httpMethod: 'POST', plan: { document: PLAN, apiKeyId: 'key-1' } }).map(({ scope }) => scope)).toEqual(['plan', 'account'])
  })
})

describe('the fields of a limited answer', () => {
  it('say the policies, and the tightest of them', () => {
    const plan = { document: { ...PLAN, apiStages: PLAN.apiStages.map((held) => ({ ...held, throttle: {} })) }, apiKeyId: 'k' }
    const fields = prepareFields(bucketsOf({ ...CALL, plan, settings: methodSettingSchema.parse({ throttlingRateLimit: 1, throttlingBurstLimit: 10 }) }))
    expect(fields === null ? null : toRateLimitFields(fields, [99, 4, 4_999])).toEqual({ 'RateLimit-Policy': '"plan";q=100;w=2, "method";q=10;w=10', RateLimit: '"method";r=4;t=6' })
  })

  it("are not there when only the account's limit applies", () => {
    expect(prepareFields(bucketsOf(CALL))).toBeNull()
  })

  it('do not tell of shadows, nor of a bucket that lets nobody through', () => {
    const shadow = methodSettingSchema.parse({ throttlingRateLimit: 1, throttlingEnforce: 'shadow' })
    expect(prepareFields(bucketsOf({ ...CALL, settings: shadow }))).toBeNull()
    expect(prepareFields(bucketsOf({ ...CALL, settings: methodSettingSchema.parse({ throttlingRateLimit: 0 }) }))).toBeNull()
  })

  it('Retry-After is whole seconds, and absent when waiting would not help', () => {
    expect([toRetryAfter(1), toRetryAfter(1_000), toRetryAfter(1_001), toRetryAfter(Infinity)]).toEqual(['1', '1', '2', null])
  })
})
