import type { ChangeView } from '../../kv-schemas/control-api/answers.ts'
import type { Terminal } from '../command.ts'

const SIGNS = { added: '+', removed: '-', changed: '~' } as const
const COLOURS = { added: 'green', removed: 'red', changed: 'yellow' } as const

/** Writes differences, a line each: what came, what went, what changed from what to what, and where to look twice. */
export function renderChanges(changes: readonly ChangeView[], terminal: Terminal, indent = '  '): readonly string[] {
  return changes.map((change) => {
    const sign = terminal.paint(COLOURS[change.kind], SIGNS[change.kind])
    const warning = change.warning === null ? '' : `  ${terminal.paint('red', `! ${change.warning}`)}`
    return `${indent}${sign} ${change.subject}${describe(change)}${warning}`
  })
}

function describe({ member, before, after }: ChangeView): string {
  if (member === null) return ''
  if (before === null) return ` ${member}: ${after ?? ''}`
  return after === null ? ` ${member}: was ${before}` : ` ${member}: ${before} -> ${after}`
}
