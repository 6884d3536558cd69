import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { startRuntime, type Runtime } from '../../cli/dev/runtime.ts'
import { apiIdSchema, deploymentIdSchema } from '../../kv-schemas/id-schemas.ts'
import type { DeploymentId } from '../../kv-schemas/ids.ts'
import { deploymentKey } from '../../kv-schemas/keys.ts'

/** The Worker of wrangler.toml and the one of wrangler.gateway.toml, side by side as docs/deploy.md has them, over the same KV and the same objects. */
const CONFIG = path.join(import.meta.dirname, '..', '..', 'wrangler.gateway.toml')
const TOKEN = 'sd_of_the_tests'
const API_KEY = 'a-key-of-the-tests-1234567890'

let runtime: Runtime
let backend: Server
let deploymentId: DeploymentId
/** The headers of each call of the backend. */
const calls: (readonly string[])[] = []

beforeAll(async () => {
  backend = createServer((request, response) => {
    calls.push(Object.keys(request.headers))
    response.end(JSON.stringify({ path: request.url }))
  })
  await new Promise<void>((resolve) => void backend.listen(0, '127.0.0.1', resolve))
  const vars = { CONTROL_TOKENS: JSON.stringify([{ name: 'ann', sha256: sha256(TOKEN), role: 'admin' }]) }
  runtime = await startRuntime({ companionConfigs: [CONFIG], host: '127.0.0.1', port: 0, vars, persistTo: null, onLog: () => undefined })
  deploymentId = await push(ruleFiles(`http://127.0.0.1:${(backend.address() as AddressInfo).port}`))
})

afterAll(async () => {
  await runtime.dispose()
  backend.closeAllConnections()
  await new Promise<void>((resolve) => void backend.close(() => resolve()))
})

describe('the gateway alone, beside the Worker with the control plane', () => {
  it('has a deployment from the Ledger where KV does not show it yet', async () => {
    await runtime.rules.delete(deploymentKey(apiIdSchema.parse('shop'), deploymentId))
    expect(await alone('/shop/dev/pets')).toMatchObject({ status: 200, body: { path: '/pets' } })
  })

  it('answers what the control plane published, and hands no token on', async () => {
    calls.length = 0
    const { status } = await alone('/shop/dev/pets', { 'x-stagedoor-token': TOKEN, 'x-stagedoor-reveal': 'probe' })
    expect([status, calls.length]).toEqual([200, 1])
    expect(calls.flat().filter((name) => name.startsWith('x-stagedoor'))).toEqual([])
  })

  it('has no control API', async () => {
    const whoami = ['/_stagedoor/v1/whoami', { authorization: `Bearer ${TOKEN}` }] as const
    expect([(await whole(...whoami)).status, (await alone(...whoami)).status]).toEqual([200, 403])
  })

  it('takes from the same bucket', async () => {
    const statuses = []
    for (let turn = 0; turn < 4; turn += 1) statuses.push((await alone('/shop/dev/limited')).status, (await whole('/shop/dev/limited')).status)
    expect(statuses).toEqual([200, 200, 200, 200, 429, 429, 429, 429])
  })

  it('counts the same quota', async () => {
    const key = { 'x-api-key': API_KEY }
    const statuses = []
    for (let turn = 0; turn < 3; turn += 1) statuses.push((await alone('/shop/dev/partners', key)).status, (await whole('/shop/dev/partners', key)).status)
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429])
  })
})

interface Answer {
  readonly status: number
  readonly body: unknown
}

function alone(pathname: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const origin = runtime.companions.find(({ name }) => name === 'stagedoor-gateway')?.url.origin ?? ''
  return ask(origin + pathname, headers)
}

function whole(pathname: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return ask(runtime.url.origin + pathname, headers)
}

async function ask(url: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const response = await fetch(url, { headers })
  return { status: response.status, body: await response.json() }
}

/** Pushes and deploys; gives the id of the deployment. */
async function push(files: readonly { readonly path: string; readonly text: string }[]): Promise<DeploymentId> {
  const response = await fetch(`${runtime.url.origin}/_stagedoor/v1/push?author=ann&message=first`, {
    method: 'POST',
    headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
    body: JSON.stringify({ files, deploy: ['dev'] }),
  })
  const answer: unknown = await response.json()
  expect([response.status, answer]).toMatchObject([200, { isComplete: true }])
  const { apis } = z.object({ apis: z.tuple([z.object({ deploymentId: deploymentIdSchema })]) }).parse(answer)
  return apis[0].deploymentId
}

function ruleFiles(backendUrl: string): { readonly path: string; readonly text: string }[] {
  const operation = (pathname: string, more: object = {}): object => ({
    get: { responses: { '200': { description: 'ok' } }, 'x-amazon-apigateway-integration': { type: 'http_proxy', httpMethod: 'GET', uri: backendUrl + pathname }, ...more },
  })
  const withKey = { security: [{ key: [] }] }
  const definition = {
    openapi: '3.0.1',
    info: { title: 'shop', version: '1' },
    components: { securitySchemes: { key: { type: 'apiKey', name: 'x-api-key', in: 'header' } } },
    paths: { '/pets': operation('/pets'), '/limited': operation('/limited'), '/partners': operation('/partners', withKey) },
  }
  const stage = { methodSettings: { 'limited/GET': { throttlingRateLimit: 0.001, throttlingBurstLimit: 4, throttlingMode: 'exact' } } }
  const plan = { id: 'partners', name: 'Partners', apiStages: [{ apiId: 'shop', stage: 'dev' }], quota: { limit: 5, period: 'MONTH', mode: 'exact' } }
  const key = { id: 'one', name: 'The key of the tests', valueSha256: sha256(API_KEY), usagePlanIds: ['partners'] }
  return Object.entries({
    'apis/shop/api.json': definition,
    'apis/shop/stages/dev.json': stage,
    'usage-plans.json': { usagePlans: [plan] },
    'api-keys.json': { apiKeys: [key] },
  }).map(([name, value]) => ({ path: name, text: JSON.stringify(value) }))
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
