/**
 * Rewrites a pattern of a schema for the engine's Unicode mode, which the library uses; null when it is no pattern there either.
 * Patterns are written for older engines that take needless backslashes, lone brackets and `[\w-.]`; each of these has one meaning, which is kept.
 */
export function toUnicodePattern(pattern: string): string | null {
  if (isUnicodePattern(pattern)) return pattern
  const rewritten = rewrite(pattern)
  return isUnicodePattern(rewritten) ? rewritten : null
}

function isUnicodePattern(pattern: string): boolean {
  try {
    void new RegExp(pattern, 'u')
    return true
  } catch {
    // The engine is the judge of what is a pattern.
    return false
  }
}

/** A class with what is in it, an escaped character, a count, or a lone bracket. */
const TOKEN = /\[(?:\\.|[^\]\\])*\]|\\u\{|\\.|\{[0-9]+(?:,[0-9]*)?\}|[{}\]]/gsu
/** Characters that mean something after a backslash in Unicode mode. */
const ESCAPABLE = /^\\[\^$\\.*+?()[\]{}|/dDsSwWbBfnrtv0-9cxukpP]$/u

function rewrite(pattern: string): string {
  return pattern.replace(TOKEN, (token) => {
    if (token.startsWith('[')) return rewriteClass(token)
    if (token.startsWith('\\')) return ESCAPABLE.test(token) || token === '\\u{' ? token : token.slice(1)
    return token.length > 1 ? token : `\\${token}`
  })
}

const CLASS_TOKEN = /\\.|-|[^\\-]/gsu
const CLASS_ESCAPABLE = /^\\[\^$\\.*+?()[\]{}|/dDsSwWbBfnrtv0-9cxukpP-]$/u
const SET = /^\\[dDsSwW]$/u

/** Inside a class: a hyphen beside a set such as `\w` stands for itself, and so does what needs no backslash. */
function rewriteClass(token: string): string {
  const start = token.startsWith('[^') ? 2 : 1
  const items = token.slice(start, -1).match(CLASS_TOKEN) ?? []
  const rewritten = items.map((item, index) => {
    if (item === '-') return SET.test(items[index - 1] ?? '') || SET.test(items[index + 1] ?? '') ? '\\-' : '-'
    return item.startsWith('\\') && !CLASS_ESCAPABLE.test(item) ? item.slice(1) : item
  })
  return `${token.slice(0, start)}${rewritten.join('')}]`
}
