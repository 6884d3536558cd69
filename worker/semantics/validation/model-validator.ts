import { dereference } from '@cfworker/json-schema'
import { openChecks } from './compile-schema.ts'
import { toDraft4Schema } from './draft-4-schema.ts'
import { explainViolations, openKeywords, type PreparedSchema } from './explain-violations.ts'
import type { Json } from './json.ts'
import type { ValidationLimits } from './limits.ts'

/** What came of validating a body: null when it fits the model, else what is wrong, in the words of Amazon's library. */
export type Violations = readonly string[] | null

/** A model ready to judge bodies. */
export type ModelValidator = (body: string) => Violations

/** Prepares a model. Its schema is a checked one (`checkModelSchema`): `$ref`s resolve, patterns compile. */
export function compileModel(schema: Json, limits: ValidationLimits): ModelValidator {
  const root = toDraft4Schema(schema) as PreparedSchema['root']
  const lookup = dereference(root)
  const checkOf = openChecks(lookup)
  const prepared: PreparedSchema = { root, lookup, checkOf, keywordsOf: openKeywords(lookup, checkOf) }
  return (body) => judge(prepared, body, limits)
}

function judge(prepared: PreparedSchema, body: string, limits: ValidationLimits): Violations {
  // An absent body is validated as an empty object (aws-rest 4.3).
  const text = body.trim() === '' ? '{}' : body
  if (nestsDeeper(text, limits.nestingMax)) return [`the body nests deeper than ${limits.nestingMax} levels`]
  const instance = parse(text)
  if (instance === undefined) return ['the body is not valid JSON']
  try {
    return prepared.checkOf(prepared.root)(instance) ? null : explainViolations(prepared, instance, limits.messagesMax)
  } catch (error) {
    // A model that refers to itself may still take more of the stack, level by level, than there is.
    if (error instanceof RangeError) return ['the body nests too deeply for its model']
    throw error
  }
}

function parse(text: string): Json | undefined {
  try {
    // A byte order mark is no part of the JSON text (RFC 8259 section 8.1).
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text) as Json
  } catch {
    // Bad JSON is an expected result here.
    return undefined
  }
}

/** Counts brackets outside of texts; cheap, so that no parser or validator has to fear the depth. */
function nestsDeeper(text: string, nestingMax: number): boolean {
  if (text.length <= nestingMax * 2) return false
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfText(text, at)
    else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      depth += 1
      if (depth > nestingMax) return true
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) depth -= 1
  }
  return false
}

const [QUOTE, BACKSLASH, OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x22, 0x5c, 0x7b, 0x7d, 0x5b, 0x5d]

function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end !== -1; end = text.indexOf('"', end + 1)) {
    let backslashes = 0
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes += 1
    if (backslashes % 2 === 0) return end
  }
  return text.length
}
