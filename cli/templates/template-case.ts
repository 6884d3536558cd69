/**
 * A golden file: a template (or which method's), the scope it is rendered in, what must come out, and, if it says so, what
 * must be overridden; each on its own side of a line of dashes.
 */
export type TemplateCase = {
  readonly template: string
  /** The scope as it stands in the file: JSON, possibly with members left out, or nothing. */
  readonly scopeText: string
  readonly scope: unknown
  /** The text that must come out, or `error LINE:COLUMN: reason` for a template that must fail. */
  readonly expected: string
  /** The overrides that must come out; undefined when the file does not say. */
  readonly overrides: unknown
}

const DASHES = /^-{10,}\r?$/u

/** Takes a golden file apart. The line end right before a line of dashes, and the last one of the file, belong to no part. */
export function parseTemplateCase(text: string): TemplateCase | { readonly problem: string } {
  const parts: string[][] = [[]]
  for (const line of text.replace(/\r?\n$/u, '').split('\n')) {
    if (DASHES.test(line)) parts.push([])
    else parts.at(-1)?.push(line)
  }
  const [template, scopeText, expected, overrides] = parts.map((lines) => lines.join('\n'))
  if (template === undefined || scopeText === undefined || expected === undefined || parts.length > 4) {
    return { problem: `it has ${parts.length} parts; a template, a scope and an output are needed, and overrides may follow, between lines of ten dashes` }
  }
  try {
    const scope: unknown = scopeText.trim() === '' ? {} : JSON.parse(scopeText)
    return { template, scopeText, scope, expected, overrides: overrides === undefined ? undefined : JSON.parse(overrides) }
  } catch (error) {
    // JSON.parse says what is wrong; the scope and the overrides are the only JSON here.
    return { problem: `its scope or its overrides are no JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

/** Writes a golden file with what came out in place of what was expected; overrides only where there were some. */
export function printTemplateCase(before: TemplateCase, text: string, overrides: unknown): string {
  const parts = [before.template, before.scopeText, text]
  if (before.overrides !== undefined) parts.push(JSON.stringify(overrides, null, 2))
  return `${parts.join('\n----------\n')}\n`
}
