import { exports } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { callControl, TOKENS } from './client.ts'

const REFUSED = [
  { name: 'no token', headers: {}, status: 401, kind: 'no-token' },
  { name: 'another scheme', headers: { authorization: 'Basic dGVzdA==' }, status: 401, kind: 'no-token' },
  { name: 'an empty token', headers: { authorization: 'Bearer ' }, status: 401, kind: 'no-token' },
  { name: 'a wrong token', headers: { authorization: 'Bearer wrong' }, status: 401, kind: 'wrong-token' },
  { name: 'a token cut short', headers: { authorization: `Bearer ${TOKENS.admin.slice(0, -1)}` }, status: 401, kind: 'wrong-token' },
  { name: 'the hash instead of the token', headers: { authorization: `Bearer ${'0'.repeat(64)}` }, status: 401, kind: 'wrong-token' },
  { name: 'an expired token', headers: { authorization: `Bearer ${TOKENS.expired}` }, status: 401, kind: 'expired-token' },
]

for (const row of REFUSED) {
  test(`refuses ${row.name}`, async () => {
    const response = await exports.default.fetch(new Request('http://localhost/_stagedoor/v1/whoami', { headers: row.headers }))
    expect(response.status).toBe(row.status)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(response.headers.get('www-authenticate')).toContain('Bearer')
    expect(await response.json()).toMatchObject({ type: `urn:stagedoor:problem:${row.kind}`, status: row.status })
  })
}

test('says whose token it is', async () => {
  expect(await callControl('GET', '/whoami', { role: 'read' })).toMatchObject({ status: 200, body: { name: 'reader', role: 'read' } })
})

test('is not there on a host that is no control host', async () => {
  const response = await exports.default.fetch(new Request('http://shop.example.com/_stagedoor/v1/whoami', { headers: { authorization: `Bearer ${TOKENS.admin}` } }))
  expect(response.status).toBe(403)
  expect(await response.json()).toEqual({ message: 'Forbidden' })
})

test('answers an unknown path with a problem', async () => {
  expect(await callControl('GET', '/nothing')).toMatchObject({ status: 404, body: { type: 'urn:stagedoor:problem:not-found' } })
})

test('describes itself, and every operation names the role it needs', async () => {
  const { status, body } = await callControl('GET', '/openapi.json')
  expect(status).toBe(200)
  const { post: deploy } = body.paths['/apis/{apiId}/deployments']
  expect(deploy.parameters.map(({ name, in: place, required }: Record<string, unknown>) => `${String(place)} ${String(name)} ${String(required)}`)).toEqual([
    'path apiId true',
    'query author false',
    'query message false',
    'query commit false',
    'header if-match false',
  ])
  expect(deploy.requestBody.content['application/json'].schema.required).toEqual(['stageName'])
  expect(Object.keys(deploy.responses)).toEqual(['201', 'default'])
  for (const [path, operations] of Object.entries(body.paths as Record<string, Record<string, { security?: unknown }>>)) {
    for (const [method, operation] of Object.entries(operations)) expect(operation.security, `${method} ${path}`).toHaveLength(1)
  }
})
