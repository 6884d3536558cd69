import type { Compilation } from './compile-expression.ts'
import { type CompiledMacros, compileBlock } from './compile-statement.ts'
import type { CompiledJsonPath } from './json-path.ts'
import { TEMPLATE_LIMITS, type TemplateLimits } from './limits.ts'
import { parseTemplate } from './parse-template.ts'
import type { Run } from './runtime.ts'
import type { Statement, TemplateProblem } from './syntax.ts'

/** A template ready to be rendered any number of times. */
export type Template = {
  readonly source: string
  readonly run: Run
  readonly slots: ReadonlyMap<string, number>
  /** JSONPaths compiled so far, by their text; the only thing here that grows, up to a bound. */
  readonly paths: Map<string, CompiledJsonPath>
}

/**
 * Compiles a mapping template, or says what is wrong with it and where (lines and columns from 1). Never throws.
 * The language is Velocity 1.7 as API Gateway has it: `#parse`, `#include`, `#evaluate` and macros with bodies are refused.
 */
export function compileTemplate(
  source: string,
  limits: TemplateLimits = TEMPLATE_LIMITS,
): { readonly ok: true; readonly template: Template } | { readonly ok: false; readonly problems: readonly TemplateProblem[] } {
  if (new TextEncoder().encode(source).length > limits.templateBytesMax) {
    return { ok: false, problems: [{ line: 1, column: 1, message: `The template is larger than ${limits.templateBytesMax} bytes.` }] }
  }
  const parsed = parseTemplate(source, limits)
  if (!parsed.ok) return parsed
  const macros: CompiledMacros = new Map()
  const compilation: Compilation = {
    slots: new Map(),
    parameters: new Map(),
    compileBlock: (statements, inner) => compileBlock(statements, inner, macros),
  }
  for (const macro of findMacros(parsed.statements)) macros.set(macro.name, { definition: macro, run: () => 'next' })
  for (const macro of macros.values()) {
    const parameters = new Map(macro.definition.parameters.map((name, index) => [name, index]))
    macro.run = compileBlock(macro.definition.body, { ...compilation, parameters }, macros)
  }
  const run = compileBlock(parsed.statements, compilation, macros)
  return { ok: true, template: { source, run, slots: compilation.slots, paths: new Map() } }
}

/** Every macro of a template, wherever it is defined; the last definition of a name holds. */
function* findMacros(statements: readonly Statement[]): Generator<Extract<Statement, { kind: 'macro' }>['macro']> {
  for (const statement of statements) {
    if (statement.kind === 'macro') {
      yield statement.macro
      yield* findMacros(statement.macro.body)
    } else if (statement.kind === 'if') {
      for (const { body } of statement.branches) yield* findMacros(body)
      yield* findMacros(statement.otherwise)
    } else if (statement.kind === 'foreach' || statement.kind === 'define') yield* findMacros(statement.body)
  }
}
