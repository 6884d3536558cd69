import { reset } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import type { ControlRole } from '../../../kv-schemas/control-tokens.ts'
import { apiLedgerName } from '../../../kv-schemas/keys.ts'
import { apiIdSchema } from '../../../kv-schemas/id-schemas.ts'
import { callControl } from './client.ts'
import { pushShop, shopFiles } from './shop.ts'

const SHOP = '/apis/shop/stages/dev'
let running = ''

beforeAll(async () => {
  await reset()
  const pushed = await pushShop(1, ['dev'])
  running = pushed.body.apis[0].deploymentId
})

interface Row {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly body?: unknown
  readonly role?: ControlRole
  readonly headers?: Record<string, string>
  readonly status: number
  readonly kind: string
  readonly says: string
}

const NOBODY = '0'.repeat(20)
const broken = (text: string) => ({ files: [{ path: 'apis/shop/api.json', text }, ...shopFiles(1).slice(1)] })

const ROWS: readonly Row[] = [
  { name: 'a deploy to an unknown stage', method: 'POST', path: '/apis/shop/deployments', body: { stageName: 'prdo' }, status: 404, kind: 'not-found', says: 'Invalid stage identifier specified' },
  { name: 'a deploy of an unknown API', method: 'POST', path: '/apis/sho/deployments', body: { stageName: 'dev' }, status: 404, kind: 'not-found', says: 'Invalid API identifier specified' },
  { name: 'a deploy of an unknown deployment', method: 'POST', path: '/apis/shop/deployments', body: { stageName: 'dev', deploymentId: NOBODY }, status: 404, kind: 'not-found', says: 'Deployment id does not exist' },
  { name: 'a deploy without a stage', method: 'POST', path: '/apis/shop/deployments', body: {}, status: 400, kind: 'invalid-request', says: 'stageName' },
  { name: 'an unknown member', method: 'POST', path: '/apis/shop/deployments', body: { stageName: 'dev', stagename: 'dev' }, status: 400, kind: 'invalid-request', says: 'stagename' },
  { name: 'a body that is no JSON', method: 'POST', path: '/apis/shop/deployments', body: '{"stageName": dev}', status: 400, kind: 'invalid-request', says: 'JSON' },
  { name: 'a body of another type', method: 'POST', path: '/apis/shop/deployments', body: { stageName: 'dev' }, headers: { 'content-type': 'text/plain' }, status: 400, kind: 'invalid-request', says: 'application/json' },
  { name: 'a body of another type where none is needed', method: 'POST', path: `${SHOP}/rollback`, body: {}, headers: { 'content-type': 'text/plain' }, status: 400, kind: 'invalid-request', says: 'application/json' },
  { name: 'a parameter twice', method: 'GET', path: '/audit?limit=1&limit=2', status: 400, kind: 'invalid-request', says: 'limit' },
  { name: 'a body that is an array', method: 'POST', path: '/apis/shop/deployments', body: [], status: 400, kind: 'invalid-request', says: 'expected object' },
  { name: 'no body', method: 'POST', path: '/apis/shop/deployments', status: 400, kind: 'invalid-request', says: 'stageName' },
  { name: 'a malformed API id', method: 'GET', path: '/apis/Shop!', status: 400, kind: 'invalid-request', says: 'an API id is' },
  { name: 'an unknown stage', method: 'GET', path: '/apis/shop/stages/prdo', status: 404, kind: 'not-found', says: 'Invalid stage identifier specified' },
  { name: 'the history of an unknown stage', method: 'GET', path: '/apis/shop/stages/prdo/revisions', status: 404, kind: 'not-found', says: 'Invalid stage identifier specified' },
  { name: 'a stale revision', method: 'POST', path: `${SHOP}/rollback`, body: {}, headers: { 'if-match': '"77"' }, status: 412, kind: 'stale-revision', says: 'revision 1' },
  { name: 'an If-Match that is none', method: 'POST', path: `${SHOP}/rollback`, body: {}, headers: { 'if-match': '77' }, status: 400, kind: 'invalid-request', says: 'If-Match' },
  { name: 'a rollback with nothing before', method: 'POST', path: `${SHOP}/rollback`, body: {}, status: 400, kind: 'not-possible', says: 'never ran another deployment' },
  { name: 'a rollback to an unknown deployment', method: 'POST', path: `${SHOP}/rollback`, body: { deploymentId: NOBODY }, status: 404, kind: 'not-found', says: 'Deployment id does not exist' },
  { name: 'a rollback to an unknown revision', method: 'POST', path: `${SHOP}/rollback`, body: { revision: 99 }, status: 404, kind: 'not-found', says: 'no revision 99' },
  { name: 'a rollback to two places', method: 'POST', path: `${SHOP}/rollback`, body: { revision: 1, deploymentId: NOBODY }, status: 400, kind: 'invalid-request', says: 'not both' },
  { name: 'a canary of 101 %', method: 'POST', path: '/apis/shop/deployments', body: { stageName: 'dev', canarySettings: { percentTraffic: 101 } }, status: 400, kind: 'invalid-request', says: 'percentTraffic is between 0.0 and 100.0' },
  { name: 'a canary of -1 %', method: 'PATCH', path: `${SHOP}/canary`, body: { percentTraffic: -1 }, status: 400, kind: 'invalid-request', says: 'percentTraffic is between 0.0 and 100.0' },
  { name: 'a canary change that changes nothing', method: 'PATCH', path: `${SHOP}/canary`, body: {}, status: 400, kind: 'invalid-request', says: 'say what to change' },
  { name: 'a change without a canary', method: 'PATCH', path: `${SHOP}/canary`, body: { percentTraffic: 5 }, status: 400, kind: 'not-possible', says: 'Canary does not exist.' },
  { name: 'a promotion without a canary', method: 'POST', path: `${SHOP}/canary/promote`, status: 400, kind: 'not-possible', says: 'Promotion not available. Canary does not exist.' },
  { name: 'a canary of a stage without a deployment', method: 'POST', path: '/apis/shop/deployments', body: { stageName: 'prod', canarySettings: {} }, status: 400, kind: 'not-possible', says: 'Invalid deployment content specified.Stage prod must already be created before making a canary release deployment' },
  { name: 'deleting an unknown deployment', method: 'DELETE', path: `/apis/shop/deployments/${NOBODY}`, status: 404, kind: 'not-found', says: 'Deployment id does not exist' },
  { name: 'deleting an API with stages', method: 'DELETE', path: '/apis/shop', status: 400, kind: 'not-possible', says: 'Stages of the API must be deleted first' },
  { name: 'a deploy with a token that may only read', method: 'POST', path: '/apis/shop/deployments', role: 'read', body: { stageName: 'dev' }, status: 403, kind: 'role-too-low', says: 'needs the role deploy' },
  { name: 'a deletion with a token that may only deploy', method: 'DELETE', path: SHOP, role: 'deploy', status: 403, kind: 'role-too-low', says: 'needs the role admin' },
  { name: 'a push that changes the account with a token that may only deploy', method: 'POST', path: '/push', role: 'deploy', body: { files: shopFiles(1, { others: { 'account.json': { region: 'eu-central-1' } } }) }, status: 403, kind: 'role-too-low', says: 'account' },
  { name: 'a push of rules that do not compile', method: 'POST', path: '/push', body: broken('{"openapi": "3.0.1", "info": {}'), status: 422, kind: 'invalid-rules', says: 'apis/shop/api.json:1:' },
  { name: 'a push of a variable that is not set', method: 'POST', path: '/push', body: broken('{"openapi": "3.0.1", "info": {"title": "${env.NAME}", "version": "1"}, "paths": {}}'), status: 422, kind: 'invalid-rules', says: 'NAME is not set' },
  { name: 'a push that deploys to an unknown stage', method: 'POST', path: '/push', body: { files: shopFiles(2), deploy: ['prdo'] }, status: 404, kind: 'not-found', says: 'Invalid stage identifier specified: prdo' },
  { name: 'a push of no files', method: 'POST', path: '/push', body: { files: [] }, status: 400, kind: 'invalid-request', says: 'at least one file' },
  { name: 'a push of a file twice', method: 'POST', path: '/push', body: { files: [...shopFiles(1), ...shopFiles(1)] }, status: 400, kind: 'invalid-request', says: 'twice' },
  { name: 'a push meant for another draft', method: 'POST', path: '/push', body: { files: shopFiles(2), ifDraftRevision: { shop: 7 } }, status: 412, kind: 'stale-revision', says: 'draft of shop is at revision 1' },
  { name: 'a push whose canary runs what is not there', method: 'POST', path: '/push', body: { files: shopFiles(2, { dev: { canarySettings: { percentTraffic: 1, deploymentId: NOBODY } } }) }, status: 404, kind: 'not-found', says: 'Deployment id does not exist' },
  { name: 'a body of 5 MB', method: 'POST', path: '/push', body: { files: [{ path: 'apis/shop/api.json', text: 'x'.repeat(5_000_000) }] }, status: 413, kind: 'too-large', says: '4194304' },
]

async function everything(): Promise<unknown> {
  const ledger = env.LEDGER.getByName(apiLedgerName(apiIdSchema.parse('shop')))
  const [overview, revisions, audit, kv] = await Promise.all([
    ledger.overview(),
    callControl('GET', `${SHOP}/revisions`),
    ledger.listAudit({ limit: 100, before: null }),
    env.RULES.list(),
  ])
  return JSON.stringify([overview, revisions.body, audit, kv.keys.map(({ name }) => name)])
}

for (const row of ROWS) {
  test(`${row.name}: ${row.status}, and nothing changes`, async () => {
    const before = await everything()
    const answer = await callControl(row.method, row.path, { role: row.role ?? 'admin', body: row.body, headers: row.headers ?? {} })
    expect(answer).toMatchObject({ status: row.status, body: { type: `urn:stagedoor:problem:${row.kind}`, status: row.status } })
    expect(JSON.stringify(answer.body)).toContain(row.says)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await everything()).toBe(before)
  })
}

test('deleting a deployment that a stage uses is refused in the words of Amazon', async () => {
  const answer = await callControl('DELETE', `/apis/shop/deployments/${running}`)
  expect(answer).toMatchObject({ status: 400, body: { detail: 'Active stages pointing to this deployment must be moved or deleted', hint: 'stages: dev' } })
})

test('two pushes at once: one is done, the other is told', async () => {
  const answers = await Promise.all([pushShop(2), pushShop(3), pushShop(4)])
  const statuses = answers.map(({ status }) => status).toSorted((one, other) => one - other)
  expect(statuses[0]).toBe(200)
  for (const answer of answers) expect(answer.status === 200 || answer.body.detail === 'Another push is under way.').toBe(true)
  const { body } = await callControl('GET', '/apis/shop')
  expect(body.draft.revision).toBe(1 + statuses.filter((status) => status === 200).length)
})
