import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeEach, expect, test } from 'vitest'
import { readDeploymentText } from '../../../worker/semantics/compile/deployment-text.ts'
import { callControl } from './client.ts'
import { pushShop, shopFiles } from './shop.ts'

beforeEach(() => reset())

const readKv = async (key: string): Promise<unknown> => env.RULES.get(key, 'json')

const DOMAINS = { 'domains.json': { domains: [{ domainName: 'shop.example.com', basePathMappings: [{ restApiId: 'shop', stage: 'dev' }] }] } }

test('a push keeps drafts and applies settings, and changes no stage until it is deployed', async () => {
  const first = await pushShop(1)
  expect(first).toMatchObject({ status: 200, body: { isComplete: true, apis: [{ apiId: 'shop', isDraftChanged: true, draftRevision: 1 }] } })
  expect(first.body.apis[0].stages).toMatchObject([
    { stageName: 'dev', deploymentId: null, runsDraft: false, isDeployed: false },
    { stageName: 'prod', deploymentId: null },
  ])
  expect(await readKv('stage/shop/dev')).toBeNull()
  const deployed = await callControl('POST', '/apis/shop/deployments?author=ann&message=go', { role: 'deploy', body: { stageName: 'dev' } })
  expect(deployed).toMatchObject({ status: 201, body: { isChanged: true, isPublished: true, stage: { revision: 2, runsDraft: true } } })
  const { deploymentId } = deployed.body.stage
  expect(deploymentId).toBe(first.body.apis[0].deploymentId)
  expect(await readKv('stage/shop/dev')).toMatchObject({ revision: 2, deploymentId })
  expect(readDeploymentText((await env.RULES.get(`deployment/shop/${deploymentId}`)) ?? '').head).toMatchObject({ apiId: 'shop', deploymentId })
  const second = await pushShop(2)
  expect(second.body.apis[0].stages[0]).toMatchObject({ stageName: 'dev', deploymentId, runsDraft: false })
  expect(await readKv('stage/shop/dev')).toMatchObject({ deploymentId })
})

test('a push can deploy, and the same content has the same id', async () => {
  const one = await pushShop(1, ['dev', 'prod'])
  const two = await pushShop(2, ['dev'])
  const again = await pushShop(1, ['dev'])
  expect(again.body.apis[0].deploymentId).toBe(one.body.apis[0].deploymentId)
  expect(two.body.apis[0].deploymentId).not.toBe(one.body.apis[0].deploymentId)
  const { body } = await callControl('GET', '/apis/shop/deployments', { role: 'read' })
  expect(body.deployments).toMatchObject([
    { number: 2, author: 'ann', message: 'version 2', sourceCommit: 'c2', stages: [], changes: [{ subject: 'GET /pets' }] },
    { number: 1, author: 'ann', message: 'version 1', sourceCommit: 'c1', stages: ['dev', 'prod'] },
  ])
})

test('stage settings apply at once, without a deploy', async () => {
  await pushShop(1, ['dev'], { dev: { variables: { colour: 'blue' } } })
  const before = await callControl('GET', '/apis/shop/stages/dev')
  await pushShop(1, [], { dev: { variables: { colour: 'green' } } })
  const after = await callControl('GET', '/apis/shop/stages/dev')
  expect(after.body).toMatchObject({ deploymentId: before.body.deploymentId, variables: { colour: 'green' }, revision: before.body.revision + 1 })
  expect(after.headers.get('etag')).toBe(`"${after.body.revision}"`)
  const { body } = await callControl('GET', '/apis/shop/stages/dev/revisions')
  expect(body.revisions[0]).toMatchObject({ action: 'push', changes: [{ member: 'variables.colour', before: '"blue"', after: '"green"' }] })
})

test('rollback: to the deployment before, to a deployment, to a revision', async () => {
  const one = await pushShop(1, ['dev'], { dev: { variables: { colour: 'blue' } } })
  const two = await pushShop(2, ['dev'], { dev: { variables: { colour: 'green' } } })
  const [first, second] = [one.body.apis[0].deploymentId, two.body.apis[0].deploymentId]
  const back = await callControl('POST', '/apis/shop/stages/dev/rollback?message=it%20broke', { role: 'deploy', body: {} })
  expect(back).toMatchObject({ status: 200, body: { stage: { deploymentId: first, variables: { colour: 'green' }, revision: 3 } } })
  const forth = await callControl('POST', '/apis/shop/stages/dev/rollback', { role: 'deploy', body: { deploymentId: second } })
  expect(forth.body.stage).toMatchObject({ deploymentId: second, revision: 4 })
  const whole = await callControl('POST', '/apis/shop/stages/dev/rollback', { role: 'deploy', body: { revision: 1 } })
  expect(whole.body.stage).toMatchObject({ deploymentId: first, variables: { colour: 'blue' }, revision: 5 })
})

test('a canary from start to promotion', async () => {
  const one = await pushShop(1, ['dev'], { dev: { variables: { colour: 'blue' } } })
  const two = await pushShop(2, [], { dev: { variables: { colour: 'blue' } } })
  const [first, second] = [one.body.apis[0].deploymentId, two.body.apis[0].deploymentId]
  const start = { stageName: 'dev', canarySettings: { percentTraffic: 10, stageVariableOverrides: { colour: 'green' } } }
  const started = await callControl('POST', '/apis/shop/deployments', { role: 'deploy', body: start })
  expect(started).toMatchObject({ status: 201, body: { stage: { deploymentId: first, canarySettings: { deploymentId: second, percentTraffic: 10 } } } })
  const set = await callControl('PATCH', '/apis/shop/stages/dev/canary', { role: 'deploy', body: { percentTraffic: 50 } })
  expect(set.body.stage.canarySettings).toMatchObject({ percentTraffic: 50 })
  const three = await pushShop(3, ['dev'], { dev: { variables: { colour: 'blue' } } })
  expect(three.body.apis[0].stages[0]).toMatchObject({ deploymentId: first, note: expect.stringContaining('canary') })
  const promoted = await callControl('POST', '/apis/shop/stages/dev/canary/promote', { role: 'deploy' })
  expect(promoted.body.stage).toMatchObject({ deploymentId: three.body.apis[0].deploymentId, variables: { colour: 'green' }, canarySettings: null })
  const gone = await callControl('DELETE', '/apis/shop/stages/dev/canary', { role: 'deploy' })
  expect(gone).toMatchObject({ status: 400, body: { detail: 'Cancellation not available. Canary does not exist.' } })
})

test('account documents: put, changed, taken away by a push that has the file without them', async () => {
  await pushShop(1, ['dev'], { others: DOMAINS })
  expect(await readKv('domain/shop.example.com')).toMatchObject({ basePathMappings: [{ stage: 'dev' }] })
  const without = await pushShop(1)
  expect(without.body.documentChanges).toEqual([])
  expect(await readKv('domain/shop.example.com')).not.toBeNull()
  const emptied = await pushShop(1, [], { others: { 'domains.json': { domains: [] } } })
  expect(emptied.body.documentChanges).toMatchObject([{ kind: 'removed', subject: 'domain/shop.example.com' }])
})

test('every write stands in the audit log', async () => {
  await pushShop(1, ['dev'], { others: { 'account.json': { accountId: '000000000001' } } })
  await callControl('POST', '/apis/shop/stages/dev/rollback?author=bob', { role: 'deploy', body: { revision: 1 } })
  const ofApi = await callControl('GET', '/audit?apiId=shop')
  expect(ofApi.body.entries).toMatchObject([
    { action: 'rollback', target: 'stage dev', actor: 'deployer', author: 'bob' },
    { action: 'push', target: 'draft', actor: 'admin', author: 'ann', sourceCommit: 'c1' },
    { action: 'push', target: 'stage prod' },
    { action: 'push-deploy', target: 'stage dev' },
  ])
  const ofAccount = await callControl('GET', '/audit')
  expect(ofAccount.body.entries).toMatchObject([{ action: 'push', target: 'rules' }, { action: 'create', target: 'account' }])
})

test('a plan says what would change, and changes nothing', async () => {
  await pushShop(1, ['dev'])
  const extra = { '/orders': { get: { responses: {}, 'x-amazon-apigateway-integration': { type: 'mock' } } } }
  const dry = await callControl('POST', '/plan', { role: 'read', body: { files: shopFiles(1, { extra }) } })
  expect(dry.body.apis[0]).toMatchObject({ isDraftChanged: true, draftRevision: 2, stages: [{ stageName: 'dev', changes: [{ kind: 'added', subject: 'GET /orders' }] }, {}] })
  const { body: after } = await callControl('GET', '/apis/shop')
  expect(after).toMatchObject({ draft: { revision: 1 }, stages: [{ stageName: 'dev', runsDraft: true, revision: 1 }, {}] })
})
