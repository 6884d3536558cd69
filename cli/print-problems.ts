import path from 'node:path'
import type { Problem } from '../worker/semantics/source/report.ts'
import type { Terminal } from './command.ts'

/** Writes problems as `file:line:column path message`, files relative to the folder that the user stands in. */
export function printProblems(problems: readonly Problem[], directory: string, terminal: Terminal): void {
  for (const problem of problems) {
    const colour = problem.severity === 'error' ? 'red' : 'yellow'
    const place = `${path.posix.join(directory, problem.file)}:${problem.line}:${problem.column}`
    terminal.err(`${place}${problem.path === '' ? '' : ` ${terminal.paint('bold', problem.path)}`} ${terminal.paint(colour, `${problem.severity}:`)} ${problem.message}`)
  }
}
