import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { COMMANDS } from '../../../cli/commands.ts'
import { runCommand } from '../../../cli/run-command.ts'

let directory = ''
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'stagedoor-'))
})
afterEach(() => rmSync(directory, { recursive: true }))

function write(file: string, text: string | Uint8Array): void {
  mkdirSync(path.dirname(path.join(directory, file)), { recursive: true })
  writeFileSync(path.join(directory, file), text)
}

async function run(...argv: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const out: string[] = []
  const err: string[] = []
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line), paint: (_colour: string, text: string) => text }
  const code = await runCommand(argv, COMMANDS, { terminal, env: {}, directory })
  return { code, out: out.join('\n'), err: err.join('\n') }
}

const files = (): string[] => readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name))).toSorted()

const DOCUMENT = '{"openapi":"3.0.0","info":{"title":"T"},"paths":{"/pets/{id}":{"get":{"responses":{"200":{"description":"ok"}}}}}}'

describe('stagedoor import', () => {
  beforeEach(() => write('pets.json', DOCUMENT))

  it('writes a rule folder that is sound', async () => {
    expect(await run('import', 'pets.json', '--api', 'pets', '--upstream', 'https://example.com')).toEqual({ code: 0, out: 'wrote rules/apis/pets/api.json\nwrote rules/apis/pets/stages/dev.json', err: '' })
    expect(files()).toEqual(['pets.json', 'rules/apis/pets/api.json', 'rules/apis/pets/stages/dev.json'])
    expect(await run('validate')).toEqual({ code: 0, out: '0 errors, 0 warnings', err: '' })
    expect(JSON.parse((await run('explain', 'GET', '/pets/dev/pets/7', '--json')).out)).toMatchObject({ integration: { uri: 'https://example.com/pets/7' } })
  })

  it('overwrites only when told to, and then leaves no second definition', async () => {
    write('rules/apis/pets/api.yaml', 'mine')
    const refused = await run('import', 'pets.json', '--api', 'pets', '--mock')
    expect(refused).toMatchObject({ code: 1, err: 'error: apis/pets/api.yaml exists already; --force overwrites' })
    expect(files()).toEqual(['pets.json', 'rules/apis/pets/api.yaml'])
    expect(readFileSync(path.join(directory, 'rules/apis/pets/api.yaml'), 'utf8')).toBe('mine')
    expect((await run('import', 'pets.json', '--api', 'pets', '--mock', '--force')).code).toBe(0)
    expect(files()).toEqual(['pets.json', 'rules/apis/pets/api.json', 'rules/apis/pets/stages/dev.json'])
  })

  it('writes nothing when one file can not be written', async () => {
    write('rules/apis/pets/stages', 'a file where a folder should be')
    expect((await run('import', 'pets.json', '--api', 'pets', '--mock')).code).toBe(1)
    expect(files()).toEqual(['pets.json', 'rules/apis/pets/stages'])
  })

  const rows = [
    { name: 'no API', argv: ['pets.json'], err: /--api is missing/u },
    { name: 'an API that can not be one', argv: ['pets.json', '--api', 'My Pets'], err: /can't be the name of an API/u },
    { name: 'a stage that can not be one', argv: ['pets.json', '--api', 'pets', '--stage', 'a/b'], err: /can't be the name of a stage/u },
    { name: 'no backend', argv: ['pets.json', '--api', 'pets'], err: /give --mock, or --upstream URL/u },
    { name: 'two backends', argv: ['pets.json', '--api', 'pets', '--mock', '--upstream', 'https://a'], err: /not both/u },
    { name: 'a backend that is no URL', argv: ['pets.json', '--api', 'pets', '--upstream', 'example.com'], err: /no URL of a backend/u },
    { name: 'an unknown mode', argv: ['pets.json', '--api', 'pets', '--mock', '--basepath', 'prepnd'], err: /--basepath is ignore, prepend or split/u },
    { name: 'a file that is not there', argv: ['pest.json', '--api', 'pets', '--mock'], err: /pest\.json does not exist/u },
    { name: 'a folder', argv: ['.', '--api', 'pets', '--mock'], err: /error: /u },
  ]
  for (const { name, argv, err } of rows) {
    it(`refuses ${name}`, async () => {
      const refused = await run('import', ...argv)
      expect(refused.code).toBe(1)
      expect(refused.err).toMatch(err)
      expect(files()).toEqual(['pets.json'])
    })
  }
})

describe('stagedoor validate', () => {
  it('prints problems with their places, and counts them', async () => {
    write('rules/account.json', '{ "region": "mars" }')
    write('rules/apis/pets/api.yaml', 'openapi: 3.0.1\ninfo: {}\npaths: { /a: { get: {} } }\n')
    const { code, out, err } = await run('validate', 'rules')
    expect(code).toBe(1)
    expect(err.split('\n')[0]).toBe('rules/account.json:1:13 region error: a region looks like us-east-1')
    expect(out).toBe('2 errors, 1 warning')
  })

  it('prints as JSON what design section 10 says', async () => {
    write('rules/account.json', '{ "region": "mars" }')
    const { code, out } = await run('validate', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toEqual({ ok: false, issues: [{ severity: 'error', file: 'account.json', line: 1, column: 13, path: 'region', message: 'a region looks like us-east-1' }] })
  })

  it('says that a folder is not there, or is none', async () => {
    write('file', '')
    expect((await run('validate')).err).toMatch(/rules does not exist/u)
    expect((await run('validate', 'file')).err).toMatch(/file is not a folder/u)
    expect(JSON.parse((await run('validate', '--json')).out)).toMatchObject({ ok: false, issues: [{ severity: 'error' }] })
  })

  it('reports files that are no text or can not be read, each at its name', async () => {
    write('rules/account.json', new Uint8Array([0xff, 0xfe, 0x7b]))
    symlinkSync('nowhere', path.join(directory, 'rules', 'domains.json'))
    const { code, err } = await run('validate')
    expect(code).toBe(1)
    expect(err).toContain('rules/account.json:1:1 error: the file is not UTF-8 text')
  })

  it('reads no hidden files and nothing that is neither JSON nor YAML', async () => {
    write('rules/.git/config.json', '{')
    write('rules/notes.md', '# notes')
    expect(await run('validate')).toEqual({ code: 0, out: '0 errors, 0 warnings', err: '' })
  })
})

it('every command has help', async () => {
  for (const { name } of COMMANDS) {
    const { code, out } = await run(...name.split(' '), '--help')
    expect({ name, code }).toEqual({ name, code: 0 })
    expect(out).toContain(`Usage: stagedoor ${name}`)
    expect(out).toContain('--json')
  }
})
