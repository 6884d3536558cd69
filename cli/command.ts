/** One option of a command: a flag, or a name with a value. */
export interface OptionSpec {
  /** Without its dashes. */
  readonly name: string
  /** What stands for the value in the help, such as `DIR`; null for a flag. */
  readonly value: string | null
  readonly summary: string
  /** Whether it may be given more than once. */
  readonly isRepeatable?: boolean
}

/** A command of `stagedoor`. Its name may be two words, such as `keys create`. */
export interface Command {
  readonly name: string
  /** One line for the list of commands. */
  readonly summary: string
  /** How it is called, after `stagedoor`, such as `explain METHOD URL [--rules DIR]`. */
  readonly usage: string
  /** More for `--help`; may be empty. */
  readonly details: string
  /** How many words it takes beside its options. */
  readonly operands: { readonly min: number; readonly max: number }
  /** Without `--help` and `--json`, which every command has. */
  readonly options: readonly OptionSpec[]
  /** Does it, and gives the exit code: 0 done, 1 error, 2 what the command's help says. */
  run(call: Call): Promise<number>
}

/** A command's line in the registry; its code is loaded when it is called. */
export interface CommandEntry {
  readonly name: string
  readonly summary: string
  load(): Promise<Command>
}

/** What a command is called with. */
export interface Call {
  readonly operands: readonly string[]
  /** Whether `--json` was given. */
  readonly json: boolean
  readonly terminal: Terminal
  readonly env: Readonly<Record<string, string | undefined>>
  /** The folder that relative paths start from. */
  readonly directory: string
  /** Whether a flag was given. */
  flag(name: string): boolean
  /** The value of an option; null when it was not given. */
  text(name: string): string | null
  /** All values of a repeatable option. */
  texts(name: string): readonly string[]
}

/** Where a command writes. */
export interface Terminal {
  /** Results, line by line. */
  out(line: string): void
  /** What is told about the work: problems, progress. */
  err(line: string): void
  /** Colours a text when somebody is looking. */
  paint(colour: Colour, text: string): string
}

/** The colours that messages use. */
export type Colour = 'red' | 'yellow' | 'green' | 'dim' | 'bold'
