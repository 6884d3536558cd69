import { didYouMean } from '../worker/semantics/source/nearest-word.ts'
import type { Command, OptionSpec } from './command.ts'

/** The arguments of a command, sorted out. */
export interface Arguments {
  readonly operands: readonly string[]
  readonly help: boolean
  readonly json: boolean
  /** Values by option; a flag has one empty value. */
  readonly options: ReadonlyMap<string, readonly string[]>
}

/** Arguments, or what is wrong with them. */
export type ParsedArguments = { readonly kind: 'parsed'; readonly value: Arguments } | { readonly kind: 'wrong'; readonly message: string }

const EVERYWHERE: readonly OptionSpec[] = [
  { name: 'help', value: null, summary: 'show this help' },
  { name: 'json', value: null, summary: 'print the result as JSON' },
]

/** All options that a command takes, those of every command last. */
export function optionsOf(command: Pick<Command, 'options'>): readonly OptionSpec[] {
  return [...command.options, ...EVERYWHERE]
}

/** Sorts the arguments of a command: `--name value`, `--name=value`, flags, operands; `--` ends the options. */
export function parseArguments(argv: readonly string[], command: Pick<Command, 'options' | 'operands'>): ParsedArguments {
  const known = optionsOf(command)
  const options = new Map<string, string[]>()
  const operands: string[] = []
  for (let index = 0; index < argv.length; index += 1) {
    const argument = argv[index] ?? ''
    if (argument === '--') {
      operands.push(...argv.slice(index + 1))
      break
    }
    if (!argument.startsWith('-') || argument === '-') {
      operands.push(argument)
      continue
    }
    const { name, value } = splitOption(argument)
    const spec = known.find((option) => option.name === name)
    if (spec === undefined) return wrong(`unknown option ${argument.split('=')[0] ?? ''}${suggestOption(name, known)}`)
    if (spec.value === null && value !== null) return wrong(`--${name} takes no value`)
    const taken = spec.value === null ? '' : (value ?? argv[(index += 1)])
    if (taken === undefined) return wrong(`--${name} needs a value: --${name} ${spec.value ?? ''}`)
    const before = options.get(name) ?? []
    if (before.length > 0 && spec.isRepeatable !== true && spec.value !== null) return wrong(`--${name} was given twice`)
    options.set(name, [...before, taken])
  }
  const value = { operands, options, help: options.has('help'), json: options.has('json') }
  return value.help ? { kind: 'parsed', value } : checkOperands(value, command)
}

function checkOperands(value: Arguments, { operands: { min, max } }: Pick<Command, 'operands'>): ParsedArguments {
  const count = value.operands.length
  if (count > max) return wrong(`unexpected argument ${JSON.stringify(value.operands[max])}`)
  if (count < min) return wrong(count === 0 ? 'arguments are missing' : 'an argument is missing')
  return { kind: 'parsed', value }
}

function splitOption(argument: string): { readonly name: string; readonly value: string | null } {
  if (argument === '-h') return { name: 'help', value: null }
  const text = argument.replace(/^--?/u, '')
  const equals = text.indexOf('=')
  return equals === -1 ? { name: text, value: null } : { name: text.slice(0, equals), value: text.slice(equals + 1) }
}

function suggestOption(name: string, known: readonly OptionSpec[]): string {
  return didYouMean(`--${name}`, known.map((option) => `--${option.name}`)).replaceAll('"', '')
}

function wrong(message: string): ParsedArguments {
  return { kind: 'wrong', message }
}
