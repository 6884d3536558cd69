import { type Budget, fail, measured, spend } from './budget.ts'
import { translateJavaRegex } from './java-regex.ts'

/** Translates a Java pattern; ends the rendering when it cannot be used, as Java's exception does. */
function translate(pattern: string, budget: Budget): { readonly source: string; readonly flags: string } {
  const translated = translateJavaRegex(pattern)
  return translated.ok ? translated : fail(budget, `The pattern ${JSON.stringify(pattern)} cannot be used: ${translated.reason}.`)
}

/** `String.matches`: the pattern must match the whole text. */
export function matchesWhole(text: string, pattern: string, budget: Budget): boolean {
  const { source, flags } = translate(pattern, budget)
  spend(budget, text.length >> 6)
  return new RegExp(`(?<![^])(?:${source})(?![^])`, flags).test(text)
}

/** `String.replaceAll` and `replaceFirst`, with Java's `$1`, `${name}` and backslashes in the replacement. */
export function replaceMatches(text: string, pattern: string, replacement: Replacement): string {
  const { budget } = replacement
  const { source, flags } = translate(pattern, budget)
  const found = new RegExp(source, replacement.isGlobal ? `${flags}g` : flags)
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
  const { source, flags } = translate(pattern, budget)
  let end = 0
  for (const match of text.matchAll(new RegExp(source, `${flags}g`))) {
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
