import { TEMPLATE_LIMITS } from './limits.ts'
import { parseTemplate } from './parse-template.ts'
import type { Expression, Reference, Statement } from './syntax.ts'

/** Every reference that a template reads, wherever it stands; none for a template that does not parse. What stands in a comment is no reference. */
export function findReferences(source: string): readonly Reference[] {
  const parsed = parseTemplate(source, TEMPLATE_LIMITS)
  const found: Reference[] = []
  if (parsed.ok) for (const statement of parsed.statements) inStatement(statement, found)
  return found
}

function inStatement(statement: Statement, found: Reference[]): void {
  switch (statement.kind) {
    case 'print':
      return inReference(statement.reference, found)
    case 'set':
      return inExpression(statement.value, found)
    case 'if':
      for (const { condition, body } of statement.branches) {
        inExpression(condition, found)
        inAll(body, found)
      }
      return inAll(statement.otherwise, found)
    case 'foreach':
      inExpression(statement.source, found)
      return inAll(statement.body, found)
    case 'macro':
      return inAll(statement.macro.body, found)
    case 'define':
      return inAll(statement.body, found)
    case 'invoke':
      for (const given of statement.parameters) inExpression(given, found)
      return
    case 'text':
    case 'stop':
    case 'break':
      return
    default:
      statement satisfies never
  }
}

function inAll(statements: readonly Statement[], found: Reference[]): void {
  for (const statement of statements) inStatement(statement, found)
}

function inReference(reference: Reference, found: Reference[]): void {
  found.push(reference)
  for (const step of reference.steps) {
    if (step.kind === 'index') inExpression(step.index, found)
    if (step.kind === 'call') for (const given of step.parameters) inExpression(given, found)
  }
}

function inExpression(expression: Expression, found: Reference[]): void {
  switch (expression.kind) {
    case 'reference':
      return inReference(expression.reference, found)
    case 'interpolation':
      return inAll(expression.body, found)
    case 'list':
      for (const item of expression.items) inExpression(item, found)
      return
    case 'map':
      for (const { key, value } of expression.entries) {
        inExpression(key, found)
        inExpression(value, found)
      }
      return
    case 'range':
      inExpression(expression.from, found)
      return inExpression(expression.to, found)
    case 'not':
      return inExpression(expression.operand, found)
    case 'binary':
      inExpression(expression.left, found)
      return inExpression(expression.right, found)
    case 'text':
    case 'integer':
    case 'decimal':
    case 'boolean':
      return
    default:
      expression satisfies never
  }
}
