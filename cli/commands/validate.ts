import path from 'node:path'
import type { Call, Command } from '../command.ts'
import { loadRules } from '../load-rules.ts'
import { printProblems } from '../print-problems.ts'
import type { Problem } from '../../worker/semantics/source/report.ts'

/** `stagedoor validate [DIR]` */
export const validate: Command = {
  name: 'validate',
  summary: 'Checks a rule folder: every error and warning at once, with its place.',
  usage: 'validate [DIR] [--json]',
  details: 'DIR is the rule folder; "rules" unless given. Exit code 1 when there is an error; warnings alone give 0.',
  operands: { min: 0, max: 1 },
  options: [],
  run: runValidate,
}

async function runValidate(call: Call): Promise<number> {
  const directory = call.operands[0] ?? 'rules'
  const loaded = await loadRules(path.resolve(call.directory, directory), call.env)
  if (loaded.kind === 'unreadable') return reportUnreadable(directory, loaded.message, call)
  const errors = loaded.problems.filter((problem) => problem.severity === 'error').length
  if (call.json) call.terminal.out(JSON.stringify({ ok: errors === 0, issues: loaded.problems.map(toIssue) }, null, 2))
  else {
    printProblems(loaded.problems, directory, call.terminal)
    call.terminal.out(summarise(errors, loaded.problems.length - errors, call))
  }
  return errors === 0 ? 0 : 1
}

function reportUnreadable(directory: string, message: string, call: Call): number {
  const issue = { severity: 'error', file: directory, line: 1, column: 1, path: '', message }
  if (call.json) call.terminal.out(JSON.stringify({ ok: false, issues: [issue] }, null, 2))
  else call.terminal.err(`${call.terminal.paint('red', 'error')}: ${message}`)
  return 1
}

/** The fields of design section 10, in its order. */
function toIssue({ severity, file, line, column, path: inside, message }: Problem): Problem {
  return { severity, file, line, column, path: inside, message }
}

function summarise(errors: number, warnings: number, { terminal }: Call): string {
  const counts = `${countOf(errors, 'error')}, ${countOf(warnings, 'warning')}`
  return errors === 0 ? terminal.paint('green', counts) : terminal.paint('red', counts)
}

function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
