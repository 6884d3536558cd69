import type { Budget } from '../templates/budget.ts'
import type { JsonPath } from '../templates/json-path.ts'
import { TEMPLATE_LIMITS, type TemplateLimits } from '../templates/limits.ts'
import { parseJson } from '../templates/parse-json.ts'
import { printJson } from '../templates/print-json.ts'

/** A body as mapping expressions read it: its text, and the text at a path inside it, null when nothing is there. */
export interface MappedBody {
  readonly text: string
  readonly at: (path: JsonPath) => string | null
}

/** What Amazon takes for JSON by its first character, whatever the content type says (aws-rest 5.1). */
const LOOKS_LIKE_JSON = /^[{["']/u

/**
 * Reads a body for expressions (aws-rest 5.1): an empty one is `{}`; one that looks like JSON must be JSON, even where only the whole text is asked for; any other
 * is text in which no path leads anywhere. Null when it should be JSON and is not.
 */
export function toMappedBody(body: string, limits: TemplateLimits = TEMPLATE_LIMITS): MappedBody | null {
  const trimmed = body.trim()
  const text = trimmed === '' ? '{}' : trimmed
  if (!LOOKS_LIKE_JSON.test(text)) return { text, at: () => null }
  const json = parseJson(text, limits.jsonDepthMax)
  if (json === undefined) return null
  return { text, at: (path) => follow(() => path(json, budgetOf(limits)), limits) }
}

function budgetOf(limits: TemplateLimits): Budget {
  return { limits, steps: 0, failure: null }
}

type Found = ReturnType<JsonPath>

function follow(find: () => Found, limits: TemplateLimits): string | null {
  try {
    const found = find()
    if (found === undefined || found === null) return null
    return typeof found === 'string' ? found : printJson(found, budgetOf(limits))
  } catch {
    // A path that costs more than its budget leads nowhere.
    return null
  }
}
