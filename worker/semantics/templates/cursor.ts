import type { TemplateLimits } from './limits.ts'
import type { TemplateProblem } from './syntax.ts'

/**
 * Where a parser stands in a template. `end` lets an interpolated string be parsed in place, so that its positions stay
 * those of the template.
 */
export type Cursor = {
  readonly source: string
  readonly limits: TemplateLimits
  readonly macros: ReadonlySet<string>
  readonly problems: { offset: number; message: string }[]
  at: number
  end: number
  depth: number
}

/** Opens a source for parsing; `macros` names the macros that the template defines anywhere. */
export function openCursor(source: string, macros: ReadonlySet<string>, limits: TemplateLimits): Cursor {
  return { source, limits, macros, problems: [], at: 0, end: source.length, depth: 0 }
}

/** Notes a problem and leaves the parser; whoever opened the cursor catches. */
export function refuse(cursor: Cursor, offset: number, message: string): never {
  cursor.problems.push({ offset, message })
  throw new Error(message)
}

/** Goes one level deeper for the time of `parse`, and refuses a template that nests without end. */
export function nested<Node>(cursor: Cursor, parse: () => Node): Node {
  if (cursor.depth >= cursor.limits.syntaxDepthMax) {
    refuse(cursor, cursor.at, `Nested deeper than ${cursor.limits.syntaxDepthMax} levels.`)
  }
  cursor.depth += 1
  const node = parse()
  cursor.depth -= 1
  return node
}

/** The character at the cursor, or the empty string at the end. */
export function peek(cursor: Cursor, ahead = 0): string {
  const at = cursor.at + ahead
  return at < cursor.end ? cursor.source.charAt(at) : ''
}

/** Whether the text stands right at the cursor. */
export function looksAt(cursor: Cursor, text: string): boolean {
  return cursor.at + text.length <= cursor.end && cursor.source.startsWith(text, cursor.at)
}

/** Matches a sticky regular expression at the cursor without moving; the empty string when it does not match. */
export function matchAt(cursor: Cursor, pattern: RegExp, at = cursor.at): string {
  pattern.lastIndex = at
  const found = pattern.exec(cursor.source)?.[0] ?? ''
  return at + found.length <= cursor.end ? found : found.slice(0, Math.max(0, cursor.end - at))
}

const WHITE_SPACE = /[ \t\r\n]+/y

/** Moves past blanks and line ends. */
export function skipWhiteSpace(cursor: Cursor): void {
  cursor.at += matchAt(cursor, WHITE_SPACE).length
}

const REST_OF_LINE = /[ \t]*(?:\r\n|\n|\r)/y

/** Moves past blanks and one line end, but only if nothing else is left on the line: what directives swallow. */
export function skipRestOfLine(cursor: Cursor): void {
  cursor.at += matchAt(cursor, REST_OF_LINE).length
}

/** Names a character of the source for a message. */
export function describeNext(cursor: Cursor): string {
  const next = peek(cursor)
  if (next === '') return 'the end of the template'
  return next === '\n' || next === '\r' ? 'the end of the line' : `"${next}"`
}

/** Moves past one expected piece of text, or refuses. */
export function expect(cursor: Cursor, text: string, where: string): void {
  if (!looksAt(cursor, text)) refuse(cursor, cursor.at, `Expected "${text}" ${where}, found ${describeNext(cursor)}.`)
  cursor.at += text.length
}

/** Turns offsets into lines and columns, both from 1; a line ends at LF, CR or CR LF. */
export function toProblem(source: string, problem: { readonly offset: number; readonly message: string }): TemplateProblem {
  return { ...toPosition(source, problem.offset), message: problem.message }
}

/** The line and column of an offset, both from 1. */
export function toPosition(source: string, offset: number): { readonly line: number; readonly column: number } {
  const lines = source.slice(0, offset).split(/\r\n|\n|\r/)
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 }
}
