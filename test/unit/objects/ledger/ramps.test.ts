import { expect, test } from 'vitest'
import { canarySettingsSchema } from '../../../../kv-schemas/rule-files/stage.ts'
import type { Book } from '../../../../worker/objects/ledger/book.ts'
import { changeStage } from '../../../../worker/objects/ledger/change-stage.ts'
import { applyPush } from '../../../../worker/objects/ledger/push-api.ts'
import { advanceRamps, nextRampMs, noGuard, type CanaryGuard } from '../../../../worker/objects/ledger/ramps.ts'
import { listRevisions, readStage } from '../../../../worker/objects/ledger/stages.ts'
import { ANN, DEV, idOf, pushOf, SHOP } from './rules.ts'
import { newDisk, openBook, type TestClock } from './sqlite-book.ts'

const RAMP = { steps: [{ percentTraffic: 5, dwellSeconds: 60 }, { percentTraffic: 50, dwellSeconds: 60 }], promote: true }

function ramping(): { readonly book: Book; readonly clock: TestClock } {
  const disk = newDisk()
  const book = openBook(disk)
  applyPush(book, pushOf(1, { deployTo: [DEV] }))
  applyPush(book, pushOf(2))
  const rule = canarySettingsSchema.parse({ ramp: RAMP })
  changeStage(book, { apiId: SHOP, stageName: DEV, by: ANN, ifRevision: null }, { kind: 'canary-start', rule, deploymentId: null })
  return { book, clock: disk.clock }
}

/** Rings the alarm at its time until no ramp runs. */
async function ring({ book, clock }: ReturnType<typeof ramping>, guard: CanaryGuard): Promise<string[]> {
  for (let at = nextRampMs(book), rounds = 0; at !== null && rounds < 10; at = nextRampMs(book), rounds += 1) {
    clock.nowMs = at
    await advanceRamps(book, guard)
  }
  return listRevisions(book, DEV, { limit: 9, before: null }).map(({ action, author, message, record }) => `${action} by ${author}: ${record?.canary?.percentTraffic ?? 'none'}${action === 'canary-cancel' ? ` (${message})` : ''}`)
}

test('a ramp climbs by the alarm, and ends with a promotion', async () => {
  const world = ramping()
  expect(await ring(world, noGuard)).toEqual(['ramp-step by stagedoor: none', 'ramp-step by stagedoor: 50', 'canary-start by ann: 5', 'push-deploy by ann: none'])
  expect(readStage(world.book, DEV)?.deploymentId).toBe(idOf(2))
})

test('an alarm before its time changes nothing', async () => {
  const { book } = ramping()
  await advanceRamps(book, noGuard)
  expect(readStage(book, DEV)?.revision).toBe(2)
})

test('a guard that says no ends the canary, and history says why', async () => {
  const world = ramping()
  const told = await ring(world, async ({ canary }) => (canary?.percentTraffic === 50 ? { kind: 'unhealthy', reason: '7 % of the answers are 5xx' } : { kind: 'healthy' }))
  expect(told[0]).toBe('canary-cancel by stagedoor: none (the canary was cancelled: 7 % of the answers are 5xx)')
  expect(readStage(world.book, DEV)?.deploymentId).toBe(idOf(1))
})

test('what an operator did while the guard was asked stays', async () => {
  const { book, clock } = ramping()
  clock.nowMs = nextRampMs(book) ?? 0
  await advanceRamps(book, async () => {
    changeStage(book, { apiId: SHOP, stageName: DEV, by: ANN, ifRevision: null }, { kind: 'canary-cancel' })
    return { kind: 'healthy' }
  })
  expect(listRevisions(book, DEV, { limit: 1, before: null })).toMatchObject([{ action: 'canary-cancel', author: 'ann' }])
})
