import { toJsonPathFunction } from './json-path-functions.ts'
import { parseFilter } from './json-path-filter.ts'
import {
  type JsonPathStep,
  STEP_TO_ALL,
  STEP_TO_DESCENDANTS,
  stepThroughFilter,
  stepToIndexes,
  stepToName,
  stepToNames,
  stepToSlice,
} from './json-path-steps.ts'
import { type PathReading, readPattern, readQuoted } from './path-reading.ts'

/** The steps of a path, or why the text is none. */
type ParsedPath = { readonly ok: true; readonly steps: readonly JsonPathStep[] } | { readonly ok: false; readonly reason: string }

/** Parses a JSONPath in Jayway's dialect; a text that does not start with `$` or `@` is taken as a path below `$`. */
export function parseJsonPath(text: string): ParsedPath {
  const trimmed = text.trim()
  if (trimmed === '') return { ok: false, reason: 'the path is empty' }
  const full = /^[$@]/.test(trimmed) ? trimmed : `$.${trimmed}`
  const reading: PathReading = { text: full, at: 1, depth: 0, problem: null }
  const steps = readSteps(reading)
  if (reading.problem === null && reading.at < full.length) reading.problem = `unexpected "${full.charAt(reading.at)}"`
  if (reading.problem !== null) return { ok: false, reason: `${reading.problem} at character ${reading.at + 1}` }
  return { ok: true, steps }
}

/** Reads steps as far as they go: to the end, or, inside a filter, to what follows the path. */
function readSteps(reading: PathReading): JsonPathStep[] {
  const steps: JsonPathStep[] = []
  while (reading.problem === null && reading.at < reading.text.length) {
    const before = reading.at
    readStep(reading, steps)
    if (reading.at === before) break
  }
  return steps
}

const NAME = /[^.[\](){}\s,'"*?@$&|=<>!~]+/y
const CALL = /[a-zA-Z]+\s*\(/y

function readStep(reading: PathReading, steps: JsonPathStep[]): void {
  if (readPattern(reading, /\.\./y) !== '') {
    steps.push(STEP_TO_DESCENDANTS)
    if (reading.text.charAt(reading.at) !== '[') readNamed(reading, steps)
    return
  }
  if (reading.text.charAt(reading.at) === '[') {
    reading.at += 1
    readBracket(reading, steps)
    return
  }
  if (readPattern(reading, /\./y) === '') return
  // Jayway takes `.[` for `[`.
  if (reading.text.charAt(reading.at) !== '[') readNamed(reading, steps)
}

function readNamed(reading: PathReading, steps: JsonPathStep[]): void {
  if (readPattern(reading, /\*/y) !== '') {
    steps.push(STEP_TO_ALL)
    return
  }
  const call = readPattern(reading, CALL)
  if (call !== '') {
    readFunction(reading, call.replace(/\s*\($/, ''), steps)
    return
  }
  const name = readPattern(reading, NAME)
  if (name === '') reading.problem ??= 'a name is missing'
  else steps.push(stepToName(name))
}

function readFunction(reading: PathReading, name: string, steps: JsonPathStep[]): void {
  const argumentText = readPattern(reading, /[^()]*/y)
  const step = toJsonPathFunction(name, argumentText.trim())
  if (step === null || readPattern(reading, /\)/y) === '') reading.problem ??= `the function ${name}(${argumentText}) does not exist`
  else steps.push(step)
}

const INDEXES = /\s*-?[0-9]{1,9}\s*(?:,\s*-?[0-9]{1,9}\s*)*\]/y
const SLICE = /\s*(?:-?[0-9]{1,9})?\s*:\s*(?:-?[0-9]{1,9})?\s*\]/y
const WILDCARD = /\s*\*\s*\]/y

function readBracket(reading: PathReading, steps: JsonPathStep[]): void {
  if (readPattern(reading, WILDCARD) !== '') {
    steps.push(STEP_TO_ALL)
    return
  }
  const indexes = readPattern(reading, INDEXES)
  if (indexes !== '') {
    steps.push(stepToIndexes(indexes.slice(0, -1).split(',').map(Number)))
    return
  }
  const slice = readPattern(reading, SLICE)
  if (slice !== '') {
    const [from = '', to = ''] = slice.slice(0, -1).split(':')
    steps.push(stepToSlice(toEnd(from), toEnd(to)))
    return
  }
  if (readPattern(reading, /\s*\?\s*\(/y) !== '') {
    const filter = parseFilter(reading, readSteps)
    if (readPattern(reading, /\s*\)\s*\]/y) === '') reading.problem ??= 'the filter is not closed by ")]"'
    steps.push(stepThroughFilter(filter))
    return
  }
  readQuotedNames(reading, steps)
}

function toEnd(digits: string): number | undefined {
  return digits.trim() === '' ? undefined : Number(digits)
}

function readQuotedNames(reading: PathReading, steps: JsonPathStep[]): void {
  const names: string[] = []
  do {
    readPattern(reading, /\s*/y)
    const name = readQuoted(reading)
    if (name === null) {
      reading.problem ??= 'a quoted name, an index, a slice, * or a filter is missing'
      return
    }
    names.push(name)
    readPattern(reading, /\s*/y)
  } while (readPattern(reading, /,/y) !== '')
  if (readPattern(reading, /\]/y) === '') reading.problem ??= '"]" is missing'
  const [first = ''] = names
  steps.push(names.length === 1 ? stepToName(first) : stepToNames(names, reading.at >= reading.text.length))
}
