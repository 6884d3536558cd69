/** A text read from the left. `problem` is the first thing wrong with it. */
export type PathReading = { readonly text: string; at: number; depth: number; problem: string | null }

/** Matches a sticky pattern and moves past it; the empty string when it does not match. */
export function readPattern(reading: PathReading, pattern: RegExp): string {
  pattern.lastIndex = reading.at
  const found = pattern.exec(reading.text)?.[0] ?? ''
  reading.at += found.length
  return found
}

/** Reads text in single or double quotes, with backslash escapes; null when there is none. */
export function readQuoted(reading: PathReading): string | null {
  const quoted = readPattern(reading, /'[^'\\]*(?:\\[^][^'\\]*)*'|"[^"\\]*(?:\\[^][^"\\]*)*"/y)
  return quoted === '' ? null : quoted.slice(1, -1).replaceAll(/\\([^])/g, '$1')
}
