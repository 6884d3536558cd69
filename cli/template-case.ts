/** A golden file: a template, the scope it is rendered in, and what must come out, each on its own side of a line of dashes. */
export type TemplateCase = {
  readonly template: string
  /** The scope as JSON, possibly with members left out. */
  readonly scope: unknown
  /** The text that must come out, or `error LINE:COLUMN: reason` for a rendering that must fail. */
  readonly expected: string
  /** What must have been overridden, where the file says so in a fourth part. */
  readonly overrides: unknown
}

const DASHES = /^-{10,}$/

/** Takes a golden file apart. The line end right before a line of dashes, and the last one of the file, belong to no part. */
export function parseTemplateCase(text: string): TemplateCase | { readonly problem: string } {
  const parts: string[][] = [[]]
  for (const line of text.replace(/\r?\n$/, '').split('\n')) {
    if (DASHES.test(line)) parts.push([])
    else parts.at(-1)?.push(line)
  }
  const [template, scope, expected, overrides] = parts.map((lines) => lines.join('\n'))
  if (template === undefined || scope === undefined || expected === undefined || parts.length > 4) {
    return { problem: `has ${parts.length} parts; needs a template, a scope and an output, and may have overrides, between lines of dashes` }
  }
  try {
    return {
      template,
      scope: scope.trim() === '' ? {} : JSON.parse(scope),
      expected,
      overrides: overrides === undefined ? undefined : JSON.parse(overrides),
    }
  } catch (thrown) {
    // JSON.parse says where; the part it complains of is the only unknown.
    return { problem: `has a scope or overrides that are no JSON: ${thrown instanceof Error ? thrown.message : String(thrown)}` }
  }
}
