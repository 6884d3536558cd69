import { pathOf, startOf, type Place } from './place.ts'
import type { Source } from './source.ts'

/** Something that is wrong with a rule file (`error`), or looks wrong but is accepted (`warning`). Lines and columns count from 1. */
export interface Problem {
  readonly severity: 'error' | 'warning'
  readonly file: string
  readonly line: number
  readonly column: number
  /** The way inside the file, such as `paths["/pets"].get`; empty for the whole file. */
  readonly path: string
  readonly message: string
}

/** Collects the problems of one file while it is read. */
export interface Report {
  readonly problems: readonly Problem[]
  error(place: Place, message: string): void
  warning(place: Place, message: string): void
  /** For what no place stands for: a syntax error, an unknown key. */
  errorAt(offset: number, path: string, message: string): void
  hasErrors(): boolean
}

/** Starts the report of a file. */
export function createReport(source: Source): Report {
  const problems: Problem[] = []
  let lineStarts: readonly number[] | null = null
  const known = new Set<string>()
  const add = (severity: Problem['severity'], offset: number, path: string, message: string): void => {
    // What many `$ref`s lead to is read many times, and reported once.
    const identity = `${offset} ${message}`
    if (known.has(identity)) return
    known.add(identity)
    lineStarts ??= findLineStarts(source.text)
    problems.push({ severity, file: source.file, ...locate(lineStarts, offset), path, message: shorten(message) })
  }
  return {
    problems,
    error: (place, message) => add('error', startOf(place), pathOf(place), message),
    warning: (place, message) => add('warning', startOf(place), pathOf(place), message),
    errorAt: (offset, path, message) => add('error', offset, path, message),
    hasErrors: () => problems.some((problem) => problem.severity === 'error'),
  }
}

/** A report that forgets: for reading what is read again, and reported then. */
export const SILENT: Report = { problems: [], error: () => undefined, warning: () => undefined, errorAt: () => undefined, hasErrors: () => false }

/** Makes a problem of a whole file, for what has no text to point into. */
export function fileProblem(file: string, message: string, severity: Problem['severity'] = 'error'): Problem {
  return { severity, file, line: 1, column: 1, path: '', message }
}

/** Orders problems by file, then by place. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  return problems.toSorted((a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.message, b.message))
}

/** Messages quote what they are about, which may be a megabyte. */
const MESSAGE_CHARACTERS_MAX = 500

function shorten(message: string): string {
  return message.length <= MESSAGE_CHARACTERS_MAX ? message : `${message.slice(0, MESSAGE_CHARACTERS_MAX)}...`
}

function compareText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

function findLineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function locate(lineStarts: readonly number[], offset: number): { readonly line: number; readonly column: number } {
  let low = 0
  let high = lineStarts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((lineStarts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (lineStarts[low] ?? 0) + 1 }
}
