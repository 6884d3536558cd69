import { expect, test } from 'vitest'
import { stageSchema } from '../../../../kv-schemas/documents/stage.ts'
import { canarySettingsSchema, stageRuleSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import type { Book } from '../../../../worker/objects/ledger/book.ts'
import { changeStage } from '../../../../worker/objects/ledger/change-stage.ts'
import type { StageCommand } from '../../../../worker/objects/ledger/commands.ts'
import { nextPostMs } from '../../../../worker/objects/ledger/outbox.ts'
import { createPublisher } from '../../../../worker/objects/ledger/publisher.ts'
import { applyPush } from '../../../../worker/objects/ledger/push-api.ts'
import { listRevisions, readStage } from '../../../../worker/objects/ledger/stages.ts'
import { toStageDocument } from '../../../../worker/semantics/stages/stage-record.ts'
import { ANN, DEV, idOf, pushOf, SHOP } from './rules.ts'
import { Killed, killAt, newDisk, newStore, openBook, type Disk, type Killer } from './sqlite-book.ts'

const change = (command: StageCommand) => (book: Book) => void changeStage(book, { apiId: SHOP, stageName: DEV, by: ANN, ifRevision: null }, command)

/** Each write of the control plane; all start with version 1 deployed, version 2 pushed, and a canary where they need one. */
const WRITES = [
  { name: 'a push that deploys', canary: false, work: (book: Book) => void applyPush(book, pushOf(3, { deployTo: [DEV], stageRule: { variables: { a: 'b' } } })) },
  { name: 'a deploy', canary: false, work: change({ kind: 'deploy', deploymentId: null }) },
  { name: 'a deploy to a canary', canary: true, work: change({ kind: 'deploy', deploymentId: idOf(1) }) },
  { name: 'a rollback', canary: false, work: change({ kind: 'rollback', to: { revision: 1 } }) },
  { name: 'new settings', canary: false, work: change({ kind: 'settings', rule: stageRuleSchema.parse({ variables: { a: 'b' } }) }) },
  { name: 'a canary', canary: false, work: change({ kind: 'canary-start', rule: canarySettingsSchema.parse({ percentTraffic: 5 }), deploymentId: null }) },
  { name: 'a promotion', canary: true, work: change({ kind: 'canary-promote' }) },
]

/** A Ledger with version 1 deployed and published, version 2 pushed. */
async function prepare(withCanary: boolean): Promise<{ readonly disk: Disk; readonly kv: Map<string, string> }> {
  const disk = newDisk()
  const book = openBook(disk)
  applyPush(book, pushOf(1, { deployTo: [DEV] }))
  applyPush(book, pushOf(2))
  if (withCanary) change({ kind: 'canary-start', rule: canarySettingsSchema.parse({ percentTraffic: 5, stageVariableOverrides: { a: 'c' } }), deploymentId: null })(book)
  const store = newStore(disk.clock)
  await createPublisher(book, store, () => undefined).publish()
  disk.clock.nowMs += 5_000
  return { disk, kv: store.values }
}

/** Does the write and brings it to KV, until the killer ends the process. */
async function live(disk: Disk, kv: Map<string, string>, killer: Killer, work: (book: Book) => void): Promise<void> {
  try {
    const book = openBook(disk, killer)
    work(book)
    await createPublisher(book, newStore(disk.clock, killer, kv), (_key, cause) => {
      if (cause instanceof Killed) throw cause
    }).publish()
  } catch (error) {
    if (!(error instanceof Killed)) throw error
  }
}

/** The process starts again and does what its alarm tells, until nothing is left. */
async function restart(disk: Disk, kv: Map<string, string>): Promise<Book> {
  const book = openBook(disk)
  const publisher = createPublisher(book, newStore(disk.clock, undefined, kv), () => undefined)
  for (let at = nextPostMs(book), rounds = 0; at !== null; at = nextPostMs(book), rounds += 1) {
    if (rounds > 20) throw new Error('the outbox does not get empty')
    disk.clock.nowMs = Math.max(disk.clock.nowMs, at)
    await publisher.publish()
  }
  return book
}

for (const { name, canary, work } of WRITES) {
  test(`${name}, killed between any two writes, is done or not, never half`, async () => {
    const { disk: untouched } = await prepare(canary)
    const revisionBefore = readStage(openBook(untouched), DEV)?.revision ?? 0
    let killedAt = 0
    for (let isAlive = false; !isAlive; ) {
      killedAt += 1
      const { disk, kv } = await prepare(canary)
      const killer = killAt(killedAt)
      await live(disk, kv, killer, work)
      isAlive = killer.steps < killedAt
      const book = await restart(disk, kv)
      const record = readStage(book, DEV)
      const revisions = listRevisions(book, DEV, { limit: 100, before: null }).map(({ revision }) => revision)
      expect([revisionBefore, revisionBefore + 1], `killed at write ${killedAt}`).toContain(record?.revision)
      expect(revisions, 'history has no gap').toEqual(Array.from(revisions, (_, index) => (record?.revision ?? 0) - index))
      const published = stageSchema.parse(JSON.parse(kv.get('stage/shop/dev') ?? 'null'))
      expect(published, 'KV has what the Ledger has').toEqual(record === null ? null : toStageDocument(record))
      expect(kv.has(`deployment/shop/${published.deploymentId}`), 'the pointer leads to a deployment').toBe(true)
      expect(kv.has(`deployment/shop/${published.canarySettings?.deploymentId ?? published.deploymentId}`), 'so does the canary').toBe(true)
      expect(isAlive && record?.revision === revisionBefore, 'not killed, and not done').toBe(false)
    }
    expect(killedAt).toBeGreaterThan(6)
  })
}

test('KV never shows a pointer before its deployment, wherever the process ends', async () => {
  for (let killedAt = 1; killedAt < 60; killedAt += 1) {
    const { disk, kv } = await prepare(false)
    await live(disk, kv, killAt(killedAt), WRITES[0]?.work ?? (() => undefined))
    const published = stageSchema.parse(JSON.parse(kv.get('stage/shop/dev') ?? 'null'))
    expect(kv.has(`deployment/shop/${published.deploymentId}`)).toBe(true)
  }
})
