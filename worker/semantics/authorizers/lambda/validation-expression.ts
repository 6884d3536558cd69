import { translateJavaRegex } from '../../templates/java-regex.ts'

/** Says whether a text as a whole fits an expression. */
export type WholeMatch = (text: string) => boolean

/** What came of an `identityValidationExpression`. */
export type ValidationExpression = { readonly kind: 'expression'; readonly matches: WholeMatch } | { readonly kind: 'invalid'; readonly reason: string }

/** Ours: no header is longer (aws-rest 17); bounds what an expression that backtracks a lot has to work on. */
const TEXT_LENGTH_MAX = 10_240

/** Prepares an `identityValidationExpression`: a Java regular expression that the whole text must match (aws-rest 11.2). */
export function compileValidationExpression(pattern: string): ValidationExpression {
  const translated = translateJavaRegex(pattern)
  if (!translated.ok) return { kind: 'invalid', reason: translated.reason }
  // Look-arounds rather than ^ and $, which mean lines under the flag m.
  const whole = new RegExp(`(?<![^])(?:${translated.source})(?![^])`, translated.flags)
  return { kind: 'expression', matches: (text) => text.length <= TEXT_LENGTH_MAX && whole.test(text) }
}
