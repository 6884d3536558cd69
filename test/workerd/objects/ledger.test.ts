import { evictDurableObject, reset, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env, exports } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { apiIdSchema } from '../../../kv-schemas/id-schemas.ts'
import { apiLedgerName } from '../../../kv-schemas/keys.ts'
import type { Ledger } from '../../../worker/objects/ledger.ts'
import { callControl, TOKENS } from '../control/client.ts'
import { pushShop } from '../control/shop.ts'

const ledger = (): DurableObjectStub<Ledger> => env.LEDGER.getByName(apiLedgerName(apiIdSchema.parse('shop')))
const readStage = async (): Promise<{ revision: number; deploymentId: string } | null> => env.RULES.get('stage/shop/dev', 'json')

beforeEach(async () => {
  await reset()
  vi.useFakeTimers({ toFake: ['Date'], now: 4_100_000_000_000 })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** Lets a test say what happens when KV is written; null lets the write happen. The returned function ends it. */
function interceptPuts(intercept: (key: string) => Promise<void> | null): () => void {
  const prototype = Object.getPrototypeOf(env.RULES) as { put: (...parameters: unknown[]) => Promise<void> }
  const put: unknown = Reflect.get(prototype, 'put')
  const spy = vi.spyOn(prototype, 'put').mockImplementation(function (this: unknown, ...parameters: unknown[]) {
    return intercept(String(parameters[0])) ?? (Reflect.apply(put as () => Promise<void>, this, parameters) as Promise<void>)
  })
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  return () => spy.mockRestore()
}

/** Makes KV refuse the keys of a kind, until the returned function is called. */
function breakKv(prefix: string): () => void {
  return interceptPuts((key) => (key.startsWith(prefix) ? Promise.reject(new Error('KV PUT failed: 429 Too Many Requests')) : null))
}

test('everything outlives the object: it is evicted, and wakes with all it knew', async () => {
  await pushShop(1, ['dev'])
  const before = JSON.stringify(await ledger().overview())
  await evictDurableObject(ledger())
  expect(JSON.stringify(await ledger().overview())).toBe(before)
  vi.setSystemTime(4_100_000_060_000)
  await pushShop(2, ['dev'])
  expect(await readStage()).toMatchObject({ revision: 2 })
})

test('the second change within a second waits for the alarm', async () => {
  await pushShop(1, ['dev'])
  const answer = await pushShop(2, ['dev'])
  expect(await readStage()).toMatchObject({ revision: 1 })
  const again = await callControl('POST', '/apis/shop/deployments', { body: { stageName: 'dev' } })
  expect(again.body.isPublished).toBe(false)
  await runInDurableObject(ledger(), async (_instance, state) => expect(await state.storage.getAlarm()).toBe(4_100_000_001_000))
  vi.setSystemTime(4_100_000_001_000)
  expect(await runDurableObjectAlarm(ledger())).toBe(true)
  expect(await readStage()).toMatchObject({ revision: 3, deploymentId: answer.body.apis[0].deploymentId })
  await runInDurableObject(ledger(), async (_instance, state) => expect(await state.storage.getAlarm()).toBeNull())
})

test('an object that is killed before KV has a change sends it when its alarm rings', async () => {
  await pushShop(1, ['dev'])
  await pushShop(2, ['dev'])
  expect(await readStage()).toMatchObject({ revision: 1 })
  await evictDurableObject(ledger())
  vi.setSystemTime(4_100_000_001_000)
  expect(await runDurableObjectAlarm(ledger())).toBe(true)
  expect(await readStage()).toMatchObject({ revision: 2 })
})

/** The first write to KV leaves in the turn of the transaction: the platform undoes both. From the next one on, the change is there to stay. */
const ABORTS = [
  { prefix: 'deployment/', revision: 1, deployments: 1 },
  { prefix: 'stage/', revision: 2, deployments: 2 },
]
for (const { prefix, revision, deployments } of ABORTS) {
  test(`an object that is aborted by the platform while it writes ${prefix} is done or not, never half`, async () => {
    await pushShop(1, ['dev'])
    await pushShop(2)
    vi.setSystemTime(4_100_000_060_000)
    let abort: (() => void) | null = null
    await runInDurableObject(ledger(), (_instance, state) => {
      abort = () => state.abort('the machine went away')
    })
    const mend = interceptPuts((key) => {
      if (!key.startsWith(prefix)) return null
      abort?.()
      return new Promise(() => undefined)
    })
    const answer = await callControl('POST', '/apis/shop/deployments', { body: { stageName: 'dev' } })
    expect(answer.status).toBe(500)
    mend()
    expect(await readStage()).toMatchObject({ revision: 1 })
    expect(await ledger().overview()).toMatchObject({ stages: [{ stageName: 'dev', revision }, {}] })
    expect(await ledger().listDeployments({ limit: 9, before: null })).toHaveLength(deployments)
    vi.setSystemTime(4_100_000_062_000)
    await runDurableObjectAlarm(ledger())
    const stage = await readStage()
    expect(stage?.revision).toBe(revision)
    expect(await env.RULES.get(`deployment/shop/${stage?.deploymentId}`)).not.toBeNull()
  })
}

test('while KV is down the write is done and said not to be published; the alarm brings it', async () => {
  await pushShop(1, ['dev'])
  vi.setSystemTime(4_100_000_060_000)
  const mend = breakKv('stage/')
  const answer = await callControl('POST', '/apis/shop/deployments?message=in%20the%20storm', { body: { stageName: 'dev' } })
  expect(answer).toMatchObject({ status: 201, body: { isChanged: true, isPublished: false, stage: { revision: 2 } } })
  expect(await readStage()).toMatchObject({ revision: 1 })
  mend()
  vi.setSystemTime(4_100_000_061_000)
  await runDurableObjectAlarm(ledger())
  expect(await readStage()).toMatchObject({ revision: 2 })
})

test('a pointer whose deployment KV does not show is served from the Ledger', async () => {
  const { body } = await pushShop(77, ['prod'])
  const { deploymentId } = body.apis[0]
  await env.RULES.delete(`deployment/shop/${deploymentId}`)
  const response = await exports.default.fetch(new Request('http://localhost/shop/prod/pets', { headers: { 'x-stagedoor-token': TOKENS.read } }))
  expect([response.status, response.headers.get('x-stagedoor-deployment')]).toEqual([200, deploymentId])
})

test('a pointer whose deployment nobody knows: 503, and a time to come again', async () => {
  const { body } = await pushShop(1, ['prod'], { apiId: 'lost' })
  const { deploymentId } = body.apis[0]
  const stage = await env.RULES.get<object>('stage/lost/prod', 'json')
  await env.RULES.put('stage/lost/other', JSON.stringify({ ...stage, stageName: 'other', deploymentId: 'f'.repeat(20) }))
  const response = await exports.default.fetch(new Request('http://localhost/lost/other/pets'))
  expect(deploymentId).not.toBe('f'.repeat(20))
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
})

test('a ramp climbs by the alarm', async () => {
  await pushShop(1, ['dev'])
  await pushShop(2)
  const ramp = { steps: [{ percentTraffic: 5, dwellSeconds: 60 }, { percentTraffic: 50, dwellSeconds: 600 }], promote: true }
  await callControl('POST', '/apis/shop/deployments', { body: { stageName: 'dev', canarySettings: { ramp } } })
  vi.setSystemTime(4_100_000_001_000)
  await runDurableObjectAlarm(ledger())
  expect(await readStage()).toMatchObject({ canarySettings: { percentTraffic: 5 } })
  vi.setSystemTime(4_100_000_060_000)
  await runDurableObjectAlarm(ledger())
  expect(await readStage()).toMatchObject({ canarySettings: { percentTraffic: 50 } })
  vi.setSystemTime(4_100_000_660_000)
  await runDurableObjectAlarm(ledger())
  expect(await readStage()).toMatchObject({ canarySettings: null, revision: 4 })
})
