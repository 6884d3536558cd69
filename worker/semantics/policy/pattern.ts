/** Gives the values of a context key (lower case), or nothing when the request has no such key. */
export type ContextLookup = (key: string) => readonly string[] | undefined

const ANY = 0
const ONE = 1
type Token = string | typeof ANY | typeof ONE

/** A text of a policy with `*` for any run of characters, `?` for one, and `${key}` for a value of the request; made by `compilePattern`. */
export interface Pattern {
  readonly text: string
  /** The whole pattern when it is plain text: the usual case, compared at once. */
  readonly literal: string | null
  /** What stands between the stars of a pattern without `?` and variables, the next usual case; null for any other. */
  readonly pieces: readonly [string, ...string[]] | null
  readonly parts: readonly (Token | { readonly variable: string; readonly fallback: string | null })[]
  readonly ignoreCase: boolean
}

/** How a pattern is read. */
export interface PatternOptions {
  /** Whether `*` and `?` stand for other characters (`StringLike`) or for themselves (`StringEquals`). */
  readonly wildcards: boolean
  readonly ignoreCase: boolean
}

const VARIABLE = /^\$\{([^{}]*)\}/u
const VARIABLE_WITH_FALLBACK = /^\s*([^,\s]+)\s*,\s*'([^']*)'\s*$/u

/** Prepares a text of a policy for matching. `${*}`, `${?}` and `${$}` are those characters themselves. */
export function compilePattern(text: string, options: PatternOptions): Pattern {
  const parts: Pattern['parts'][number][] = []
  for (let index = 0; index < text.length; ) {
    const variable = VARIABLE.exec(text.slice(index, index + 256))
    if (variable !== null) {
      parts.push(...toVariable(variable[1] ?? ''))
      index += variable[0].length
      continue
    }
    parts.push(toToken(text.charAt(index), options))
    index += 1
  }
  const isLiteral = parts.every((part) => typeof part === 'string')
  return { text, literal: isLiteral ? parts.join('') : null, pieces: toPieces(parts), parts, ignoreCase: options.ignoreCase }
}

function toPieces(parts: Pattern['parts']): Pattern['pieces'] {
  let piece = ''
  const pieces: string[] = []
  for (const part of parts) {
    if (typeof part === 'object' || part === ONE) return null
    if (part === ANY) {
      pieces.push(piece)
      piece = ''
    } else {
      piece += part
    }
  }
  const [first, ...others] = pieces
  return first === undefined ? null : [first, ...others, piece]
}

function toVariable(name: string): Pattern['parts'] {
  if (name === '*' || name === '?' || name === '$') return [name]
  const withFallback = VARIABLE_WITH_FALLBACK.exec(name)
  return [{ variable: (withFallback?.[1] ?? name).trim().toLowerCase(), fallback: withFallback?.[2] ?? null }]
}

function toToken(character: string, options: PatternOptions): Token {
  if (options.wildcards && character === '*') return ANY
  if (options.wildcards && character === '?') return ONE
  return options.ignoreCase ? character.toLowerCase() : character
}

/** Whether a text is what the pattern describes, as a whole. Takes at most length x length steps, whatever the pattern. */
export function matchesPattern(pattern: Pattern, text: string, lookup: ContextLookup): boolean {
  if (pattern.literal !== null) return pattern.literal === text
  if (pattern.pieces !== null) return matchesPieces(pattern.pieces, text)
  const tokens = resolveVariables(pattern, lookup)
  return tokens !== null && matchesTokens(tokens, text)
}

/** The first piece at the start, the last at the end, the others in their order between them, each at the first place where it stands. */
function matchesPieces([first, ...others]: readonly [string, ...string[]], text: string): boolean {
  const last = others.at(-1) ?? ''
  const end = text.length - last.length
  if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
  let from = first.length
  for (let index = 0; index < others.length - 1; index += 1) {
    const piece = others[index] ?? ''
    const at = text.indexOf(piece, from)
    if (at === -1 || at + piece.length > end) return false
    from = at + piece.length
  }
  return true
}

/** Null when a variable has no single value: such a text matches nothing. */
function resolveVariables(pattern: Pattern, lookup: ContextLookup): readonly Token[] | null {
  const tokens: Token[] = []
  for (const part of pattern.parts) {
    if (typeof part !== 'object') {
      tokens.push(part)
      continue
    }
    const values = lookup(part.variable)
    const found = values?.length === 1 ? values[0] : (part.fallback ?? undefined)
    if (found === undefined) return null
    const value = pattern.ignoreCase ? found.toLowerCase() : found
    for (let index = 0; index < value.length; index += 1) tokens.push(value.charAt(index))
  }
  return tokens
}

function matchesTokens(tokens: readonly Token[], text: string): boolean {
  let at = 0
  let star = -1
  let resumeAt = 0
  for (let index = 0; index < text.length; ) {
    const token = tokens[at]
    if (token === ANY) {
      star = at
      resumeAt = index
      at += 1
    } else if (token === ONE || (token !== undefined && token === text[index])) {
      at += 1
      index += 1
    } else if (star !== -1) {
      // The last star takes one character more; what was before it needs no second try.
      resumeAt += 1
      index = resumeAt
      at = star + 1
    } else {
      return false
    }
  }
  while (tokens[at] === ANY) at += 1
  return at === tokens.length
}
