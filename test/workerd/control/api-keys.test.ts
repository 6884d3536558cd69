import { reset } from 'cloudflare:test'
import { exports } from 'cloudflare:workers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { callControl } from './client.ts'

const lines: string[] = []

beforeAll(async () => {
  await reset()
  vi.spyOn(console, 'log').mockImplementation((line: unknown) => void lines.push(String(line)))
  vi.useFakeTimers({ toFake: ['Date'], now: 4_100_000_000_000 })
  const integration = { type: 'mock', requestTemplates: { 'application/json': '{"statusCode": 200}' }, responses: { default: { statusCode: '200', responseTemplates: { 'application/json': '$context.identity.apiKeyId' } } } }
  const api = {
    openapi: '3.0.1', info: { title: 'keyed', version: '1' },
    components: { securitySchemes: { key: { type: 'apiKey', in: 'header', name: 'x-api-key' } } },
    paths: { '/pets': { get: { security: [{ key: [] }], 'x-amazon-apigateway-integration': integration } } },
  }
  const files = [
    { path: 'apis/keyed/api.json', text: JSON.stringify(api) },
    { path: 'apis/keyed/stages/dev.json', text: '{}' },
    { path: 'usage-plans.json', text: '{ "usagePlans": [{ "id": "gold", "apiStages": [{ "apiId": "keyed", "stage": "dev" }] }, { "id": "other" }] }' },
  ]
  await callControl('POST', '/push', { body: { files, deploy: ['keyed/dev'] } })
})
afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function ask(key: string): Promise<string> {
  const response = await exports.default.fetch(new Request('http://localhost/keyed/dev/pets', { headers: { 'x-api-key': key } }))
  return `${response.status} ${await response.text()}`
}

const FORBIDDEN = '403 {"message":"Forbidden"}'
/** Past the age at which rules are looked up again, and past the second in which KV takes one write of a key. */
const wait = (): unknown => vi.setSystemTime(Date.now() + 31_000)

test('a key is made, opens its stage, is rotated with a grace, disabled, enabled and revoked', async () => {
  const made = await callControl('POST', '/api-keys', { body: { name: 'mobile', usagePlanIds: ['gold'] } })
  expect([made.status, made.body.value]).toEqual([201, expect.stringMatching(/^sgdr_[0-9A-Za-z]{35}$/u)])
  const { id, value } = made.body as { id: string; value: string }
  expect(await ask(value)).toBe(`200 ${id}`)

  wait()
  const rotated = await callControl('POST', `/api-keys/${id}/rotate`, { body: { graceSeconds: 3600 } })
  const next = String(rotated.body.value)
  expect(rotated.body.values).toHaveLength(2)
  wait()
  expect([await ask(value), await ask(next)]).toEqual([`200 ${id}`, `200 ${id}`])
  vi.setSystemTime(Date.now() + 3_600_000)
  expect([await ask(value), await ask(next)]).toEqual([FORBIDDEN, `200 ${id}`])

  await callControl('PATCH', `/api-keys/${id}`, { body: { enabled: false } })
  wait()
  expect(await ask(next)).toBe(FORBIDDEN)
  await callControl('PATCH', `/api-keys/${id}`, { body: { enabled: true } })
  wait()
  expect(await ask(next)).toBe(`200 ${id}`)

  const list = await callControl('GET', '/api-keys', { role: 'read' })
  expect(list.body.apiKeys).toMatchObject([{ id, name: 'mobile', enabled: true, usagePlanIds: ['gold'], source: 'api' }])
  expect((await callControl('DELETE', `/api-keys/${id}`)).status).toBe(204)
  wait()
  expect(await ask(next)).toBe(FORBIDDEN)
  const everything = JSON.stringify([lines, list.body, await callControl('GET', '/audit', { role: 'read' })])
  for (const secret of [value, next]) expect(everything).not.toContain(secret)
})

test('keys of others are imported by value or by hash', async () => {
  expect(await callControl('POST', '/api-keys', { body: { id: 'mine', value: 'an-imported-key-value', usagePlanIds: ['gold'] } })).toMatchObject({ status: 201, body: { id: 'mine', value: null } })
  expect(await ask('an-imported-key-value')).toBe('200 mine')
})

test.each([
  ['no such plan', 'POST', '/api-keys', { usagePlanIds: ['silver'] }, 404],
  ['an id that is taken', 'POST', '/api-keys', { id: 'mine' }, 409],
  ['a value that is taken', 'POST', '/api-keys', { value: 'an-imported-key-value' }, 409],
  ['a short value', 'POST', '/api-keys', { value: 'short' }, 400],
  ['both a value and a hash', 'POST', '/api-keys', { value: 'an-imported-key-value', valueSha256: 'a'.repeat(64) }, 400],
  ['an unknown field', 'POST', '/api-keys', { valeu: 'x' }, 400],
  ['no such key', 'PATCH', '/api-keys/nobody', { enabled: true }, 404],
  ['no such key to rotate', 'POST', '/api-keys/nobody/rotate', {}, 404],
  ['a grace without end', 'POST', '/api-keys/mine/rotate', { graceSeconds: 1e9 }, 400],
])('refuses %s', async (_name, method, path, body, status) => {
  expect((await callControl(method, path, { body })).status).toBe(status)
})

test('only an admin makes keys', async () => {
  expect((await callControl('POST', '/api-keys', { role: 'deploy', body: {} })).status).toBe(403)
})
