import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeptFiles } from '../../../../cli/dev/kept-files.ts'

const VALUE = { name: 'gateway', modules: [{ path: 'index.js', contents: 'export {}' }], port: null }
const WRITTEN_AT = new Date('2026-01-01T00:00:00Z')
const STARTED_AT_MS = Date.parse('2026-01-02T00:00:00Z')

let folder: string
let source: string
let secrets: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stagedoor-kept-'))
  source = join(folder, 'worker.ts')
  secrets = join(folder, '.env')
  await writeAt(source, 'one')
})
afterEach(() => rm(folder, { recursive: true }))

async function writeAt(file: string, text: string, at = WRITTEN_AT): Promise<void> {
  await writeFile(file, text)
  await utimes(file, at, at)
}

const kept = (key: unknown = 'gateway') => createKeptFiles<unknown>(join(folder, 'kept'), key)
const keep = (value: unknown = VALUE) => kept().write(value, { sources: [source], startedAtMs: STARTED_AT_MS, absent: [secrets] })

describe('a value that was made from files', () => {
  it('is there for the next process', async () => {
    await keep()
    expect(await kept().read()).toEqual(VALUE)
  })

  const CHANGES: readonly { readonly name: string; readonly change: () => Promise<unknown> }[] = [
    { name: 'a file that it was made of has another time', change: () => writeAt(source, 'two', new Date('2026-01-03T00:00:00Z')) },
    { name: 'a file that it was made of has another size', change: () => writeAt(source, 'three') },
    { name: 'a file that it was made of is gone', change: () => rm(source) },
    { name: 'a file appears that was not there', change: () => writeFile(secrets, 'SECRET=1') },
    { name: 'what was kept is cut off', change: async () => writeFile(join(folder, 'kept', (await readdir(join(folder, 'kept')))[0] ?? ''), '{"value"') },
  ]
  for (const { name, change } of CHANGES) {
    it(`is not used when ${name}`, async () => {
      await keep()
      await change()
      expect(await kept().read()).toBeNull()
    })
  }

  it('is not used under another key', async () => {
    await keep()
    expect(await kept(['gateway', 'CLOUDFLARE_ENV']).read()).toBeNull()
  })

  const NOT_KEPT: readonly { readonly name: string; readonly prepare?: () => Promise<unknown>; readonly value?: unknown }[] = [
    { name: 'a file with secrets is there', prepare: () => writeFile(secrets, 'SECRET=1') },
    { name: 'a file changed while it was made', prepare: () => writeAt(source, 'one', new Date(STARTED_AT_MS)) },
    { name: 'a file is gone that it was made of', prepare: () => rm(source) },
    { name: 'it holds a function', value: { outbound: () => null } },
    { name: 'it holds what JSON has no word for', value: { since: new Date(0) } },
    { name: 'its folder is a file', prepare: () => writeFile(join(folder, 'kept'), '') },
  ]
  for (const { name, prepare, value = VALUE } of NOT_KEPT) {
    it(`is not kept when ${name}`, async () => {
      await prepare?.()
      await keep(value)
      expect(await kept().read()).toBeNull()
    })
  }

  it('is replaced by a newer one', async () => {
    await mkdir(join(folder, 'kept'))
    await keep()
    await keep({ name: 'newer' })
    expect(await kept().read()).toEqual({ name: 'newer' })
  })
})
