import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { PROJECT_SHELF, readKeptRules, type RulesShelf } from '../../../../cli/dev/kept-rules.ts'
import type { PreparedRules, Publication } from '../../../../cli/dev/publication.ts'

const LARGE: Publication = { files: null, entries: new Map([['account', '{}'], ['stage/shop/dev', '{"revision":1}']]), stages: ['shop/dev'], isLasting: true }
const WARNING = { severity: 'warning', file: 'account.json', line: 1, column: 2, path: '', message: 'looks odd' } as const

let root: string
let rules: string
let shelf: RulesShelf
let compilations: number

beforeEach(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'stagedoor-kept-'))
  rules = path.join(root, 'rules')
  shelf = { folder: path.join(root, 'kept'), listCode: () => [path.join(root, 'code.ts')] }
  compilations = 0
  await mkdir(rules)
  await place('rules/account.json', 'rules/domains.json', 'code.ts')
})

afterEach(() => rm(root, { recursive: true }))

/** Writes files that seem to be older than any compilation. */
async function place(...names: readonly string[]): Promise<void> {
  for (const name of names) {
    await writeFile(path.join(root, name), '{}')
    await utimes(path.join(root, name), 1000, 1000)
  }
}

async function start(publication: Publication | null = LARGE): Promise<PreparedRules> {
  const kept = await readKeptRules(rules, shelf, async () => {
    compilations += 1
    return { kind: 'loaded', publication, problems: [WARNING] }
  })
  await kept.keep()
  return kept.rules
}

describe('the rules of a large folder', () => {
  it('are compiled once, and given to the next process as they were, with their warnings', async () => {
    const first = await start()
    expect(await start()).toEqual(first)
    expect(first).toEqual({ kind: 'loaded', publication: LARGE, problems: [WARNING] })
    expect(compilations).toBe(1)
  })

  it.each([
    { name: 'a rule file has changed', change: () => writeFile(path.join(rules, 'account.json'), '{ }') },
    { name: 'a rule file is gone', change: () => rm(path.join(rules, 'domains.json')) },
    { name: 'a rule file has come', change: () => place('rules/api-keys.json') },
    { name: 'a rule file has another name', change: async () => Promise.all([rm(path.join(rules, 'domains.json')), place('rules/api-keys.json')]) },
    { name: 'the code has changed', change: () => writeFile(path.join(root, 'code.ts'), '{ }') },
    { name: 'what was kept is no JSON', change: async () => writeFile(path.join(root, 'kept', (await readdir(path.join(root, 'kept')))[0] ?? ''), '{"value":') },
    { name: 'what was kept is gone', change: () => rm(path.join(root, 'kept'), { recursive: true }) },
  ])('are compiled again when $name', async ({ change }) => {
    await start()
    await change()
    await start()
    expect(compilations).toBe(2)
  })

  it('stay when a file has come that is no rule file', async () => {
    await start()
    await place('rules/notes.txt')
    await start()
    expect(compilations).toBe(1)
  })
})

describe('nothing is kept', () => {
  it.each([
    { name: 'of a folder that is pushed as files', publication: { ...LARGE, files: new Map() } },
    { name: 'of what the environment or a secret is in', publication: { ...LARGE, isLasting: false } },
    { name: 'of errors', publication: null },
  ])('$name', async ({ publication }) => {
    await start(publication)
    await start(publication)
    expect(compilations).toBe(2)
    expect(await readdir(path.join(root, 'kept')).catch(() => [])).toEqual([])
  })

  it('of a folder that changed while it was compiled', async () => {
    const { keep } = await readKeptRules(rules, shelf, async () => ({ kind: 'loaded', publication: LARGE, problems: [] }))
    await utimes(path.join(rules, 'account.json'), new Date(Date.now() + 5000), new Date(Date.now() + 5000))
    await keep()
    expect(await readdir(path.join(root, 'kept')).catch(() => [])).toEqual([])
  })

  it('where no file can be written, and the rules are there all the same', async () => {
    shelf = { ...shelf, folder: path.join(root, 'code.ts', 'kept') }
    expect(await start()).toMatchObject({ publication: LARGE })
  })
})

it('the code that kept rules depend on is all of the compiler and its packages', () => {
  const code = PROJECT_SHELF.listCode().map((file) => path.relative(path.join(import.meta.dirname, '..', '..', '..', '..'), file))
  expect(code).toEqual(expect.arrayContaining(['cli/load-rules.ts', 'kv-schemas/keys.ts', 'package-lock.json', 'worker/semantics/rules/compile-rules.ts']))
})
