import { type Budget, fail, measured, spend } from './budget.ts'
import { translateJavaRegex } from './java-regex.ts'

/** Compiles a Java pattern for one use; ends the rendering when it cannot be one, as Java's exception does. */
function compilePattern(pattern: string, moreFlags: string, budget: Budget): RegExp {
  const translated = translateJavaRegex(pattern)
  if (!translated.ok) return fail(budget, `The pattern ${JSON.stringify(pattern)} cannot be used: ${translated.reason}.`)
  return new RegExp(translated.source, translated.flags + moreFlags)
}

/** `String.matches`: the pattern must match the whole text. */
export function matchesWhole(text: string, pattern: string, budget: Budget): boolean {
  const found = compilePattern(`(?:${pattern})`.replace(/^\(\?:((?:\(\?[a-z]+\))+)/, '$1(?:'), 'y', budget)
  spend(budget, text.length >> 6)
  return new RegExp(`${found.source}(?![^])`, found.flags).test(text)
}

/** `String.replaceAll` and `replaceFirst`, with Java's `$1`, `${name}` and backslashes in the replacement. */
export function replaceMatches(text: string, pattern: string, replacement: Replacement): string {
  const { budget } = replacement
  const found = compilePattern(pattern, replacement.isGlobal ? 'g' : '', budget)
  const pieces = parseReplacement(replacement.text, budget)
  let result = ''
  let end = 0
  for (const match of matchesOf(found, text, replacement.isGlobal)) {
    spend(budget, 1)
    result = measured(budget, result + text.slice(end, match.index) + expandReplacement(pieces, match, budget))
    end = match.index + match[0].length
  }
  return measured(budget, result + text.slice(end))
}

/** What `replaceMatches` puts in, and whether everywhere. */
export type Replacement = { readonly text: string; readonly isGlobal: boolean; readonly budget: Budget }

function* matchesOf(pattern: RegExp, text: string, isGlobal: boolean): Generator<RegExpExecArray> {
  if (isGlobal) yield* text.matchAll(pattern)
  else {
    const match = pattern.exec(text)
    if (match !== null) yield match
  }
}

type Piece = { readonly kind: 'text' | 'group'; readonly value: string }

function parseReplacement(text: string, budget: Budget): readonly Piece[] {
  const pieces: Piece[] = []
  for (let at = 0; at < text.length; ) {
    const group = /^\$(?:([0-9])|\{([a-zA-Z][a-zA-Z0-9]*)\})/.exec(text.slice(at, at + 64))
    if (group !== null) {
      pieces.push({ kind: 'group', value: group[1] ?? group[2] ?? '' })
      at += group[0].length
      continue
    }
    const isEscaped = text.charAt(at) === '\\'
    if (text.charAt(at) === '$' || (isEscaped && at + 1 === text.length)) {
      fail(budget, `The replacement ${JSON.stringify(text)} has a "${text.charAt(at)}" that refers to nothing.`)
    }
    pieces.push({ kind: 'text', value: text.charAt(isEscaped ? at + 1 : at) })
    at += isEscaped ? 2 : 1
  }
  return pieces
}

function expandReplacement(pieces: readonly Piece[], match: RegExpExecArray, budget: Budget): string {
  let expanded = ''
  for (const piece of pieces) {
    if (piece.kind === 'text') expanded += piece.value
    else if (/^[0-9]$/.test(piece.value)) {
      if (Number(piece.value) >= match.length) fail(budget, `The pattern has no group ${piece.value}.`)
      expanded += match[Number(piece.value)] ?? ''
    } else {
      const groups = new Map(Object.entries(match.groups ?? {}))
      if (!groups.has(piece.value)) fail(budget, `The pattern has no group called ${piece.value}.`)
      expanded += groups.get(piece.value) ?? ''
    }
  }
  return expanded
}

/** `String.split`: `limit` 0 drops empty texts at the end, a positive one bounds the number of texts, a negative keeps all. */
export function splitText(text: string, pattern: string, limit: number, budget: Budget): string[] {
  const pieces: string[] = []
  let end = 0
  for (const match of text.matchAll(compilePattern(pattern, 'g', budget))) {
    spend(budget, 1)
    const isEmptyAtEdge = match[0] === '' && (match.index === 0 || match.index >= text.length)
    if (isEmptyAtEdge) continue
    if (limit > 0 && pieces.length === limit - 1) break
    pieces.push(text.slice(end, match.index))
    end = match.index + match[0].length
  }
  if (pieces.length === 0) return [text]
  pieces.push(text.slice(end))
  if (limit === 0) while (pieces.at(-1) === '') pieces.pop()
  return pieces
}
