import { toProblem } from './cursor.ts'
import { TEMPLATE_LIMITS } from './limits.ts'
import { parseTemplate } from './parse-template.ts'
import type { Reference, Statement, TemplateProblem } from './syntax.ts'
import { findTaintedNames, isTaintedReference, type TaintedNames } from './taint.ts'

/**
 * What a template accepts from a client without escaping it: places where a client's text can end a JSON string, add
 * members to an object, or add parameters to a form. None for a template that does not parse.
 */
export function findTemplateWarnings(source: string): readonly TemplateProblem[] {
  const parsed = parseTemplate(source, TEMPLATE_LIMITS)
  if (!parsed.ok) return []
  const kind = kindOf(parsed.statements)
  if (kind === null) return []
  const walk: Walk = { kind, names: findTaintedNames(parsed.statements), isInString: false, found: [] }
  walkStatements(parsed.statements, walk)
  return walk.found.toSorted((a, b) => a.offset - b.offset).map((problem) => toProblem(source, problem))
}

type Walk = {
  readonly kind: 'json' | 'form'
  readonly names: TaintedNames
  isInString: boolean
  readonly found: { readonly offset: number; readonly message: string }[]
}

/** What a template writes, by how its text begins; null for what is neither JSON nor a form. */
function kindOf(statements: readonly Statement[]): Walk['kind'] | null {
  const begin = firstText(statements)
  if (/^[{["]/.test(begin)) return 'json'
  return /^[A-Za-z0-9_.%-]+=/.test(begin) ? 'form' : null
}

function firstText(statements: readonly Statement[]): string {
  for (const statement of statements) {
    if (statement.kind === 'text' && statement.text.trim() !== '') return statement.text.trim()
    if (statement.kind !== 'if') continue
    const inner = firstText(statement.branches[0]?.body ?? [])
    if (inner !== '') return inner
  }
  return ''
}

function walkStatements(statements: readonly Statement[], walk: Walk): void {
  for (const statement of statements) walkStatement(statement, walk)
}

function walkStatement(statement: Statement, walk: Walk): void {
  switch (statement.kind) {
    case 'text':
      walk.isInString = endsInString(statement.text, walk.isInString)
      return
    case 'print':
      if (statement.backslashes % 2 === 0) checkPrint(statement.reference, walk)
      return
    case 'if': {
      const before = walk.isInString
      walkStatements(statement.otherwise, walk)
      // Branches start alike; the first one says where the text goes on.
      for (const { body } of statement.branches.toReversed()) {
        walk.isInString = before
        walkStatements(body, walk)
      }
      return
    }
    case 'foreach':
      walkStatements(statement.body, walk)
      return
    case 'define':
      walkApart(statement.body, walk)
      return
    case 'macro':
      walkApart(statement.macro.body, walk)
      return
    case 'set':
    case 'invoke':
    case 'stop':
    case 'break':
      return
    default:
      statement satisfies never
  }
}

/** A block that is printed elsewhere begins outside of a string. */
function walkApart(statements: readonly Statement[], walk: Walk): void {
  const before = walk.isInString
  walk.isInString = false
  walkStatements(statements, walk)
  walk.isInString = before
}

function endsInString(text: string, isInString: boolean): boolean {
  let inside = isInString
  for (let at = 0; at < text.length; at++) {
    if (inside && text.charAt(at) === '\\') at += 1
    else if (text.charAt(at) === '"') inside = !inside
  }
  return inside
}

function checkPrint(reference: Reference, walk: Walk): void {
  const message = warningFor(reference, walk)
  if (message !== null) walk.found.push({ offset: reference.offset, message })
}

function warningFor(reference: Reference, walk: Walk): string | null {
  const { literal } = reference
  const isJson = reference.root === 'input' && reference.steps.length === 1 && reference.steps[0]?.kind === 'call' && reference.steps[0].name === 'json'
  if (walk.kind === 'json' && walk.isInString && isJson) return `${literal} writes quotes of its own: take it out of the string, or escape it with $util.escapeJavaScript(...).`
  if (!isTaintedReference(reference, walk.names)) return null
  if (walk.kind === 'form') return `${literal} is not encoded: a client can add parameters. Write $util.urlEncode(...) around it.`
  if (walk.isInString) return `${literal} is not escaped: a client can end the string and add members. Write $util.escapeJavaScript(...) around it, or use $input.json(...) without quotes.`
  return `${literal} is written outside of a string as it came: a client can add members. Use $input.json(...), which writes JSON.`
}
