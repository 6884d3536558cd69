import { didYouMean } from '../worker/semantics/source/nearest-word.ts'
import type { Call, CommandEntry, Terminal } from './command.ts'
import { renderHelp, renderOverview } from './help.ts'
import { parseArguments, type Arguments } from './parse-arguments.ts'

/** What a run of the command line takes from its process. */
export interface Surroundings {
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  readonly directory: string
}

/** Finds the command that the arguments name, runs it and gives the exit code. */
export async function runCommand(argv: readonly string[], entries: readonly CommandEntry[], surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings
  const entry = findEntry(argv, entries)
  if (entry === null) return answerWithoutCommand(argv, entries, terminal)
  const command = await entry.load()
  const parsed = parseArguments(argv.slice(entry.name.split(' ').length), command)
  if (parsed.kind === 'wrong') {
    terminal.err(`${terminal.paint('red', 'error')}: ${parsed.message}`)
    terminal.err(`usage: stagedoor ${command.usage}`)
    return 1
  }
  if (parsed.value.help) {
    terminal.out(renderHelp(command))
    return 0
  }
  return command.run(toCall(parsed.value, surroundings))
}

/** The entry with the longest name that the arguments begin with: `keys create` before `keys`. */
function findEntry(argv: readonly string[], entries: readonly CommandEntry[]): CommandEntry | null {
  let best: CommandEntry | null = null
  for (const entry of entries) {
    const words = entry.name.split(' ')
    if (words.every((word, index) => argv[index] === word) && words.length > (best?.name.split(' ').length ?? 0)) best = entry
  }
  return best
}

function answerWithoutCommand(argv: readonly string[], entries: readonly CommandEntry[], terminal: Terminal): number {
  const [first, second] = argv
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    terminal.out(renderOverview(entries))
    return first === undefined ? 1 : 0
  }
  const group = entries.filter((entry) => entry.name.startsWith(`${first} `))
  if (group.length > 0 && (second === undefined || second.startsWith('-'))) {
    terminal.out(renderOverview(group))
    return second === '--help' || second === '-h' ? 0 : 1
  }
  const typed = group.length > 0 ? `${first} ${second ?? ''}` : first
  terminal.err(`${terminal.paint('red', 'error')}: unknown command ${JSON.stringify(typed)}${didYouMean(typed, entries.map((entry) => entry.name))}`)
  terminal.err('stagedoor --help lists the commands')
  return 1
}

function toCall(parsed: Arguments, { terminal, env, directory }: Surroundings): Call {
  const texts = (name: string): readonly string[] => parsed.options.get(name) ?? []
  return {
    operands: parsed.operands,
    json: parsed.json,
    terminal,
    env,
    directory,
    flag: (name) => parsed.options.has(name),
    text: (name) => texts(name)[0] ?? null,
    texts,
  }
}
