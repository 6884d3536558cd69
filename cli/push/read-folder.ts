import path from 'node:path'
import type { Call } from '../command.ts'
import { fail } from '../control/with-gateway.ts'
import { printProblems } from '../print-problems.ts'
import { readRuleFolder } from '../read-rule-folder.ts'
import type { Problem } from '../../worker/semantics/source/report.ts'

/** The rule folder that a command was called with, read; or the exit code of the command that could not read it. */
export async function readFolder(call: Call): Promise<ReadonlyMap<string, string> | number> {
  const folder = await readRuleFolder(path.resolve(call.directory, folderOf(call)))
  if (folder.kind === 'unreadable') return fail(folder.message, call)
  if (folder.problems.length > 0) return refuseProblems(folder.problems, call)
  return folder.files.size === 0 ? fail(`${folderOf(call)} has no rule files`, call) : folder.files
}

/** The folder as the caller wrote it. */
export function folderOf(call: Call): string {
  return call.operands[0] ?? 'rules'
}

/** Reports rule files that have errors; the exit code of the command. */
export function refuseProblems(problems: readonly Problem[], call: Call): number {
  const errors = problems.filter(({ severity }) => severity === 'error').length
  if (call.json) call.terminal.out(JSON.stringify({ ok: false, message: `the rules have ${errors} ${errors === 1 ? 'error' : 'errors'}`, issues: problems }, null, 2))
  else {
    printProblems(problems, folderOf(call), call.terminal)
    call.terminal.err(`${call.terminal.paint('red', 'error')}: the rules have ${errors} ${errors === 1 ? 'error' : 'errors'}; nothing was changed`)
  }
  return 1
}
