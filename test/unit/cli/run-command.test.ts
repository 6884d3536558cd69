import { describe, expect, test } from 'vitest'
import type { Call, Command, CommandEntry } from '../../../cli/command.ts'
import { runCommand } from '../../../cli/run-command.ts'

function commandOf(name: string, run: (call: Call) => number): Command {
  return {
    name,
    summary: `Does ${name}.`,
    usage: `${name} FILE [--port N]`,
    details: '',
    operands: { min: 1, max: 2 },
    options: [
      { name: 'port', value: 'N', summary: 'a port' },
      { name: 'var', value: 'NAME=VALUE', summary: 'a variable', isRepeatable: true },
      { name: 'force', value: null, summary: 'overwrites' },
    ],
    run: async (call) => run(call),
  }
}

async function run(...argv: readonly string[]): Promise<{ readonly code: number; readonly out: string; readonly err: string; readonly call: Call | null }> {
  const out: string[] = []
  const err: string[] = []
  let called: Call | null = null
  const entries: readonly CommandEntry[] = ['serve', 'keys', 'keys create', 'canary start', 'canary promote'].map((name) => ({
    name,
    summary: `does ${name}`,
    load: async () =>
      commandOf(name, (call) => {
        called = call
        call.terminal.out(`ran ${name}`)
        return 2
      }),
  }))
  const terminal = { out: (line: string) => void out.push(line), err: (line: string) => void err.push(line), paint: (_colour: string, text: string) => text }
  const code = await runCommand(argv, entries, { terminal, env: {}, directory: '/' })
  return { code, out: out.join('\n'), err: err.join('\n'), call: called }
}

describe('a command that is called well', () => {
  test('gets its operands and options, and its exit code is that of the process', async () => {
    const { code, call } = await run('serve', 'a', '--port', '8080', '--var=A=1', '--var', 'B=2', '--force', '--json', '--', '--b')
    expect(code).toBe(2)
    expect(call?.operands).toEqual(['a', '--b'])
    expect([call?.text('port'), call?.texts('var'), call?.flag('force'), call?.json, call?.flag('absent'), call?.text('absent')]).toEqual(['8080', ['A=1', 'B=2'], true, true, false, null])
  })

  test('may have a name of two words', async () => {
    expect((await run('keys', 'create', 'a')).out).toBe('ran keys create')
    expect((await run('keys', 'a')).out).toBe('ran keys')
  })

  test('shows its help, whatever else is wrong', async () => {
    const { code, out } = await run('serve', '--help')
    expect(code).toBe(0)
    expect(out).toContain('Usage: stagedoor serve FILE [--port N]')
    expect(out).toMatch(/--port N +a port/u)
  })
})

describe('a command line that is wrong says what to write', () => {
  const rows = [
    { argv: ['serv', 'a'], err: 'error: unknown command "serv"; did you mean "serve"?\nstagedoor --help lists the commands' },
    { argv: ['canary', 'strat', 'a'], err: 'error: unknown command "canary strat"; did you mean "canary start"?\nstagedoor --help lists the commands' },
    { argv: ['serve', 'a', '--prot', '1'], err: 'error: unknown option --prot; did you mean --port?\nusage: stagedoor serve FILE [--port N]' },
    { argv: ['serve', 'a', '--port'], err: 'error: --port needs a value: --port N\nusage: stagedoor serve FILE [--port N]' },
    { argv: ['serve', 'a', '--port=1', '--port=2'], err: 'error: --port was given twice\nusage: stagedoor serve FILE [--port N]' },
    { argv: ['serve', 'a', '--force=yes'], err: 'error: --force takes no value\nusage: stagedoor serve FILE [--port N]' },
    { argv: ['serve'], err: 'error: arguments are missing\nusage: stagedoor serve FILE [--port N]' },
    { argv: ['serve', 'a', 'b', 'c'], err: 'error: unexpected argument "c"\nusage: stagedoor serve FILE [--port N]' },
  ]
  for (const row of rows) {
    test(`stagedoor ${row.argv.join(' ')}`, async () => {
      const { code, err, call } = await run(...row.argv)
      expect({ code, err, call }).toEqual({ code: 1, err: row.err, call: null })
    })
  }

  test('no command at all shows the list', async () => {
    expect(await run()).toMatchObject({ code: 1, out: expect.stringContaining('canary promote') })
    expect(await run('--help')).toMatchObject({ code: 0 })
    expect(await run('canary')).toMatchObject({ code: 1, out: expect.stringContaining('canary promote') })
  })
})
