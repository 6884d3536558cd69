import { translateJavaRegex } from '../templates/java-regex.ts'

/** A selection pattern ready to be tested, or why it can't be carried over to this engine. */
export type CompiledSelectionPattern = { readonly ok: true; readonly pattern: RegExp } | { readonly ok: false; readonly reason: string }

/** Prepares a selection pattern: a Java regular expression that must match the whole text (aws-rest 6.4). */
export function compileSelectionPattern(source: string): CompiledSelectionPattern {
  const translated = translateJavaRegex(source)
  if (!translated.ok) return translated
  return { ok: true, pattern: new RegExp(`(?<![^])(?:${translated.source})(?![^])`, translated.flags) }
}
