import type { Command, CommandEntry } from './command.ts'
import { optionsOf } from './parse-arguments.ts'

/** The list of all commands. */
export function renderOverview(entries: readonly CommandEntry[]): string {
  const width = Math.max(...entries.map((entry) => entry.name.length))
  return [
    'Stagedoor: an API gateway at the edge.',
    '',
    'Usage: stagedoor COMMAND [options]',
    '',
    'Commands:',
    ...entries.map((entry) => `  ${entry.name.padEnd(width)}  ${entry.summary}`),
    '',
    'stagedoor COMMAND --help tells more. Exit codes: 0 done, 1 error, 2 what the command says.',
  ].join('\n')
}

/** The help of one command. */
export function renderHelp(command: Command): string {
  const options = optionsOf(command).map((option) => ({ left: option.value === null ? `--${option.name}` : `--${option.name} ${option.value}`, right: option.summary }))
  const width = Math.max(...options.map((option) => option.left.length))
  return [
    command.summary,
    '',
    `Usage: stagedoor ${command.usage}`,
    ...(command.details === '' ? [] : ['', command.details]),
    '',
    'Options:',
    ...options.map((option) => `  ${option.left.padEnd(width)}  ${option.right}`),
  ].join('\n')
}
