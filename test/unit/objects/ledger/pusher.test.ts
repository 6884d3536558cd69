import { expect, test } from 'vitest'
import { listAudit } from '../../../../worker/objects/ledger/audit.ts'
import type { Book } from '../../../../worker/objects/ledger/book.ts'
import type { Reply } from '../../../../worker/objects/ledger/change-stage.ts'
import { listDocuments, type AccountDocumentEntry } from '../../../../worker/objects/ledger/documents.ts'
import { readDraft } from '../../../../worker/objects/ledger/drafts.ts'
import { hasJournal, listApis, type Push, type Pushed } from '../../../../worker/objects/ledger/push-account.ts'
import { applyPush, planPush, type ApiPush } from '../../../../worker/objects/ledger/push-api.ts'
import { createPusher, type ApiLedgers } from '../../../../worker/objects/ledger/pusher.ts'
import { listRevisions, readStage } from '../../../../worker/objects/ledger/stages.ts'
import { apiIdSchema, deploymentIdSchema } from '../../../../kv-schemas/id-schemas.ts'
import type { ApiId } from '../../../../kv-schemas/ids.ts'
import { ANN, DEV, pushOf } from './rules.ts'
import { Killed, killAt, newDisk, noKiller, openBook, type Disk, type Killer } from './sqlite-book.ts'

const APIS: readonly ApiId[] = ['one', 'two', 'three'].map((apiId) => apiIdSchema.parse(apiId))
const DOMAIN: AccountDocumentEntry = { key: 'domain/a.example.com', kind: 'domain', source: 'rules', value: '{"domainName":"a.example.com"}' }

/** An API key of this name. */
const keyOf = (name: string, source: 'rules' | 'api'): AccountDocumentEntry => ({ key: `api-key/${name}`, kind: 'api-key', source, value: `{"name":"${name}"}` })

/** The account's disk, and one for each API. */
interface World {
  readonly account: Disk
  readonly apis: ReadonlyMap<ApiId, Disk>
}

function newWorld(): World {
  const world = { account: newDisk(), apis: new Map(APIS.map((apiId) => [apiId, newDisk()] as const)) }
  openBook(world.account)
  for (const disk of world.apis.values()) openBook(disk)
  return world
}

function ledgersOf(world: World, killer: Killer = noKiller): ApiLedgers {
  const bookOf = ({ apiId }: ApiPush): Book => {
    const disk = world.apis.get(apiId)
    if (disk === undefined) throw new Error('the network is down')
    return openBook(disk, killer)
  }
  return { plan: async (part) => planPush(bookOf(part), part), apply: async (part) => applyPush(bookOf(part), part) }
}

function wholePush(version: number, parts: Partial<Push> = {}): Push {
  const pushId = `push-${version}`
  const apis = APIS.map((apiId) => pushOf(version, { pushId, apiId, deployTo: [DEV] }))
  return { pushId, by: ANN, apis, documents: [DOMAIN], kinds: ['domain'], mayChangeAccount: true, ...parts }
}

const push = (world: World, what: Push): Promise<Reply<Pushed>> => createPusher(openBook(world.account), ledgersOf(world)).push(what)
const draftsOf = (world: World): (number | undefined)[] => APIS.map((apiId) => readDraft(openBook(world.apis.get(apiId) ?? newDisk()))?.revision)

test('a push reaches every API, the documents and the list', async () => {
  const world = newWorld()
  expect(await push(world, wholePush(1))).toMatchObject({ ok: true, value: { isComplete: true, apis: [{}, {}, {}], documentChanges: [{ kind: 'added' }] } })
  expect(draftsOf(world)).toEqual([1, 1, 1])
  const book = openBook(world.account)
  expect(listApis(book)).toEqual(['one', 'three', 'two'])
  expect(listDocuments(book, 'domain')).toEqual([DOMAIN])
  expect(hasJournal(book)).toBe(false)
})

test('what one API refuses, none takes', async () => {
  const world = newWorld()
  await push(world, wholePush(1))
  const [first, ...others] = wholePush(2).apis
  if (first === undefined) throw new Error('no API')
  const stale = wholePush(2, { apis: [...others, { ...first, ifDraftRevision: 7 }] })
  expect(await push(world, stale)).toMatchObject({ ok: false, refusal: { kind: 'stale-revision' } })
  expect(draftsOf(world)).toEqual([1, 1, 1])
})

test('a push that may not change the account changes nothing at all', async () => {
  const world = newWorld()
  expect(await push(world, wholePush(1, { mayChangeAccount: false }))).toMatchObject({ ok: false, refusal: { kind: 'role-too-low' } })
  expect(draftsOf(world)).toEqual([undefined, undefined, undefined])
  await push(world, wholePush(1))
  expect(await push(world, wholePush(2, { mayChangeAccount: false }))).toMatchObject({ ok: true })
})

test('two pushes at once: the second is told, and can be repeated', async () => {
  const world = newWorld()
  const pusher = createPusher(openBook(world.account), ledgersOf(world))
  const [one, two] = await Promise.all([pusher.push(wholePush(1)), pusher.push(wholePush(2))])
  expect([one.ok, two]).toMatchObject([true, { ok: false, refusal: { kind: 'conflict', detail: 'Another push is under way.' } }])
  expect(await pusher.push(wholePush(2))).toMatchObject({ ok: true })
})

test('a push killed between any two writes, in any Ledger, is done everywhere or nowhere', async () => {
  let outcomes = ''
  for (let killedAt = 1, isAlive = false; !isAlive; killedAt += 1) {
    const world = newWorld()
    await push(world, wholePush(1, { documents: [], kinds: [] }))
    const killer = killAt(killedAt)
    try {
      await createPusher(openBook(world.account, killer), ledgersOf(world, killer)).push(wholePush(2))
    } catch (error) {
      if (!(error instanceof Killed)) throw error
    }
    isAlive = killer.steps < killedAt
    // The process starts again; its alarm takes the journal up.
    const book = openBook(world.account)
    await createPusher(book, ledgersOf(world)).resume()
    expect(hasJournal(book)).toBe(false)
    const drafts = draftsOf(world)
    expect([JSON.stringify([1, 1, 1]), JSON.stringify([2, 2, 2])], `killed at write ${killedAt}`).toContain(JSON.stringify(drafts))
    expect(listDocuments(book, 'domain'), `killed at write ${killedAt}`).toHaveLength(drafts[0] === 2 ? 1 : 0)
    for (const [, disk] of world.apis) expect(listRevisions(openBook(disk), DEV, { limit: 9, before: null })).toHaveLength(drafts[0] ?? 0)
    outcomes += drafts[0] === 2 ? 'd' : 'n'
  }
  expect(outcomes, 'nothing, then all').toMatch(/^n+d+$/u)
})

test('an API that cannot be reached gets its part later, once', async () => {
  const world = newWorld()
  const book = openBook(world.account)
  let isDown = true
  const ledgers = ledgersOf(world)
  const flaky: ApiLedgers = {
    plan: (part) => ledgers.plan(part),
    apply: async (part) => {
      if (isDown && part.apiId === 'two') throw new Error('the network is down')
      return ledgers.apply(part)
    },
  }
  const pusher = createPusher(book, flaky)
  expect(await pusher.push(wholePush(1))).toMatchObject({ ok: true, value: { isComplete: false } })
  expect([draftsOf(world), hasJournal(book)]).toEqual([[1, undefined, undefined], true])
  expect(await pusher.push(wholePush(2)), 'nobody overtakes it').toMatchObject({ ok: false, refusal: { kind: 'conflict' } })
  isDown = false
  await pusher.resume()
  expect([draftsOf(world), hasJournal(book)]).toEqual([[1, 1, 1], false])
  const first = openBook(world.apis.get(APIS[0] ?? apiIdSchema.parse('one')) ?? newDisk())
  expect(listRevisions(first, DEV, { limit: 9, before: null })).toHaveLength(1)
  expect(await pusher.push(wholePush(2))).toMatchObject({ ok: true, value: { isComplete: true } })
})

test('an API that refuses after all, because it changed meanwhile, stands in the audit log', async () => {
  const world = newWorld()
  const ledgers = ledgersOf(world)
  const gone = deploymentIdSchema.parse('e'.repeat(20))
  const late: ApiLedgers = {
    plan: (part) => ledgers.plan(part),
    apply: async (part) => (part.apiId === 'two' ? { ok: false, refusal: { kind: 'not-found', detail: `Deployment id does not exist: ${gone}` } } : ledgers.apply(part)),
  }
  const book = openBook(world.account)
  await createPusher(book, late).push(wholePush(1))
  expect(listAudit(book, { limit: 9, before: null })[0]).toMatchObject({ action: 'push-refused', target: 'api two' })
})

test('documents: a push takes away only what a push brought, and only of the kinds it has files of', async () => {
  const world = newWorld()
  const book = openBook(world.account)
  const pusher = createPusher(book, ledgersOf(world))
  await pusher.push(wholePush(1, { documents: [DOMAIN, keyOf('a', 'rules'), keyOf('b', 'rules'), keyOf('c', 'api')], kinds: ['domain', 'api-key'] }))
  await pusher.push(wholePush(2, { documents: [keyOf('b', 'rules')], kinds: ['api-key'] }))
  expect([...listDocuments(book, 'api-key'), ...listDocuments(book, 'domain')].map((entry) => entry.key)).toEqual(['api-key/b', 'api-key/c', 'domain/a.example.com'])
})

test('a stage that the folder has no file of is left alone, and said so', async () => {
  const world = newWorld()
  await push(world, wholePush(1))
  const without = wholePush(2, { apis: wholePush(2).apis.map((part) => Object.assign({}, part, { stages: [], deployTo: [] })) })
  const reply = await push(world, without)
  expect(reply).toMatchObject({ ok: true, value: { apis: [{ stages: [{ stageName: 'dev', isInFolder: false, isChanged: false, runsDraft: false }] }, {}, {}] } })
  expect(readStage(openBook(world.apis.get(apiIdSchema.parse('one')) ?? newDisk()), DEV)?.revision).toBe(1)
})
