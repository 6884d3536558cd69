import { describe, expect, it } from 'vitest'
import { apiIdSchema, stageNameSchema } from '../../../../kv-schemas/id-schemas.ts'
import { usagePlanIdSchema } from '../../../../kv-schemas/rule-files/usage-plans.ts'
import { accessOf } from '../../../access.ts'
import { methodOf, mockOf } from '../../../documents.ts'
import { gatewayOf } from '../../../gateway.ts'

const GOLD = usagePlanIdSchema.parse('gold')
const KEY = 'a-key-of-twenty-characters'
const GUESS = 'another-one-of-twenty-letters'

/** An API with one known key, which a test may withdraw. */
function keyedApi() {
  const apiKeys = { [KEY]: { id: 'k', usagePlanIds: [GOLD], enabled: true } }
  const access = accessOf({ apiKeys, usagePlans: [{ id: GOLD, name: 'gold', apiStages: [{ apiId: apiIdSchema.parse('test'), stage: stageNameSchema.parse('dev'), throttle: {} }] }] })
  const gateway = gatewayOf({ '/keyed': { GET: methodOf(mockOf(), { apiKeyRequired: true }) } }, { ports: { access } })
  const ask = async (value: string): Promise<number> => (await gateway.ask('/keyed', { headers: { 'x-api-key': value } })).status
  return { access, ask, withdraw: () => void (apiKeys[KEY].enabled = false) }
}

describe('the digest of an API key', () => {
  it('is remembered of a key that was good, and of no other', async () => {
    const { access, ask } = keyedApi()
    expect([await ask(KEY), await ask(GUESS), await ask(KEY)]).toEqual([200, 403, 200])
    expect([access.apiKeyDigests.get(KEY), access.apiKeyDigests.get(GUESS)]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/u), null])
  })

  it('opens nothing by itself: a key that is withdrawn is refused at the next call', async () => {
    const { access, ask, withdraw } = keyedApi()
    expect(await ask(KEY)).toBe(200)
    withdraw()
    expect(await ask(KEY)).toBe(403)
    expect(access.apiKeyDigests.get(KEY)).not.toBeNull()
  })
})
