import { type Cursor, expect, looksAt, matchAt, peek, refuse, skipRestOfLine, skipWhiteSpace } from './cursor.ts'
import { type ParseInterpolation, parseExpression, parsePrimary, parseReference } from './parse-expression.ts'
import type { Branch, Expression, Statement } from './syntax.ts'

/** The directive that ended a block, where its arguments (if any) still stand at the cursor. */
export type BlockEnd = { readonly name: 'end' | 'else' | 'elseif'; readonly offset: number; readonly swallowsLine?: boolean }

/** What the parser of directives needs from the parser of statements. */
export type DirectiveParser = {
  readonly parseBlock: (
    cursor: Cursor,
    opener: { readonly offset: number; readonly name: string },
  ) => { readonly statements: readonly Statement[]; readonly end: BlockEnd }
  readonly interpolate: ParseInterpolation
}

/** Where a directive stands: behind how many backslashes, and inside which open block. */
type Place = { readonly backslashes: number; readonly opener: { readonly name: string } | null }

/** A directive as parsed: text to print, a statement to run, or the end of the block it stands in. */
type ParsedDirective = { readonly text: string; readonly statement: Statement | null; readonly end: BlockEnd | null }

const WORD = /#(?:[A-Za-z_@][A-Za-z0-9_@]*|\{[A-Za-z_][A-Za-z0-9_@]*\})/y
const KNOWN = new Set(['if', 'elseif', 'else', 'end', 'set', 'stop', 'foreach', 'macro', 'define', 'break'])
const UNAVAILABLE = new Set(['parse', 'include', 'evaluate'])

/** Parses the directive at the cursor; null, without moving, when the `#` is just text. */
export function parseDirective(cursor: Cursor, parser: DirectiveParser, place: Place): ParsedDirective | null {
  const offset = cursor.at
  const spelled = matchAt(cursor, WORD)
  const name = spelled.replaceAll(/[#{}]/g, '')
  if (name === '') return null
  const isDirective = KNOWN.has(name) || UNAVAILABLE.has(name) || cursor.macros.has(name)
  if (place.backslashes > 0 && (!isDirective || place.backslashes % 2 === 1)) {
    cursor.at += spelled.length
    const kept = isDirective ? Math.floor(place.backslashes / 2) : place.backslashes
    return text('\\'.repeat(kept) + spelled)
  }
  if (UNAVAILABLE.has(name)) refuse(cursor, offset, `#${name} is not available in mapping templates.`)
  if (name.startsWith('@')) refuse(cursor, offset, `#${name}: a macro with a body is not available; write #define and pass the reference.`)
  cursor.at += spelled.length
  const prefix = '\\'.repeat(place.backslashes / 2)
  if (name === 'end' || name === 'else' || name === 'elseif') {
    return { text: prefix, statement: null, end: parseBlockEnd(cursor, { name, offset }, place.opener) }
  }
  const statement = parseStatement(cursor, parser, { name, offset, spelled })
  return statement === null ? text(prefix + spelled) : { text: prefix, statement, end: null }
}

function text(printed: string): ParsedDirective {
  return { text: printed, statement: null, end: null }
}

function parseBlockEnd(
  cursor: Cursor,
  found: { readonly name: 'end' | 'else' | 'elseif'; readonly offset: number },
  opener: { readonly name: string } | null,
): BlockEnd {
  if (opener === null) refuse(cursor, found.offset, `#${found.name} has no opening directive.`)
  const belongs = found.name === 'end' || opener.name === 'if' || opener.name === 'elseif'
  if (!belongs) refuse(cursor, found.offset, `#${found.name} cannot stand inside #${opener.name}.`)
  return { ...found, swallowsLine: found.name !== 'elseif' }
}

type Found = { readonly name: string; readonly offset: number; readonly spelled: string }

function parseStatement(cursor: Cursor, parser: DirectiveParser, found: Found): Statement | null {
  switch (found.name) {
    case 'if':
      return parseIf(cursor, parser, found)
    case 'set':
      return parseSet(cursor, parser, found)
    case 'foreach':
      return parseForeach(cursor, parser, found)
    case 'macro':
      return parseMacro(cursor, parser, found)
    case 'define':
      return parseDefine(cursor, parser, found)
    case 'stop':
      return { kind: 'stop', offset: found.offset }
    case 'break':
      return { kind: 'break', offset: found.offset }
    default:
      return parseInvocation(cursor, parser, found)
  }
}

function openArguments(cursor: Cursor, name: string): void {
  skipWhiteSpace(cursor)
  expect(cursor, '(', `after #${name}`)
}

/** Closes the arguments of a directive, which swallow the rest of their line when it is blank. */
function closeArguments(cursor: Cursor, name: string): void {
  skipWhiteSpace(cursor)
  expect(cursor, ')', `to close #${name}`)
  skipRestOfLine(cursor)
}

function parseCondition(cursor: Cursor, parser: DirectiveParser, name: string): Expression {
  openArguments(cursor, name)
  const condition = parseExpression(cursor, parser.interpolate)
  closeArguments(cursor, name)
  return condition
}

function parseIf(cursor: Cursor, parser: DirectiveParser, found: Found): Statement {
  const branches: Branch[] = []
  let opener = { name: 'if', offset: found.offset }
  for (;;) {
    const condition = parseCondition(cursor, parser, opener.name)
    const block = parser.parseBlock(cursor, opener)
    branches.push({ condition, body: block.statements })
    if (block.end.name === 'end') return { kind: 'if', branches, otherwise: [], offset: found.offset }
    if (block.end.name === 'else') {
      const otherwise = parser.parseBlock(cursor, { name: 'else', offset: block.end.offset }).statements
      return { kind: 'if', branches, otherwise, offset: found.offset }
    }
    opener = { name: 'elseif', offset: block.end.offset }
  }
}

/** `#set` without a bracket right behind it is text, as in Velocity. */
function parseSet(cursor: Cursor, parser: DirectiveParser, found: Found): Statement | null {
  const blanks = matchAt(cursor, / */y).length
  if (peek(cursor, blanks) !== '(') return null
  cursor.at += blanks + 1
  skipWhiteSpace(cursor)
  const targetAt = cursor.at
  const target = looksAt(cursor, '$') ? parseReference(cursor, parser.interpolate) : null
  if (target === null) return refuse(cursor, targetAt, 'Expected a reference such as $name to set.')
  if (target.steps.at(-1)?.kind === 'call') refuse(cursor, targetAt, 'A method call cannot be set.')
  skipWhiteSpace(cursor)
  expect(cursor, '=', 'after what #set sets')
  const value = parseExpression(cursor, parser.interpolate)
  closeArguments(cursor, 'set')
  return { kind: 'set', target, value, offset: found.offset }
}

/** A name such as `$item` where Velocity wants a plain variable. */
function parseVariable(cursor: Cursor, parser: DirectiveParser, name: string): string {
  skipWhiteSpace(cursor)
  const offset = cursor.at
  const reference = looksAt(cursor, '$') ? parseReference(cursor, parser.interpolate) : null
  if (reference === null || reference.steps.length > 0) refuse(cursor, offset, `#${name} needs a plain variable such as $name here.`)
  return reference.root
}

function parseForeach(cursor: Cursor, parser: DirectiveParser, found: Found): Statement {
  openArguments(cursor, 'foreach')
  const variable = parseVariable(cursor, parser, 'foreach')
  skipWhiteSpace(cursor)
  if (matchAt(cursor, /in(?![A-Za-z0-9_])/y) === '') refuse(cursor, cursor.at, 'Expected "in" after the variable of #foreach.')
  cursor.at += 2
  const source = parseExpression(cursor, parser.interpolate)
  closeArguments(cursor, 'foreach')
  const body = parser.parseBlock(cursor, found).statements
  return { kind: 'foreach', variable, source, body, offset: found.offset }
}

const MACRO_NAME = /[A-Za-z_][A-Za-z0-9_]*/y

function parseMacro(cursor: Cursor, parser: DirectiveParser, found: Found): Statement {
  openArguments(cursor, 'macro')
  skipWhiteSpace(cursor)
  const name = matchAt(cursor, MACRO_NAME)
  if (name === '') refuse(cursor, cursor.at, '#macro needs a name.')
  if (KNOWN.has(name) || UNAVAILABLE.has(name)) refuse(cursor, cursor.at, `A macro cannot be called ${name}: that is a directive.`)
  cursor.at += name.length
  const parameters: string[] = []
  for (skipSeparator(cursor); looksAt(cursor, '$'); skipSeparator(cursor)) {
    const parameter = parseVariable(cursor, parser, 'macro')
    if (parameters.includes(parameter)) refuse(cursor, cursor.at, `#macro ${name} has two parameters called $${parameter}.`)
    parameters.push(parameter)
  }
  closeArguments(cursor, 'macro')
  const body = parser.parseBlock(cursor, found).statements
  return { kind: 'macro', macro: { name, parameters, body, offset: found.offset }, offset: found.offset }
}

function parseDefine(cursor: Cursor, parser: DirectiveParser, found: Found): Statement {
  openArguments(cursor, 'define')
  const variable = parseVariable(cursor, parser, 'define')
  closeArguments(cursor, 'define')
  const body = parser.parseBlock(cursor, found).statements
  return { kind: 'define', variable, body, offset: found.offset }
}

/** Arguments of a macro stand one after another, with or without commas. */
function skipSeparator(cursor: Cursor): void {
  skipWhiteSpace(cursor)
  if (looksAt(cursor, ',')) cursor.at += 1
  skipWhiteSpace(cursor)
}

/** A word that is no directive: an invocation when the template defines a macro of that name, otherwise text. */
function parseInvocation(cursor: Cursor, parser: DirectiveParser, found: Found): Statement | null {
  if (!cursor.macros.has(found.name)) return null
  const blanks = matchAt(cursor, /[ \t\r\n]*/y).length
  if (peek(cursor, blanks) !== '(') {
    return { kind: 'invoke', name: found.name, parameters: [], literal: found.spelled, offset: found.offset }
  }
  cursor.at += blanks + 1
  const parameters: Expression[] = []
  for (skipSeparator(cursor); !looksAt(cursor, ')'); skipSeparator(cursor)) parameters.push(parsePrimary(cursor, parser.interpolate))
  closeArguments(cursor, found.name)
  const literal = cursor.source.slice(found.offset, cursor.at)
  return { kind: 'invoke', name: found.name, parameters, literal, offset: found.offset }
}
