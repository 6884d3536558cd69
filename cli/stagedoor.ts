#!/usr/bin/env node
// The command itself. npx remembers by which file it started the command of a folder, and it once was this one: so this file can still be run.
import process from 'node:process'
import { COMMANDS } from './commands.ts'
import { runCommand } from './run-command.ts'
import { createTerminal } from './terminal.ts'

const terminal = createTerminal(process.stdout, process.stderr, process.env)

try {
  process.exitCode = await runCommand(process.argv.slice(2), COMMANDS, { terminal, env: process.env, directory: process.cwd() })
} catch (error) {
  // Commands report what they expect to go wrong; this is what nobody expected.
  terminal.err(`${terminal.paint('red', 'error')}: ${error instanceof Error ? error.message : String(error)}`)
  if ((process.env['STAGEDOOR_DEBUG'] ?? '') !== '' && error instanceof Error) terminal.err(error.stack ?? '')
  process.exitCode = 1
}
