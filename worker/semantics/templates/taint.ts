import type { Expression, Reference, ReferenceStep, Statement } from './syntax.ts'

/** The variables that may hold text which a client chose. */
export type TaintedNames = ReadonlySet<string>

/** Whether a client's text reaches the value of an expression with nothing in between that makes it harmless. */
function isTainted(expression: Expression, names: TaintedNames): boolean {
  switch (expression.kind) {
    case 'text':
    case 'integer':
    case 'decimal':
    case 'boolean':
    case 'not':
      return false
    case 'interpolation':
      return expression.body.some((statement) => statement.kind === 'print' && isTaintedReference(statement.reference, names))
    case 'list':
      return expression.items.some((item) => isTainted(item, names))
    case 'range':
      return false
    case 'map':
      return expression.entries.some(({ key, value }) => isTainted(key, names) || isTainted(value, names))
    case 'reference':
      return isTaintedReference(expression.reference, names)
    case 'binary':
      // Only joining text gives text; any other operator gives a number, a boolean or nothing.
      return expression.operator === '+' && (isTainted(expression.left, names) || isTainted(expression.right, names))
    default:
      return expression satisfies never
  }
}

// Calls whose result is a number, a boolean or nothing, whatever they are called on.
const HARMLESS_CALLS: ReadonlySet<string> = new Set([
  'size', 'length', 'isEmpty', 'isBlank', 'contains', 'containsKey', 'containsValue', 'equals', 'equalsIgnoreCase', 'startsWith',
  'endsWith', 'matches', 'indexOf', 'lastIndexOf', 'compareTo', 'hashCode', 'intValue', 'longValue', 'doubleValue', 'parseInt',
  'parseLong', 'parseDouble', 'put', 'putAll', 'putIfAbsent', 'add', 'addAll', 'set',
])
const ESCAPES: ReadonlySet<string> = new Set(['escapeJavaScript', 'urlEncode', 'base64Encode'])
const SOURCES: ReadonlySet<string> = new Set(['path', 'params', 'body'])

/** Whether a reference prints a client's text unescaped. */
export function isTaintedReference(reference: Reference, names: TaintedNames): boolean {
  const { root, steps } = reference
  const [first] = steps
  const last = steps.at(-1)
  if (last?.kind === 'call' && HARMLESS_CALLS.has(last.name)) return false
  if (root === 'input') return first !== undefined && SOURCES.has(nameOf(first))
  if (root === 'util') return first?.kind === 'call' && !ESCAPES.has(first.name) && first.parameters.some((given) => isTainted(given, names))
  if (root === 'context') return /^(?:path$|identity\.userAgent\b)/.test(steps.map(nameOf).join('.'))
  return names.has(root) || steps.some((step) => step.kind === 'call' && step.parameters.some((given) => isTainted(given, names)))
}

/** The name of a step; the key of an index by text. */
function nameOf(step: ReferenceStep): string {
  if (step.kind !== 'index') return step.name
  return step.index.kind === 'text' ? step.index.text : ''
}

/** Finds every variable that a client's text may reach, in whatever order the statements run. */
export function findTaintedNames(statements: readonly Statement[]): TaintedNames {
  const names = new Set<string>()
  const macros = new Map<string, readonly string[]>()
  let before = -1
  // A variable can only become tainted, so this ends when a round through the template adds none.
  while (names.size !== before) {
    before = names.size
    for (const statement of statements) spread(statement, names, macros)
  }
  return names
}

function spread(statement: Statement, names: Set<string>, macros: Map<string, readonly string[]>): void {
  const spreadAll = (inner: readonly Statement[]) => {
    for (const each of inner) spread(each, names, macros)
  }
  switch (statement.kind) {
    case 'set':
      spreadExpression(statement.value, names)
      if (isTainted(statement.value, names)) taint(statement.target.root, names)
      return
    case 'print':
      spreadReference(statement.reference, names)
      return
    case 'if':
      for (const { body } of statement.branches) spreadAll(body)
      spreadAll(statement.otherwise)
      return
    case 'foreach':
      if (isTainted(statement.source, names)) taint(statement.variable, names)
      spreadAll(statement.body)
      return
    case 'define':
      spreadAll(statement.body)
      return
    case 'macro':
      macros.set(statement.macro.name, statement.macro.parameters)
      spreadAll(statement.macro.body)
      return
    case 'invoke':
      for (const [index, given] of statement.parameters.entries()) {
        if (isTainted(given, names)) taint(macros.get(statement.name)?.[index] ?? '', names)
      }
      return
    case 'text':
    case 'stop':
    case 'break':
      return
    default:
      statement satisfies never
  }
}

function taint(name: string, names: Set<string>): void {
  // Overrides set by a client's text are no text of the output.
  if (name !== '' && name !== 'context' && name !== 'input') names.add(name)
}

function spreadExpression(expression: Expression, names: Set<string>): void {
  if (expression.kind === 'reference') spreadReference(expression.reference, names)
}

const WRITES: ReadonlySet<string> = new Set(['put', 'putAll', 'putIfAbsent', 'add', 'addAll', 'set'])

/** `$map.put($k, $v)` puts what it is given into the variable. */
function spreadReference(reference: Reference, names: Set<string>): void {
  const isWrite = reference.steps.some((step) => step.kind === 'call' && WRITES.has(step.name) && step.parameters.some((given) => isTainted(given, names)))
  if (isWrite) taint(reference.root, names)
}
