import { expect, test } from 'vitest'
import { isPublished, LIMITS, nextPostMs, post, RANK, type Letter } from '../../../../worker/objects/ledger/outbox.ts'
import { createPublisher, type Publisher } from '../../../../worker/objects/ledger/publisher.ts'
import { writeText } from '../../../../worker/objects/ledger/texts.ts'
import type { Book } from '../../../../worker/objects/ledger/book.ts'
import { seededChance } from '../../../chance.ts'
import { newDisk, newStore, openBook, type TestClock, type TestStore } from './sqlite-book.ts'

interface Office {
  readonly book: Book
  readonly clock: TestClock
  readonly store: TestStore
  readonly publisher: Publisher
  readonly failures: string[]
}

function open(): Office {
  const disk = newDisk()
  const book = openBook(disk)
  const store = newStore(disk.clock)
  const failures: string[] = []
  return { book, clock: disk.clock, store, failures, publisher: createPublisher(book, store, (key) => failures.push(key)) }
}

const letter = (key: string, value: string | null, rank: number = RANK.pointer): Letter => ({ key, rank, content: value === null ? null : { value } })

/** Lets the alarm ring until nothing waits. */
async function drain({ book, clock, publisher }: Office): Promise<void> {
  for (let at = nextPostMs(book); at !== null; at = nextPostMs(book)) {
    clock.nowMs = Math.max(clock.nowMs, at)
    await publisher.publish()
  }
}

test('a letter goes to KV at once', async () => {
  const office = open()
  post(office.book, letter('stage/a/dev', 'one'))
  expect(isPublished(office.book, 'stage/a/dev')).toBe(false)
  await office.publisher.publish()
  expect(office.store.values.get('stage/a/dev')).toBe('one')
  expect(isPublished(office.book, 'stage/a/dev')).toBe(true)
  expect(nextPostMs(office.book)).toBeNull()
})

test('a key is written at most once a second, and the last value wins', async () => {
  const office = open()
  for (let n = 1; n <= 50; n += 1) {
    post(office.book, letter('stage/a/dev', `value ${n}`))
    await office.publisher.publish()
    office.clock.nowMs += 100
  }
  await drain(office)
  const times = office.store.writes.map(({ atMs }) => atMs)
  for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(LIMITS.keyIntervalMs)
  expect(times.length).toBeGreaterThanOrEqual(5)
  expect(office.store.values.get('stage/a/dev')).toBe('value 50')
})

test('different keys do not wait for each other', async () => {
  const office = open()
  for (let n = 0; n < 250; n += 1) post(office.book, letter(`domain/${n}.example.com`, '{}'))
  await office.publisher.publish()
  expect(office.store.values.size).toBe(250)
})

test('a deployment goes before the pointers to it, however they were posted', async () => {
  const office = open()
  post(office.book, letter('stage/a/dev', 'pointer'))
  writeText(office.book, 'deployment:1', 'long text')
  post(office.book, { key: 'deployment/a/1', rank: RANK.deployment, content: { textName: 'deployment:1' } })
  await office.publisher.publish()
  expect(office.store.writes).toMatchObject([{ key: 'deployment/a/1', value: 'long text' }, { key: 'stage/a/dev' }])
})

test('while a deployment cannot be written, no pointer is', async () => {
  const office = open()
  office.store.failing = (key) => key.startsWith('deployment/')
  post(office.book, letter('deployment/a/1', 'text', RANK.deployment))
  post(office.book, letter('stage/a/dev', 'pointer'))
  for (let n = 0; n < 5; n += 1) {
    await office.publisher.publish()
    office.clock.nowMs += 60_000
  }
  expect(office.store.values.size).toBe(0)
  expect(office.failures).toEqual(Array.from({ length: 5 }, () => 'deployment/a/1'))
  office.store.failing = () => false
  await drain(office)
  expect([...office.store.values.keys()]).toEqual(['deployment/a/1', 'stage/a/dev'])
})

test('KV that is down is tried again, each time later, at most a minute apart', async () => {
  const office = open()
  office.store.failing = () => true
  post(office.book, letter('stage/a/dev', 'one'))
  const waits: number[] = []
  for (let n = 0; n < 12; n += 1) {
    await office.publisher.publish()
    const at = nextPostMs(office.book) ?? 0
    waits.push(at - office.clock.nowMs)
    office.clock.nowMs = at
  }
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000, 60_000, 60_000])
})

test('a new value does not wait for the next try of an old one', async () => {
  const office = open()
  office.store.failing = () => true
  post(office.book, letter('stage/a/dev', 'one'))
  await office.publisher.publish()
  office.store.failing = () => false
  post(office.book, letter('stage/a/dev', 'two'))
  await office.publisher.publish()
  expect(office.store.values.get('stage/a/dev')).toBe('two')
})

test('a value that comes while the one before is on its way is not lost', async () => {
  const office = open()
  post(office.book, letter('stage/a/dev', 'one'))
  const first = office.publisher.publish()
  post(office.book, letter('stage/a/dev', 'two'))
  await Promise.all([first, office.publisher.publish()])
  expect(isPublished(office.book, 'stage/a/dev')).toBe(false)
  await drain(office)
  expect(office.store.values.get('stage/a/dev')).toBe('two')
})

test('a removal waits for its time', async () => {
  const office = open()
  office.store.values.set('deployment/a/1', 'text')
  post(office.book, { ...letter('deployment/a/1', null, RANK.removal), dueMs: office.clock.nowMs + 600_000 })
  await office.publisher.publish()
  expect(office.store.values.has('deployment/a/1')).toBe(true)
  await drain(office)
  expect(office.store.values.has('deployment/a/1')).toBe(false)
})

test('whatever KV and the clock do, in the end KV has the last value of every key, and none was written twice within a second', async () => {
  for (let seed = 1; seed <= 100; seed += 1) {
    const office = open()
    const chance = seededChance(seed)
    office.store.failing = () => chance.below(4) === 0
    const last = new Map<string, string>()
    const running: Promise<void>[] = []
    for (let step = 0; step < 60; step += 1) {
      const key = `stage/a/${chance.below(4)}`
      const value = chance.below(8) === 0 ? null : `value ${step}`
      if (value === null) last.delete(key)
      else last.set(key, value)
      post(office.book, letter(key, value))
      running.push(office.publisher.publish())
      if (chance.below(2) === 0) await running.at(-1)
      office.clock.nowMs += chance.below(1_500)
    }
    await Promise.all(running)
    office.store.failing = () => false
    await drain(office)
    expect(Object.fromEntries(office.store.values), `seed ${seed}`).toEqual(Object.fromEntries(last))
    const lastAt = new Map<string, number>()
    for (const { key, atMs } of office.store.writes) {
      expect(atMs - (lastAt.get(key) ?? -LIMITS.keyIntervalMs), `seed ${seed}`).toBeGreaterThanOrEqual(LIMITS.keyIntervalMs)
      lastAt.set(key, atMs)
    }
  }
})
