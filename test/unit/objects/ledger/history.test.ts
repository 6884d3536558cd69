import { expect, test } from 'vitest'
import { deploymentIdSchema } from '../../../../kv-schemas/id-schemas.ts'
import { stageRuleSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import { listAudit } from '../../../../worker/objects/ledger/audit.ts'
import type { Book } from '../../../../worker/objects/ledger/book.ts'
import { changeStage, removeDeployment, removeStage, type Reply } from '../../../../worker/objects/ledger/change-stage.ts'
import type { StageCommand } from '../../../../worker/objects/ledger/commands.ts'
import { LIMITS, listDeployments, purgeDeployments, readDeployment } from '../../../../worker/objects/ledger/deployments.ts'
import { readDraft, readFiles } from '../../../../worker/objects/ledger/drafts.ts'
import { createPublisher } from '../../../../worker/objects/ledger/publisher.ts'
import { applyPush, planPush } from '../../../../worker/objects/ledger/push-api.ts'
import { removeApi } from '../../../../worker/objects/ledger/remove-api.ts'
import { listRevisions, listStages, readStage } from '../../../../worker/objects/ledger/stages.ts'
import { ANN, DEV, idOf, pushOf, SHOP } from './rules.ts'
import { newDisk, newStore, openBook, type Disk } from './sqlite-book.ts'

const ALL = { limit: 100, before: null }

function fresh(): { readonly disk: Disk; readonly book: Book } {
  const disk = newDisk()
  return { disk, book: openBook(disk) }
}

function change(book: Book, command: StageCommand, ifRevision: number | null = null): Reply<unknown> {
  return changeStage(book, { apiId: SHOP, stageName: DEV, by: ANN, ifRevision }, command)
}

const DEPLOY: StageCommand = { kind: 'deploy', deploymentId: null }

test('the same push again is the same push: it gives the same answer and changes nothing', () => {
  const { book } = fresh()
  const first = applyPush(book, pushOf(1, { deployTo: [DEV] }))
  const again = applyPush(book, pushOf(1, { deployTo: [DEV] }))
  expect(again).toEqual(first)
  expect(listRevisions(book, DEV, ALL)).toHaveLength(1)
})

test('another push of the same content keeps one deployment, and notes the deploy', () => {
  const { book } = fresh()
  applyPush(book, pushOf(1, { deployTo: [DEV] }))
  applyPush(book, pushOf(1, { pushId: 'again', deployTo: [DEV] }))
  expect(listDeployments(book, ALL)).toHaveLength(1)
  expect(listRevisions(book, DEV, ALL).map(({ action }) => action)).toEqual(['push-deploy', 'push-deploy'])
  expect(readDraft(book)?.revision).toBe(1)
})

test('a file that changes nothing of the deployment is a new draft all the same', () => {
  const { book } = fresh()
  applyPush(book, pushOf(1))
  applyPush(book, pushOf(1, { pushId: 'again', files: [{ path: 'apis/shop/api.yaml', text: '# a comment' }] }))
  expect(readDraft(book)?.revision).toBe(2)
  expect(readFiles(book)).toEqual([{ path: 'apis/shop/api.yaml', text: '# a comment' }])
})

test('a plan answers as the push would, and leaves everything as it was', () => {
  const { book } = fresh()
  applyPush(book, pushOf(1, { deployTo: [DEV] }))
  const before = JSON.stringify([readDraft(book), listStages(book), listAudit(book, ALL)])
  const push = pushOf(2, { deployTo: [DEV], stageRule: { variables: { a: 'b' } } })
  const planned = planPush(book, push)
  expect(JSON.stringify([readDraft(book), listStages(book), listAudit(book, ALL)])).toBe(before)
  expect(applyPush(book, push)).toEqual(planned)
})

test('a first push with a canary starts it on the deployment that the push makes', () => {
  const { book } = fresh()
  const reply = applyPush(book, pushOf(1, { deployTo: [DEV], stageRule: { canarySettings: { percentTraffic: 5 } } }))
  expect(reply.ok).toBe(true)
  expect(readStage(book, DEV)).toMatchObject({ revision: 1, deploymentId: idOf(1), canary: { deploymentId: idOf(1), percentTraffic: 5 } })
})

test('history tells what each revision changed, routes included', () => {
  const { book } = fresh()
  applyPush(book, pushOf(1, { deployTo: [DEV] }))
  applyPush(book, pushOf(2, { deployTo: [DEV], stageRule: { variables: { a: 'b' } } }))
  const [second, first] = listRevisions(book, DEV, ALL)
  expect(first?.changes).toMatchObject([{ kind: 'added', subject: 'stage dev' }])
  expect(second).toMatchObject({ author: 'ann', actor: 'ci', message: 'because', sourceCommit: 'abc123' })
  expect(second?.changes.map(({ subject, member }) => `${subject} ${member ?? ''}`)).toEqual(['stage dev deploymentId', 'stage dev variables.a', 'GET /pets integration.uri'])
})

test('a refused write leaves no trace, not even the deployment that it would have made', () => {
  const { book } = fresh()
  applyPush(book, pushOf(1))
  expect(change(book, DEPLOY, 7)).toMatchObject({ ok: false, refusal: { kind: 'stale-revision', currentRevision: 1 } })
  expect(change(book, { kind: 'canary-start', deploymentId: null, rule: { percentTraffic: 5, stageVariableOverrides: {}, useStageCache: false } })).toMatchObject({ ok: false })
  expect(listDeployments(book, ALL)).toEqual([])
  expect(listAudit(book, ALL)).toHaveLength(2)
})

test('lists are pages, newest first', () => {
  const { book } = fresh()
  for (let version = 1; version <= 5; version += 1) applyPush(book, pushOf(version, { deployTo: [DEV] }))
  expect(listDeployments(book, { limit: 2, before: null }).map(({ number }) => number)).toEqual([5, 4])
  expect(listDeployments(book, { limit: 2, before: 4 }).map(({ number }) => number)).toEqual([3, 2])
  expect(listRevisions(book, DEV, { limit: 2, before: 3 }).map(({ revision }) => revision)).toEqual([2, 1])
  const [newest] = listAudit(book, { limit: 1, before: null })
  expect(listAudit(book, { limit: 1, before: newest?.number ?? 0 })[0]?.number).toBe((newest?.number ?? 0) - 1)
})

test('rolling back twice goes there and back; it never goes to what was deleted', () => {
  const { book } = fresh()
  for (let version = 1; version <= 3; version += 1) applyPush(book, pushOf(version, { deployTo: [DEV] }))
  const back: StageCommand = { kind: 'rollback', to: null }
  change(book, back)
  expect(readStage(book, DEV)?.deploymentId).toBe(idOf(2))
  change(book, back)
  expect(readStage(book, DEV)?.deploymentId).toBe(idOf(3))
  removeDeployment(book, { apiId: SHOP, deploymentId: idOf(2), by: ANN })
  change(book, back)
  expect(readStage(book, DEV)?.deploymentId).toBe(idOf(1))
  expect(change(book, { kind: 'rollback', to: { revision: 2 } })).toMatchObject({ ok: false, refusal: { detail: 'Deployment id does not exist' } })
})

test('a deployment that no stage uses is deleted: from the list at once, from KV and the book after a grace', async () => {
  const { disk, book } = fresh()
  for (let version = 1; version <= 2; version += 1) applyPush(book, pushOf(version, { deployTo: [DEV] }))
  const store = newStore(disk.clock)
  const publisher = createPublisher(book, store, () => undefined)
  await publisher.publish()
  const key = `deployment/shop/${idOf(1)}`
  expect(removeDeployment(book, { apiId: SHOP, deploymentId: idOf(2), by: ANN })).toMatchObject({ ok: false, refusal: { detail: 'Active stages pointing to this deployment must be moved or deleted' } })
  expect(removeDeployment(book, { apiId: SHOP, deploymentId: idOf(1), by: ANN }).ok).toBe(true)
  expect(listDeployments(book, ALL).map(({ deploymentId }) => deploymentId)).toEqual([idOf(2)])
  disk.clock.nowMs += LIMITS.graceMs - 1
  await publisher.publish()
  purgeDeployments(book)
  expect([store.values.has(key), readDeployment(book, idOf(1)) === null]).toEqual([true, false])
  disk.clock.nowMs += 1
  await publisher.publish()
  purgeDeployments(book)
  expect([store.values.has(key), readDeployment(book, idOf(1)) === null]).toEqual([false, true])
})

test('a deployment that was deleted and comes again within its grace stays', async () => {
  const { disk, book } = fresh()
  for (let version = 1; version <= 2; version += 1) applyPush(book, pushOf(version, { deployTo: [DEV] }))
  const store = newStore(disk.clock)
  const publisher = createPublisher(book, store, () => undefined)
  await publisher.publish()
  removeDeployment(book, { apiId: SHOP, deploymentId: idOf(1), by: ANN })
  applyPush(book, pushOf(1, { pushId: 'again', deployTo: [DEV] }))
  disk.clock.nowMs += LIMITS.graceMs + 1
  await publisher.publish()
  purgeDeployments(book)
  expect([store.values.has(`deployment/shop/${idOf(1)}`), readDeployment(book, idOf(1)) === null]).toEqual([true, false])
})

test('a stage that was deleted and comes again goes on with its revisions', async () => {
  const { disk, book } = fresh()
  applyPush(book, pushOf(1, { deployTo: [DEV] }))
  const store = newStore(disk.clock)
  const publisher = createPublisher(book, store, () => undefined)
  await publisher.publish()
  expect(removeStage(book, { apiId: SHOP, stageName: DEV, by: ANN, ifRevision: 1 })).toEqual({ ok: true, value: { revision: 2 } })
  disk.clock.nowMs += 1_000
  await publisher.publish()
  expect([readStage(book, DEV), store.values.has('stage/shop/dev')]).toEqual([null, false])
  applyPush(book, pushOf(1, { pushId: 'again', deployTo: [DEV] }))
  expect(readStage(book, DEV)?.revision).toBe(3)
  expect(listRevisions(book, DEV, ALL).map(({ revision, action }) => `${revision} ${action}`)).toEqual(['3 push-deploy', '2 delete', '1 push-deploy'])
})

test('an API goes when its stages are gone', () => {
  const { book } = fresh()
  applyPush(book, pushOf(1, { deployTo: [DEV] }))
  expect(removeApi(book, SHOP, ANN)).toMatchObject({ ok: false, refusal: { detail: 'Stages of the API must be deleted first', hint: 'stages: dev' } })
  removeStage(book, { apiId: SHOP, stageName: DEV, by: ANN, ifRevision: null })
  expect(removeApi(book, SHOP, ANN).ok).toBe(true)
  expect([readDraft(book), readFiles(book), listDeployments(book, ALL)]).toEqual([null, [], []])
  expect(removeApi(book, SHOP, ANN)).toMatchObject({ ok: false, refusal: { detail: 'Invalid API identifier specified' } })
  applyPush(book, pushOf(1, { deployTo: [DEV] }))
  expect(readStage(book, DEV)?.revision).toBe(3)
})

test('settings of a stage without a deployment are kept for its first one, and are not published', async () => {
  const { disk, book } = fresh()
  applyPush(book, pushOf(1, { stageRule: { variables: { a: 'b' } } }))
  const store = newStore(disk.clock)
  await createPublisher(book, store, () => undefined).publish()
  expect([...store.values.keys()]).toEqual([])
  change(book, { kind: 'settings', rule: stageRuleSchema.parse({ variables: { a: 'c' } }) })
  change(book, DEPLOY)
  expect(readStage(book, DEV)).toMatchObject({ revision: 3, settings: { variables: { a: 'c' } } })
})

test('an id that is no hash of anything here is no deployment', () => {
  const { book } = fresh()
  applyPush(book, pushOf(1, { deployTo: [DEV] }))
  const stranger = deploymentIdSchema.parse('f'.repeat(20))
  expect(change(book, { kind: 'deploy', deploymentId: stranger })).toMatchObject({ ok: false, refusal: { detail: 'Deployment id does not exist' } })
})
