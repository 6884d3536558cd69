import type { Colour, Terminal } from './command.ts'

const CODES: Readonly<Record<Colour, string>> = { red: '31', yellow: '33', green: '32', dim: '2', bold: '1' }

/** What a terminal needs of a process's stream. */
export interface Stream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Writes to two streams; colours only when both lead to a terminal and `NO_COLOR` is not set. */
export function createTerminal(out: Stream, err: Stream, env: Readonly<Record<string, string | undefined>>): Terminal {
  const isColoured = out.isTTY === true && err.isTTY === true && (env['NO_COLOR'] ?? '') === ''
  return {
    out: (line) => void out.write(`${line}\n`),
    err: (line) => void err.write(`${line}\n`),
    paint: (colour, text) => (isColoured ? `\u001B[${CODES[colour]}m${text}\u001B[0m` : text),
  }
}
