import { type Cursor, looksAt, matchAt, nested, openCursor, refuse, skipRestOfLine, toProblem } from './cursor.ts'
import type { TemplateLimits } from './limits.ts'
import { type BlockEnd, type DirectiveParser, parseDirective } from './parse-directive.ts'
import { parseReference } from './parse-expression.ts'
import type { Statement, TemplateProblem } from './syntax.ts'

/** Parses a template: its statements, or what is wrong with it and where. Never throws. */
export function parseTemplate(
  source: string,
  limits: TemplateLimits,
): { ok: true; statements: readonly Statement[] } | { ok: false; problems: readonly TemplateProblem[] } {
  const cursor = openCursor(source, findMacroNames(source), limits)
  try {
    const { statements } = parseStatements(cursor, null)
    if (cursor.problems.length === 0) return { ok: true, statements }
  } catch (thrown) {
    // A refusal has left its problem behind; anything else (the stack's end) becomes one here.
    if (cursor.problems.length === 0) cursor.problems.push({ offset: cursor.at, message: `Cannot be parsed: ${String(thrown)}` })
  }
  return { ok: false, problems: cursor.problems.map((problem) => toProblem(source, problem)) }
}

/** The names of all macros: a macro may be invoked before the line that defines it. */
function findMacroNames(source: string): ReadonlySet<string> {
  return new Set(Array.from(source.matchAll(/#\{?macro\}?[ \t\r\n]*\(\s*([A-Za-z_][A-Za-z0-9_]*)/g), (found) => found[1] ?? ''))
}

const DIRECTIVES: DirectiveParser = { parseBlock, interpolate: parseInterpolation }

/** Parses up to the end of the opened block, and says which directive ended it. */
function parseBlock(cursor: Cursor, opener: { readonly offset: number; readonly name: string }) {
  return nested(cursor, () => parseStatements(cursor, opener))
}

function parseInterpolation(cursor: Cursor, start: number, end: number): readonly Statement[] {
  const outer = { at: cursor.at, end: cursor.end }
  cursor.at = start
  cursor.end = end
  const { statements } = parseStatements(cursor, null)
  cursor.at = outer.at
  cursor.end = outer.end
  return statements
}

const TEXT = /[^$#\\]+/y
const BACKSLASHES = /\\+/y

type Opener = { readonly offset: number; readonly name: string }

function parseStatements(cursor: Cursor, opener: Opener | null): { statements: Statement[]; end: BlockEnd } {
  const statements: Statement[] = []
  while (cursor.at < cursor.end) {
    const offset = cursor.at
    const text = matchAt(cursor, TEXT)
    if (text !== '') {
      cursor.at += text.length
      if (!isSwallowedBySet(cursor, text)) addText(statements, text, offset)
      continue
    }
    const backslashes = matchAt(cursor, BACKSLASHES).length
    cursor.at += backslashes
    if (looksAt(cursor, '$')) parsePrint(cursor, statements, backslashes)
    else {
      const end = parseHash(cursor, statements, backslashes, opener)
      if (end !== null) return { statements, end }
    }
  }
  if (opener !== null) refuse(cursor, opener.offset, `#${opener.name} has no #end.`)
  return { statements, end: { name: 'end', offset: cursor.at } }
}

const SET = /#(?:set|\{set\}) *\(/y

/** `#set` swallows the blanks before it when nothing but blanks stands between it and what came before. */
function isSwallowedBySet(cursor: Cursor, text: string): boolean {
  return /^[ \t]+$/.test(text) && matchAt(cursor, SET) !== ''
}

function addText(statements: Statement[], text: string, offset: number): void {
  if (text === '') return
  const last = statements.at(-1)
  if (last?.kind === 'text') statements[statements.length - 1] = { ...last, text: last.text + text }
  else statements.push({ kind: 'text', text, offset })
}

function parsePrint(cursor: Cursor, statements: Statement[], backslashes: number): void {
  const offset = cursor.at
  const reference = parseReference(cursor, parseInterpolation)
  if (reference !== null) statements.push({ kind: 'print', reference, backslashes, offset })
  else {
    cursor.at += 1
    addText(statements, `${'\\'.repeat(backslashes)}$`, offset)
  }
}

const LINE_COMMENT = /##[^\r\n]*(?:\r\n|\n|\r)?/y

/** What starts with `#`; also backslashes that turn out to stand before nothing. */
function parseHash(cursor: Cursor, statements: Statement[], backslashes: number, opener: Opener | null): BlockEnd | null {
  const offset = cursor.at
  if (looksAt(cursor, '##')) {
    addText(statements, '\\'.repeat(backslashes), offset)
    cursor.at += matchAt(cursor, LINE_COMMENT).length
    return null
  }
  if (looksAt(cursor, '#*')) {
    addText(statements, '\\'.repeat(backslashes), offset)
    skipPast(cursor, '*#', 'comment')
    return null
  }
  if (looksAt(cursor, '#[[')) {
    addText(statements, '\\'.repeat(backslashes), offset)
    addText(statements, skipPast(cursor, ']]#', 'unparsed block').slice(3, -3), offset)
    return null
  }
  const parsed = looksAt(cursor, '#') ? parseDirective(cursor, DIRECTIVES, { backslashes, opener }) : null
  if (parsed === null) {
    addText(statements, '\\'.repeat(backslashes) + (looksAt(cursor, '#') ? '#' : ''), offset)
    if (looksAt(cursor, '#')) cursor.at += 1
    return null
  }
  addText(statements, parsed.text, offset)
  if (parsed.statement !== null) statements.push(parsed.statement)
  if (parsed.end !== null && parsed.end.swallowsLine) skipRestOfLine(cursor)
  return parsed.end
}

function skipPast(cursor: Cursor, close: string, what: string): string {
  const start = cursor.at
  const found = cursor.source.indexOf(close, start)
  if (found < 0 || found + close.length > cursor.end) refuse(cursor, start, `The ${what} that starts here has no "${close}".`)
  cursor.at = found + close.length
  return cursor.source.slice(start, cursor.at)
}
