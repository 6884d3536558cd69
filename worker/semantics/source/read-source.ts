import { SOURCE_LIMITS, type SourceLimits } from './limits.ts'
import { readJson } from './read-json.ts'
import { readYaml } from './read-yaml.ts'
import type { Report } from './report.ts'
import type { Source } from './source.ts'
import type { SourceNode } from './source-node.ts'

/**
 * Reads a rule file: JSON when its name ends in `.json` or its text begins with a brace, else YAML. Reports what is wrong and gives null when nothing can be read.
 * Never throws; ends in a time that grows with the length of the text.
 */
export function readSource(source: Source, report: Report, limits: SourceLimits = SOURCE_LIMITS): SourceNode | null {
  const { text, file } = source
  if (text.length > limits.charactersMax) {
    report.errorAt(0, '', `the file has ${text.length} characters; at most ${limits.charactersMax} are read`)
    return null
  }
  if (file.endsWith('.json')) return readJson(text, report, limits)
  return looksLikeJson(text) && isJson(text) ? readJson(text, report, limits) : readYaml(text, report, limits)
}

function looksLikeJson(text: string): boolean {
  return /^\uFEFF?\s*\{\s*["}]/u.test(text)
}

/** A YAML file may hold JSON, which the JSON reader reads ten times faster; but also a flow mapping, which is none. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text.replace(/^\uFEFF/u, ''))
    return true
  } catch {
    // Not JSON: the YAML reader says what it is.
    return false
  }
}
