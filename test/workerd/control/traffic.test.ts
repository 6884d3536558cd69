import { reset } from 'cloudflare:test'
import { exports } from 'cloudflare:workers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { seededChance } from '../../chance.ts'
import { callControl, TOKENS } from './client.ts'
import { pushShop, shopFiles } from './shop.ts'

/** How many deployments and rollbacks the traffic goes through. */
const CHANGES = 200
/** Requests that are under way while each change is made. */
const REQUESTS = 4

beforeAll(async () => {
  await reset()
  // A line a request, carried to the terminal one by one, would take longer than the requests.
  vi.spyOn(console, 'log').mockImplementation(() => undefined)
  vi.useFakeTimers({ toFake: ['Date'], now: 4_100_000_000_000 })
})
afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** The version of the backend by the deployment that holds it. */
const versions = new Map<string, number>()

async function request(): Promise<{ deploymentId: string; version: number; variable: string; revision: number }> {
  const response = await exports.default.fetch(new Request('http://localhost/shop/dev/pets', { headers: { 'x-stagedoor-token': TOKENS.read } }))
  const { version, variable } = await response.json<{ version: number; variable: string }>()
  return { version, variable, deploymentId: response.headers.get('x-stagedoor-deployment') ?? '', revision: Number(response.headers.get('x-stagedoor-revision')) }
}

async function deploy(version: number): Promise<void> {
  const { status, body } = await callControl('POST', '/push', { body: { files: shopFiles(version, { dev: { variables: { colour: `v${version}` } } }), deploy: ['dev'] } })
  expect(status).toBe(200)
  versions.set(body.apis[0].deploymentId, version)
}

test(`a request never mixes two deployments, through ${CHANGES} deployments and rollbacks`, async () => {
  const chance = seededChance(20_261_122)
  versions.set((await pushShop(0, ['dev'])).body.apis[0].deploymentId, 0)
  let seenRevision = 0
  const seenDeployments = new Set<string>()
  for (let change = 1; change <= CHANGES; change += 1) {
    vi.setSystemTime(Date.now() + 1_100)
    const work = chance.below(3) === 0 && change > 3 ? callControl('POST', '/apis/shop/stages/dev/rollback', { body: {} }) : deploy(change)
    const [answers] = await Promise.all([Promise.all(Array.from({ length: REQUESTS }, request)), work])
    for (const answer of answers) {
      expect(answer.version, `the answer of ${answer.deploymentId}`).toBe(versions.get(answer.deploymentId))
      seenDeployments.add(answer.deploymentId)
    }
    const after = await request()
    expect(after.revision, 'an isolate never goes back').toBeGreaterThanOrEqual(seenRevision)
    seenRevision = after.revision
  }
  expect(seenDeployments.size, 'the traffic met many of them').toBeGreaterThan(CHANGES / 5)
})

test('50 deploys at once end with one history, and none is lost', async () => {
  await pushShop(900)
  const before = await callControl('GET', '/apis/shop/stages/dev')
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => callControl('POST', `/apis/shop/deployments?message=deploy%20${n}`, { role: 'deploy', body: { stageName: 'dev' } })),
  )
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 201))
  const { body } = await callControl('GET', '/apis/shop/stages/dev/revisions?limit=50')
  const revisions = body.revisions as { revision: number; message: string }[]
  expect(revisions.map(({ revision }) => revision)).toEqual(Array.from({ length: 50 }, (_, n) => before.body.revision + 50 - n))
  expect(new Set(revisions.map(({ message }) => message))).toEqual(new Set(Array.from({ length: 50 }, (_, n) => `deploy ${n}`)))
  const { body: audit } = await callControl('GET', '/audit?apiId=shop&limit=50')
  expect(audit.entries).toHaveLength(50)
  expect(new Set((audit.entries as { message: string }[]).map(({ message }) => message)).size).toBe(50)
})

test('50 deploys at once that all name the revision they saw: one wins', async () => {
  const { body } = await callControl('GET', '/apis/shop/stages/dev')
  const headers = { 'if-match': `"${body.revision}"` }
  const answers = await Promise.all(Array.from({ length: 50 }, () => callControl('POST', '/apis/shop/deployments', { body: { stageName: 'dev' }, headers })))
  const statuses = answers.map(({ status }) => status)
  expect(statuses.filter((status) => status === 201)).toHaveLength(1)
  expect(statuses.filter((status) => status === 412)).toHaveLength(49)
})
