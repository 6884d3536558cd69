import { reset } from 'cloudflare:test'
import { exports } from 'cloudflare:workers'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { callControl, TOKENS } from './client.ts'
import { pushShop } from './shop.ts'

let deploymentId = ''

beforeAll(async () => {
  await reset()
  deploymentId = (await pushShop(1, ['dev'])).body.apis[0].deploymentId
})
afterEach(() => vi.restoreAllMocks())

const ask = (headers: Record<string, string>, url = 'http://localhost/shop/dev/pets'): Promise<Response> => exports.default.fetch(new Request(url, { headers }))

test('an operator sees which deployment answered, at which revision', async () => {
  const response = await ask({ 'x-stagedoor-token': TOKENS.read })
  expect(await response.json()).toMatchObject({ version: 1 })
  expect(response.headers.get('x-stagedoor-deployment')).toBe(deploymentId)
  expect(response.headers.get('x-stagedoor-revision')).toBe('1')
})

test('a refused request shows it too', async () => {
  const response = await ask({ 'x-stagedoor-token': TOKENS.read }, 'http://localhost/shop/dev/nothing')
  expect(response.status).toBe(403)
  expect(response.headers.get('x-stagedoor-deployment')).toBe(deploymentId)
})

test('a probe calls nothing and says the same', async () => {
  const response = await ask({ 'x-stagedoor-token': TOKENS.read, 'x-stagedoor-reveal': 'probe' })
  expect([response.status, await response.text()]).toEqual([204, ''])
  expect(response.headers.get('x-stagedoor-deployment')).toBe(deploymentId)
})

test('a probe of a stage that is not there is refused as a request would be', async () => {
  const response = await ask({ 'x-stagedoor-token': TOKENS.read, 'x-stagedoor-reveal': 'probe' }, 'http://localhost/shop/nothing/pets')
  expect([response.status, await response.json()]).toEqual([403, { message: 'Forbidden' }])
})

const SILENT = [
  { name: 'without a token', headers: {}, url: 'http://localhost/shop/dev/pets' },
  { name: 'with a wish alone', headers: { 'x-stagedoor-reveal': 'probe' }, url: 'http://localhost/shop/dev/pets' },
  { name: 'on a host that is no control host', headers: { 'x-stagedoor-token': TOKENS.read, 'x-stagedoor-reveal': 'probe' }, url: 'http://gateway.example.com/shop/dev/pets' },
]
for (const { name, headers, url } of SILENT) {
  test(`nothing is shown ${name}`, async () => {
    const response = await ask(headers, url)
    expect(await response.json()).toMatchObject({ version: 1 })
    expect([...response.headers.keys()].filter((header) => header.startsWith('x-stagedoor'))).toEqual([])
  })
}

for (const token of ['wrong', TOKENS.expired]) {
  test(`the token "${token}" is refused`, async () => {
    const response = await ask({ 'x-stagedoor-token': token })
    expect(response.status).toBe(401)
    expect(response.headers.get('x-stagedoor-deployment')).toBeNull()
  })
}

const PROXY = { get: { responses: {}, 'x-amazon-apigateway-integration': { type: 'http_proxy', httpMethod: 'GET', uri: 'http://backend.test/' } } }
for (const host of ['localhost', 'gateway.example.com']) {
  test(`no backend ever sees a token that was sent to ${host}`, async () => {
    await pushShop(2, ['prod'], { extra: { '/proxy': PROXY } })
    const sent: Headers[] = []
    vi.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
      sent.push(new Headers(init?.headers))
      return new Response('{}')
    })
    const response = await ask({ 'x-stagedoor-token': TOKENS.admin, 'x-kept': 'yes' }, `http://${host}/shop/prod/proxy`)
    expect(response.status).toBe(200)
    expect(sent.map((headers) => [headers.get('x-kept'), headers.get('x-stagedoor-token')])).toEqual([['yes', null]])
  })
}

test('the shop is still there', async () => {
  expect(await callControl('GET', '/apis/shop')).toMatchObject({ status: 200 })
})
