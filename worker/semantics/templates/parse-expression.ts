import { type Cursor, describeNext, expect, looksAt, matchAt, nested, peek, refuse, skipWhiteSpace } from './cursor.ts'
import { parseWhole } from './java-values.ts'
import type { BinaryOperator, Expression, MapEntrySyntax, Reference, ReferenceStep, Statement } from './syntax.ts'

/** Parses the statements of a double-quoted string in place; handed in by the parser of statements. */
export type ParseInterpolation = (cursor: Cursor, start: number, end: number) => readonly Statement[]

/** Parses an expression at the cursor: `#if` and `#set` as Velocity has them; arguments may hold operators too. */
export function parseExpression(cursor: Cursor, interpolate: ParseInterpolation): Expression {
  return nested(cursor, () => parseBinary(cursor, interpolate, 1))
}

// Tighter operators have higher numbers; the words are tried after the symbols.
const OPERATORS: readonly (readonly [spelling: string, operator: BinaryOperator, strength: number])[] = [
  ['||', '||', 1],
  ['&&', '&&', 2],
  ['==', '==', 3],
  ['!=', '!=', 3],
  ['<=', '<=', 4],
  ['>=', '>=', 4],
  ['<', '<', 4],
  ['>', '>', 4],
  ['+', '+', 5],
  ['-', '-', 5],
  ['*', '*', 6],
  ['/', '/', 6],
  ['%', '%', 6],
  ['or', '||', 1],
  ['and', '&&', 2],
  ['eq', '==', 3],
  ['ne', '!=', 3],
  ['le', '<=', 4],
  ['ge', '>=', 4],
  ['lt', '<', 4],
  ['gt', '>', 4],
]

function parseBinary(cursor: Cursor, interpolate: ParseInterpolation, strengthMin: number): Expression {
  let left = parseUnary(cursor, interpolate)
  for (let length = 0; ; length++) {
    if (length > cursor.limits.chainLengthMax) refuse(cursor, cursor.at, `More than ${cursor.limits.chainLengthMax} operators in a row.`)
    skipWhiteSpace(cursor)
    const found = OPERATORS.find(([spelling]) => standsAt(cursor, spelling))
    if (found === undefined || found[2] < strengthMin) return left
    const offset = cursor.at
    cursor.at += found[0].length
    const right = parseBinary(cursor, interpolate, found[2] + 1)
    left = { kind: 'binary', operator: found[1], left, right, offset }
  }
}

const WORD_CHARACTER = /[A-Za-z0-9_]/y

function standsAt(cursor: Cursor, spelling: string): boolean {
  if (!looksAt(cursor, spelling)) return false
  const isWord = spelling >= 'a'
  return !isWord || spelling.startsWith('|') || matchAt(cursor, WORD_CHARACTER, cursor.at + spelling.length) === ''
}

function parseUnary(cursor: Cursor, interpolate: ParseInterpolation): Expression {
  skipWhiteSpace(cursor)
  const offset = cursor.at
  const isSymbol = peek(cursor) === '!' && peek(cursor, 1) !== '='
  if (!isSymbol && !standsAt(cursor, 'not')) return parsePrimary(cursor, interpolate)
  cursor.at += isSymbol ? 1 : 3
  return { kind: 'not', operand: nested(cursor, () => parseUnary(cursor, interpolate)), offset }
}

/** Parses one operand: a literal, a reference or a bracketed expression. */
export function parsePrimary(cursor: Cursor, interpolate: ParseInterpolation): Expression {
  skipWhiteSpace(cursor)
  const offset = cursor.at
  switch (peek(cursor)) {
    case '$': {
      const reference = parseReference(cursor, interpolate)
      if (reference === null) return refuse(cursor, offset, 'Expected a name after "$".')
      return { kind: 'reference', reference, offset }
    }
    case '"':
      return parseDoubleQuoted(cursor, interpolate)
    case "'":
      return parseSingleQuoted(cursor)
    case '[':
      return parseList(cursor, interpolate)
    case '{':
      return parseMap(cursor, interpolate)
    case '(': {
      cursor.at += 1
      const inner = parseExpression(cursor, interpolate)
      skipWhiteSpace(cursor)
      expect(cursor, ')', 'to close the bracket')
      return inner
    }
    default:
      return parseNumberOrWord(cursor)
  }
}

const NUMBER = /-?(?:[0-9]+(?:\.(?!\.)[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y

function parseNumberOrWord(cursor: Cursor): Expression {
  const offset = cursor.at
  const number = matchAt(cursor, NUMBER)
  if (number !== '') {
    cursor.at += number.length
    if (/^-?[0-9]+$/.test(number)) return { kind: 'integer', value: parseWhole(number), offset }
    return { kind: 'decimal', value: Number(number), offset }
  }
  const word = matchAt(cursor, WORD)
  if (word !== 'true' && word !== 'false') {
    const found = word === '' ? describeNext(cursor) : `"${word}"`
    refuse(cursor, offset, `Expected a value (a reference, string, number, true, false, list or map), found ${found}.`)
  }
  cursor.at += word.length
  return { kind: 'boolean', value: word === 'true', offset }
}

function parseSingleQuoted(cursor: Cursor): Expression {
  const offset = cursor.at
  const end = findQuote(cursor, "'")
  cursor.at = end + 1
  return { kind: 'text', text: unquote(cursor.source.slice(offset + 1, end), "'"), offset }
}

function parseDoubleQuoted(cursor: Cursor, interpolate: ParseInterpolation): Expression {
  const offset = cursor.at
  const end = findQuote(cursor, '"')
  const inside = cursor.source.slice(offset + 1, end)
  if (!/[$#]/.test(inside)) {
    cursor.at = end + 1
    return { kind: 'text', text: decodeUnicode(unquote(inside, '"')), offset }
  }
  const body = nested(cursor, () => interpolate(cursor, offset + 1, end))
  cursor.at = end + 1
  return { kind: 'interpolation', body: body.map(unquoteStatement), offset }
}

/** The closing quote: the first that is neither doubled nor, after a backslash, plainly followed by more of the string. */
function findQuote(cursor: Cursor, quote: string): number {
  for (let at = cursor.at + 1; at < cursor.end; at++) {
    if (cursor.source.charAt(at) !== quote) continue
    const next = at + 1 < cursor.end ? cursor.source.charAt(at + 1) : ''
    if (next === quote && at > cursor.at + 1) at += 1
    else if (!(cursor.source.charAt(at - 1) === '\\' && /[A-Za-z0-9$]/.test(next))) return at
  }
  return refuse(cursor, cursor.at, `The string that starts here has no closing ${quote === '"' ? 'double' : 'single'} quote.`)
}

function unquote(text: string, quote: string): string {
  return text.replaceAll(quote + quote, quote)
}

function unquoteStatement(statement: Statement): Statement {
  return statement.kind === 'text' ? { ...statement, text: decodeUnicode(unquote(statement.text, '"')) } : statement
}

// Velocity decodes backslash-u in double-quoted strings, and no other escape.
function decodeUnicode(text: string): string {
  return text.replace(/\\u([0-9A-Fa-f]{4})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function parseList(cursor: Cursor, interpolate: ParseInterpolation): Expression {
  const offset = cursor.at
  cursor.at += 1
  skipWhiteSpace(cursor)
  if (looksAt(cursor, ']')) {
    cursor.at += 1
    return { kind: 'list', items: [], offset }
  }
  const first = parseExpression(cursor, interpolate)
  skipWhiteSpace(cursor)
  if (looksAt(cursor, '..')) {
    cursor.at += 2
    const to = parseExpression(cursor, interpolate)
    skipWhiteSpace(cursor)
    expect(cursor, ']', 'to close the range')
    return { kind: 'range', from: first, to, offset }
  }
  return { kind: 'list', items: parseMore(cursor, interpolate, first, ']'), offset }
}

/** The rest of a comma-separated sequence whose first member is parsed, past its closing bracket. */
function parseMore(cursor: Cursor, interpolate: ParseInterpolation, first: Expression, close: string): Expression[] {
  const items = [first]
  for (;;) {
    skipWhiteSpace(cursor)
    if (looksAt(cursor, close)) break
    expect(cursor, ',', `or "${close}" after a value`)
    items.push(parseExpression(cursor, interpolate))
  }
  cursor.at += close.length
  return items
}

function parseMap(cursor: Cursor, interpolate: ParseInterpolation): Expression {
  const offset = cursor.at
  const entries: MapEntrySyntax[] = []
  cursor.at += 1
  skipWhiteSpace(cursor)
  while (!looksAt(cursor, '}')) {
    if (entries.length > 0) expect(cursor, ',', 'or "}" after a value of the map')
    const key = parseExpression(cursor, interpolate)
    skipWhiteSpace(cursor)
    expect(cursor, ':', 'after the key of the map')
    entries.push({ key, value: parseExpression(cursor, interpolate) })
    skipWhiteSpace(cursor)
  }
  cursor.at += 1
  return { kind: 'map', entries, offset }
}

const REFERENCE_START = /\$!?\{?(?=[A-Za-z_])/y
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_-]*/y
const PROPERTY = /\.[A-Za-z_][A-Za-z0-9_-]*/y

/** Parses a reference at the cursor; null, without moving, when the `$` starts none. Quietness changes nothing here. */
export function parseReference(cursor: Cursor, interpolate: ParseInterpolation): Reference | null {
  const offset = cursor.at
  const start = matchAt(cursor, REFERENCE_START)
  if (start === '' || offset + start.length >= cursor.end) return null
  cursor.at += start.length
  const root = matchAt(cursor, IDENTIFIER)
  cursor.at += root.length
  const steps: ReferenceStep[] = []
  for (let step = parseStep(cursor, interpolate); step !== null; step = parseStep(cursor, interpolate)) {
    if (steps.length >= cursor.limits.chainLengthMax) refuse(cursor, cursor.at, `More than ${cursor.limits.chainLengthMax} steps in a row.`)
    steps.push(step)
  }
  if (start.endsWith('{')) expect(cursor, '}', 'to close the reference')
  return { root, steps, literal: cursor.source.slice(offset, cursor.at), offset }
}

function parseStep(cursor: Cursor, interpolate: ParseInterpolation): ReferenceStep | null {
  const offset = cursor.at
  if (looksAt(cursor, '[')) {
    cursor.at += 1
    const index = parseExpression(cursor, interpolate)
    skipWhiteSpace(cursor)
    expect(cursor, ']', 'to close the index')
    return { kind: 'index', index, offset }
  }
  const name = matchAt(cursor, PROPERTY).slice(1)
  if (name === '') return null
  cursor.at += name.length + 1
  if (!looksAt(cursor, '(')) return { kind: 'property', name, offset }
  cursor.at += 1
  skipWhiteSpace(cursor)
  if (looksAt(cursor, ')')) {
    cursor.at += 1
    return { kind: 'call', name, parameters: [], offset }
  }
  const first = parseExpression(cursor, interpolate)
  return { kind: 'call', name, parameters: parseMore(cursor, interpolate, first, ')'), offset }
}
