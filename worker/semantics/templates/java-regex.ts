/** A Java regular expression as source and flags for JavaScript's engine, or why it cannot be carried over. */
export type TranslatedRegex =
  | { readonly ok: true; readonly source: string; readonly flags: string }
  | { readonly ok: false; readonly reason: string }

/**
 * Translates a Java regular expression. What cannot be carried over is refused: possessive quantifiers, atomic groups,
 * classes inside classes, `\G`, `\X`, the flags d and x, flags that change in the middle, and Java's own character classes.
 */
export function translateJavaRegex(pattern: string): TranslatedRegex {
  const reading: Reading = { pattern, at: 0, flags: 'u', isInClass: false, problem: null }
  readLeadingFlags(reading)
  let source = ''
  while (reading.at < pattern.length && reading.problem === null) {
    source += reading.isInClass ? readInClass(reading) : readOutside(reading)
  }
  if (reading.problem !== null) return { ok: false, reason: reading.problem }
  try {
    void new RegExp(source, reading.flags)
  } catch (thrown) {
    // The engine is the judge of the rest: unbalanced brackets, quantifiers without an operand.
    return { ok: false, reason: thrown instanceof Error ? thrown.message : String(thrown) }
  }
  return { ok: true, source, flags: reading.flags }
}

type Reading = { readonly pattern: string; at: number; flags: string; isInClass: boolean; problem: string | null }

const LEADING_FLAGS = /\(\?([a-zA-Z]+)\)/y

function readLeadingFlags(reading: Reading): void {
  for (let letters = readMatch(reading, LEADING_FLAGS); letters !== ''; letters = readMatch(reading, LEADING_FLAGS)) {
    for (const letter of letters.slice(2, -1)) {
      if (!'ismu'.includes(letter)) reading.problem = `the flag (?${letter}) does not exist here`
      else if (!reading.flags.includes(letter)) reading.flags += letter
    }
  }
}

function readMatch(reading: Reading, pattern: RegExp): string {
  pattern.lastIndex = reading.at
  const found = pattern.exec(reading.pattern)?.[0] ?? ''
  reading.at += found.length
  return found
}

const COUNT = /\{[0-9]+(?:,[0-9]*)?\}/y
const QUANTIFIER = /[*+?]/y
const LAST_LINE_END = '(?=(?:\\r\\n|[\\n\\r\\u0085\\u2028\\u2029])?(?![^]))'

function readOutside(reading: Reading): string {
  const quantifier = readMatch(reading, COUNT) || readMatch(reading, QUANTIFIER)
  if (quantifier !== '') return readQuantifier(reading, quantifier)
  const character = reading.pattern.charAt(reading.at)
  reading.at += 1
  switch (character) {
    case '\\':
      return readEscape(reading)
    case '[':
      return openClass(reading)
    case '(':
      return readGroup(reading)
    case '$':
      // Without the flag m, Java's $ also matches before the line end that closes the text.
      return reading.flags.includes('m') ? '$' : LAST_LINE_END
    case ']':
    case '{':
    case '}':
      return `\\${character}`
    default:
      return character
  }
}

function readQuantifier(reading: Reading, quantifier: string): string {
  const next = reading.pattern.charAt(reading.at)
  if (next === '+') reading.problem = 'possessive quantifiers such as a++ do not exist here'
  if (next !== '?') return quantifier
  reading.at += 1
  return `${quantifier}?`
}

function readGroup(reading: Reading): string {
  const rest = reading.pattern.slice(reading.at, reading.at + 20)
  if (rest.startsWith('?>')) reading.problem = 'atomic groups (?>...) do not exist here'
  else if (/^\?[a-zA-Z-]+\)/.test(rest)) reading.problem = 'flags can only be set at the start of the pattern'
  return readMatch(reading, /\?(?:<?[=!]|:|<[a-zA-Z][a-zA-Z0-9]*>|[a-z-]+:)/y).replace(/^/, '(')
}

function openClass(reading: Reading): string {
  const negation = readMatch(reading, /\^/y)
  reading.isInClass = true
  // A bracket that closes right behind the opening one means itself.
  return `[${negation}${readMatch(reading, /\]/y) === '' ? '' : '\\]'}`
}

function readInClass(reading: Reading): string {
  const character = reading.pattern.charAt(reading.at)
  if (reading.pattern.startsWith('&&', reading.at)) reading.problem = 'intersections in a class (&&) do not exist here'
  reading.at += 1
  switch (character) {
    case '\\':
      return readEscape(reading)
    case ']':
      reading.isInClass = false
      return ']'
    case '[':
      reading.problem = 'a class inside a class does not exist here'
      return ''
    default:
      return character
  }
}

const QUOTED = /Q[^]*?(?:\\E|$)/y
const CODE = /(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|c[A-Za-z]|0[0-7]{1,3}|x\{[0-9A-Fa-f]+\})/y
const BACK_REFERENCE = /(?:[1-9]|k<[a-zA-Z][a-zA-Z0-9]*>)/y
const CATEGORY = /[pP](?:\{[^}]*\}|[A-Za-z])/y

function readEscape(reading: Reading): string {
  const quoted = readMatch(reading, QUOTED)
  if (quoted !== '') return quoted.slice(1).replace(/\\E$/, '').replace(/[\\^$.*+?()[\]{}|/-]/g, quoteMeta)
  const code = readMatch(reading, CODE)
  if (code !== '') return toCode(code)
  const category = readMatch(reading, CATEGORY)
  if (category !== '') return toCategory(reading, category)
  if (!reading.isInClass) {
    const back = readMatch(reading, BACK_REFERENCE)
    if (back !== '') return `\\${back}`
  }
  const character = reading.pattern.charAt(reading.at)
  reading.at += 1
  if (/[A-Za-z0-9]/.test(character)) return toClassEscape(reading, character)
  if (character === '') reading.problem = 'a backslash at the end escapes nothing'
  return /[\\^$.*+?()[\]{}|/-]/.test(character) ? quoteMeta(character, reading.isInClass) : character
}

function quoteMeta(character: string, isInClass: unknown): string {
  // Outside a class the u flag knows no escaped hyphen, and needs none.
  return character === '-' && isInClass !== true ? '-' : `\\${character}`
}

function toCode(code: string): string {
  if (code.startsWith('0')) return `\\u{${Number.parseInt(code.slice(1), 8).toString(16)}}`
  return code.startsWith('x{') ? `\\u${code.slice(1)}` : `\\${code}`
}

// Java's \s and \v are ASCII lists where JavaScript's differ.
const CLASS_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['d', '0-9'],
  ['w', 'A-Za-z0-9_'],
  ['s', ' \\t\\n\\v\\f\\r'],
  ['h', ' \\t\\u00a0\\u1680\\u180e\\u2000-\\u200a\\u202f\\u205f\\u3000'],
  ['v', '\\n\\v\\f\\r\\u0085\\u2028\\u2029'],
])
const SINGLE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['t', '\\t'],
  ['n', '\\n'],
  ['r', '\\r'],
  ['f', '\\f'],
  ['a', '\\x07'],
  ['e', '\\x1b'],
])
const OUTSIDE_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\\b'],
  ['B', '\\B'],
  ['A', '(?<![^])'],
  ['z', '(?![^])'],
  ['Z', LAST_LINE_END],
  ['R', '(?:\\r\\n|[\\n\\v\\f\\r\\u0085\\u2028\\u2029])'],
])

function toClassEscape(reading: Reading, letter: string): string {
  const single = SINGLE_ESCAPES.get(letter) ?? (reading.isInClass ? undefined : OUTSIDE_ESCAPES.get(letter))
  if (single !== undefined) return single
  return toList(reading, CLASS_ESCAPES.get(letter.toLowerCase()), letter !== letter.toLowerCase(), `\\${letter}`)
}

function toList(reading: Reading, list: string | undefined, isNegated: boolean, spelling: string): string {
  if (list === undefined) reading.problem = `${spelling} does not exist here`
  else if (!reading.isInClass) return `[${isNegated ? '^' : ''}${list}]`
  else if (!isNegated) return list
  // Inside a class only JavaScript's own negated classes can stand.
  else if (/^\\[DWS]$/.test(spelling)) return spelling
  else reading.problem = `${spelling} inside a class does not exist here`
  return ''
}

const POSIX: ReadonlyMap<string, string> = new Map([
  ['Lower', 'a-z'],
  ['Upper', 'A-Z'],
  ['ASCII', '\\x00-\\x7f'],
  ['Alpha', 'A-Za-z'],
  ['Digit', '0-9'],
  ['Alnum', 'A-Za-z0-9'],
  ['Punct', '!-\\/:-@\\[-`\\{-~'],
  ['Graph', '!-~'],
  ['Print', ' -~'],
  ['Blank', ' \\t'],
  ['Cntrl', '\\x00-\\x1f\\x7f'],
  ['XDigit', '0-9A-Fa-f'],
  ['Space', ' \\t\\n\\v\\f\\r'],
])

function toCategory(reading: Reading, category: string): string {
  const name = category.slice(1).replaceAll(/[{}]/g, '')
  const list = POSIX.get(name)
  if (list !== undefined) return toList(reading, list, category.startsWith('P'), `\\${category}`)
  if (/^(?:java|In)/.test(name)) reading.problem = `\\${category} does not exist here`
  return `\\${category.charAt(0)}{${name.replace(/^Is/, '')}}`
}
