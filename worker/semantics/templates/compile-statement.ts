import { writeKey } from './access.ts'
import { fail, spend } from './budget.ts'
import { type Compilation, compileExpression, compileReference, isTrue, slotOf } from './compile-expression.ts'
import { printJava } from './java-printing.ts'
import type { JavaValue } from './java-values.ts'
import { append, capture, type Loop, type MacroArgument, type Run, type Runtime } from './runtime.ts'
import type { Expression, MacroDefinition, Reference, Statement } from './syntax.ts'

/** The macros of a template by name; bodies are compiled after all names are known, so that macros may call each other. */
export type CompiledMacros = Map<string, { readonly definition: MacroDefinition; run: Run }>

/** Compiles statements that run one after another. */
export function compileBlock(statements: readonly Statement[], compilation: Compilation, macros: CompiledMacros): Run {
  const runs = statements.filter(({ kind }) => kind !== 'macro').map((statement) => compileStatement(statement, compilation, macros))
  const [first] = runs
  if (first === undefined) return () => 'next'
  return (runtime) => {
    spend(runtime, runs.length)
    for (const run of runs) {
      const signal = run(runtime)
      if (signal !== 'next') return signal
    }
    return 'next'
  }
}

function compileStatement(statement: Statement, compilation: Compilation, macros: CompiledMacros): Run {
  switch (statement.kind) {
    case 'text': {
      const { text } = statement
      return (runtime) => {
        append(runtime, text)
        return 'next'
      }
    }
    case 'print':
      return compilePrint(statement.reference, statement.backslashes, compilation)
    case 'set':
      return compileSet(statement, compilation)
    case 'if':
      return compileIf(statement, compilation)
    case 'foreach':
      return compileForeach(statement, compilation)
    case 'define':
      return compileDefine(statement, compilation)
    case 'invoke':
      return compileInvocation(statement, compilation, macros)
    case 'macro':
      return () => 'next'
    case 'stop':
      return () => 'stop'
    case 'break':
      return () => 'break'
    default:
      return statement satisfies never
  }
}

/** Prints a reference. An odd number of backslashes escapes it if it has a value; half of them (rounded down) are printed. */
function compilePrint(reference: Reference, backslashes: number, compilation: Compilation): Run {
  const evaluate = compileReference(reference, compilation)
  const { offset } = reference
  const prefix = '\\'.repeat(backslashes / 2)
  const isEscaped = backslashes % 2 === 1
  const mayStop = reference.root === 'foreach'
  return (runtime) => {
    runtime.offset = offset
    const value = evaluate(runtime)
    if (isEscaped) append(runtime, prefix + (value === null ? '\\' : '') + reference.literal)
    else append(runtime, prefix + printJava(value, runtime))
    return mayStop && runtime.loop !== null && isAnyStopped(runtime.loop) ? 'break' : 'next'
  }
}

function isAnyStopped(loop: Loop): boolean {
  return loop.isStopped || (loop.parent !== null && isAnyStopped(loop.parent))
}

function compileSet(statement: Extract<Statement, { kind: 'set' }>, compilation: Compilation): Run {
  const value = compileExpression(statement.value, compilation)
  const assign = compileAssignment(statement.target, compilation)
  const { offset } = statement
  return (runtime) => {
    runtime.offset = offset
    const evaluated = value(runtime)
    runtime.offset = offset
    assign(runtime, evaluated)
    return 'next'
  }
}

/** Compiles what stands left of `=`: a variable, a parameter of the macro, or a place inside a map or list. */
function compileAssignment(target: Reference, compilation: Compilation): (runtime: Runtime, value: JavaValue) => void {
  const last = target.steps.at(-1)
  if (last === undefined || last.kind === 'call') return assignVariable(target.root, compilation)
  const holder = compileReference({ ...target, steps: target.steps.slice(0, -1) }, compilation)
  if (last.kind === 'property') return (runtime, value) => writeKey(holder(runtime), last.name, value, runtime)
  const index = compileExpression(last.index, compilation)
  return (runtime, value) => writeKey(holder(runtime), index(runtime), value, runtime)
}

function assignVariable(name: string, compilation: Compilation): (runtime: Runtime, value: JavaValue) => void {
  const parameter = compilation.parameters.get(name)
  if (parameter !== undefined) return (runtime, value) => assignParameter(runtime, parameter, value)
  const slot = slotOf(name, compilation)
  return (runtime, value) => {
    runtime.variables[slot] = value
  }
}

function assignParameter(runtime: Runtime, parameter: number, value: JavaValue): void {
  const { frame } = runtime
  if (frame === null) return
  const assign = frame.macroArguments[parameter]?.assign ?? null
  if (assign === null) {
    frame.replaced.set(parameter, value)
    return
  }
  runtime.frame = frame.caller
  assign(runtime, value)
  runtime.frame = frame
}

function compileIf(statement: Extract<Statement, { kind: 'if' }>, compilation: Compilation): Run {
  const branches = statement.branches.map(({ condition, body }) => ({
    condition: compileExpression(condition, compilation),
    run: compilation.compileBlock(body, compilation),
  }))
  const otherwise = compilation.compileBlock(statement.otherwise, compilation)
  const { offset } = statement
  return (runtime) => {
    for (const { condition, run } of branches) {
      runtime.offset = offset
      if (isTrue(condition(runtime))) return run(runtime)
    }
    return otherwise(runtime)
  }
}

function compileForeach(statement: Extract<Statement, { kind: 'foreach' }>, compilation: Compilation): Run {
  const source = compileExpression(statement.source, compilation)
  const assign = assignVariable(statement.variable, compilation)
  const read = compileReference({ root: statement.variable, steps: [], literal: '', offset: statement.offset }, compilation)
  const run = compilation.compileBlock(statement.body, compilation)
  const { offset } = statement
  return (runtime) => {
    runtime.offset = offset
    const items = itemsOf(source(runtime))
    if (items.length === 0) return 'next'
    const before = read(runtime)
    const loop: Loop = { index: 0, size: items.length, parent: runtime.loop, isStopped: false }
    runtime.loop = loop
    const signal = runRounds(runtime, loop, (index) => {
      assign(runtime, items[index] ?? null)
      return run(runtime)
    })
    runtime.loop = loop.parent
    assign(runtime, before)
    return signal
  }
}

function runRounds(runtime: Runtime, loop: Loop, round: (index: number) => 'next' | 'break' | 'stop'): 'next' | 'stop' {
  for (; loop.index < loop.size; loop.index++) {
    if (loop.index >= runtime.limits.foreachRoundsMax) fail(runtime, `#foreach goes on for more than ${runtime.limits.foreachRoundsMax} rounds.`)
    const signal = round(loop.index)
    if (signal === 'stop') return 'stop'
    if (signal === 'break' || loop.isStopped) return 'next'
  }
  return 'next'
}

/** What `#foreach` goes through: the items of a list, the values of a map; nothing for anything else. */
function itemsOf(value: JavaValue): readonly JavaValue[] {
  if (typeof value !== 'object' || value === null) return []
  if (value.type === 'list') return Array.from(value.items)
  return value.type === 'map' ? Array.from(value.entries.values()) : []
}

/** `#define` keeps a block that is rendered wherever its variable is printed, with the variables of that moment. */
function compileDefine(statement: Extract<Statement, { kind: 'define' }>, compilation: Compilation): Run {
  const assign = assignVariable(statement.variable, compilation)
  const run = compilation.compileBlock(statement.body, compilation)
  return (runtime) => {
    const { frame } = runtime
    assign(runtime, { type: 'block', render: () => inside(runtime, () => captureIn(runtime, frame, run)) })
    return 'next'
  }
}

function captureIn(runtime: Runtime, frame: Runtime['frame'], run: Run): string {
  const current = runtime.frame
  runtime.frame = frame
  const captured = capture(runtime, run)
  runtime.frame = current
  return captured
}

/** Bounds how deep macros and defined blocks call one another. */
function inside<Result>(runtime: Runtime, act: () => Result): Result {
  if (runtime.macroDepth >= runtime.limits.macroDepthMax) fail(runtime, `Macros call one another deeper than ${runtime.limits.macroDepthMax} levels.`)
  runtime.macroDepth += 1
  const result = act()
  runtime.macroDepth -= 1
  return result
}

function compileInvocation(
  statement: Extract<Statement, { kind: 'invoke' }>,
  compilation: Compilation,
  macros: CompiledMacros,
): Run {
  const macroArguments = statement.parameters.map((parameter) => compileArgument(parameter, compilation))
  const { name, literal, offset } = statement
  return (runtime) => {
    runtime.offset = offset
    const macro = macros.get(name)
    if (macro === undefined) {
      append(runtime, literal)
      return 'next'
    }
    const caller = runtime.frame
    runtime.frame = { macroArguments, replaced: new Map(), caller }
    const signal = inside(runtime, () => macro.run(runtime))
    runtime.frame = caller
    return signal === 'stop' ? 'stop' : 'next'
  }
}

function compileArgument(parameter: Expression, compilation: Compilation): MacroArgument {
  const evaluate = compileExpression(parameter, compilation)
  const isVariable = parameter.kind === 'reference' && parameter.reference.steps.length === 0
  return { evaluate, assign: isVariable ? assignVariable(parameter.reference.root, compilation) : null }
}
