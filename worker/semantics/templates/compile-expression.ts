import { callMethod, readIndex, readProperty } from './access.ts'
import { fail, measured, spend } from './budget.ts'
import { compare, isEqual } from './compare.ts'
import { calculate, isArithmetic } from './java-numbers.ts'
import { printJava } from './java-printing.ts'
import { isNumber, type JavaValue, toDecimal, toList, toMap } from './java-values.ts'
import { readLoop } from './loop-variable.ts'
import { capture, type Evaluate, type Run, type Runtime } from './runtime.ts'
import type { BinaryOperator, Expression, Reference, ReferenceStep, Statement } from './syntax.ts'

/** What is known while a template is compiled: slots of variables, and the parameters of the macro whose body it is. */
export type Compilation = {
  readonly slots: Map<string, number>
  readonly parameters: ReadonlyMap<string, number>
  readonly compileBlock: (statements: readonly Statement[], compilation: Compilation) => Run
}

/** The slot of a variable, a new one at its first mention. */
export function slotOf(name: string, compilation: Compilation): number {
  const known = compilation.slots.get(name)
  if (known !== undefined) return known
  compilation.slots.set(name, compilation.slots.size)
  return compilation.slots.size - 1
}

/** Compiles an expression to a closure. */
export function compileExpression(expression: Expression, compilation: Compilation): Evaluate {
  switch (expression.kind) {
    case 'text':
      return () => expression.text
    case 'integer':
    case 'boolean':
      return () => expression.value
    case 'decimal': {
      const value = toDecimal(expression.value)
      return () => value
    }
    case 'interpolation': {
      const run = compilation.compileBlock(expression.body, compilation)
      return (runtime) => measured(runtime, capture(runtime, run))
    }
    case 'list':
      return compileList(expression.items, compilation)
    case 'range':
      return compileRange(expression, compilation)
    case 'map':
      return compileMap(expression, compilation)
    case 'reference':
      return compileReference(expression.reference, compilation)
    case 'not': {
      const operand = compileExpression(expression.operand, compilation)
      return (runtime) => !isTrue(operand(runtime))
    }
    case 'binary':
      return compileBinary(expression, compilation)
    default:
      return expression satisfies never
  }
}

/** Velocity's truth: everything but null and false, so the empty text and 0 are true. */
export function isTrue(value: JavaValue): boolean {
  return value !== null && value !== false
}

function compileList(items: readonly Expression[], compilation: Compilation): Evaluate {
  const evaluates = items.map((item) => compileExpression(item, compilation))
  return (runtime) => {
    spend(runtime, evaluates.length)
    return toList(evaluates.map((evaluate) => evaluate(runtime)))
  }
}

function compileRange(range: Extract<Expression, { kind: 'range' }>, compilation: Compilation): Evaluate {
  const from = compileExpression(range.from, compilation)
  const to = compileExpression(range.to, compilation)
  return (runtime) => {
    const [first, last] = [from(runtime), to(runtime)]
    // Velocity makes no range of anything but integers.
    if (typeof first !== 'number' || typeof last !== 'number') return null
    const size = Math.abs(last - first) + 1
    spend(runtime, size)
    const direction = last < first ? -1 : 1
    return toList(Array.from({ length: size }, (_, index) => first + index * direction))
  }
}

function compileMap(map: Extract<Expression, { kind: 'map' }>, compilation: Compilation): Evaluate {
  const entries = map.entries.map(
    ({ key, value }) => [compileExpression(key, compilation), compileExpression(value, compilation)] as const,
  )
  return (runtime) => {
    spend(runtime, entries.length)
    return toMap(entries.map(([key, value]) => [key(runtime), value(runtime)] as const))
  }
}

function compileBinary(binary: Extract<Expression, { kind: 'binary' }>, compilation: Compilation): Evaluate {
  const left = compileExpression(binary.left, compilation)
  const right = compileExpression(binary.right, compilation)
  const { operator } = binary
  if (operator === '&&') return (runtime) => isTrue(left(runtime)) && isTrue(right(runtime))
  if (operator === '||') return (runtime) => isTrue(left(runtime)) || isTrue(right(runtime))
  if (isArithmetic(operator)) return (runtime) => add(operator, left(runtime), right(runtime), runtime)
  if (operator === '==') return (runtime) => isEqual(left(runtime), right(runtime), runtime)
  if (operator === '!=') return (runtime) => !isEqual(left(runtime), right(runtime), runtime)
  return (runtime) => isOrdered(operator, compare(left(runtime), right(runtime)))
}

function isOrdered(operator: BinaryOperator, distance: number): boolean {
  if (operator === '<') return distance < 0
  if (operator === '<=') return distance <= 0
  return operator === '>' ? distance > 0 : distance >= 0
}

/** Arithmetic on numbers; `+` joins as soon as one side is text. Anything else is null, as in Velocity. */
function add(operator: '+' | '-' | '*' | '/' | '%', left: JavaValue, right: JavaValue, runtime: Runtime): JavaValue {
  spend(runtime, 1)
  if (isNumber(left) && isNumber(right)) return calculate(operator, left, right)
  if (operator !== '+' || (typeof left !== 'string' && typeof right !== 'string')) return null
  return measured(runtime, printJava(left, runtime) + printJava(right, runtime))
}

/** Compiles a reference: its variable, then each step on what came before; null all the way once something is null. */
export function compileReference(reference: Reference, compilation: Compilation): Evaluate {
  let evaluate = compileVariable(reference.root, compilation)
  for (const step of reference.steps) evaluate = compileStep(evaluate, step, compilation)
  return evaluate
}

function compileVariable(name: string, compilation: Compilation): Evaluate {
  const parameter = compilation.parameters.get(name)
  if (parameter !== undefined) return (runtime) => readParameter(runtime, parameter)
  const slot = slotOf(name, compilation)
  const ofLoop = readLoop(name)
  if (ofLoop !== null) return (runtime) => (runtime.loop === null ? (runtime.variables[slot] ?? null) : ofLoop(runtime.loop))
  return (runtime) => runtime.variables[slot] ?? null
}

function readParameter(runtime: Runtime, parameter: number): JavaValue {
  const { frame } = runtime
  if (frame === null) return null
  const replaced = frame.replaced.get(parameter)
  if (replaced !== undefined) return replaced
  const argument = frame.macroArguments[parameter]
  if (argument === undefined) return null
  spend(runtime, 1)
  if (runtime.macroDepth > runtime.limits.macroDepthMax) fail(runtime, 'A macro passes an argument to itself without end.')
  runtime.frame = frame.caller
  const value = argument.evaluate(runtime)
  runtime.frame = frame
  return value
}

function compileStep(receiver: Evaluate, step: ReferenceStep, compilation: Compilation): Evaluate {
  const { offset } = step
  if (step.kind === 'property') {
    const { name } = step
    return (runtime) => readProperty(receiver(runtime), name)
  }
  if (step.kind === 'index') {
    const index = compileExpression(step.index, compilation)
    return (runtime) => {
      const value = receiver(runtime)
      const at = index(runtime)
      runtime.offset = offset
      return readIndex(value, at, runtime)
    }
  }
  const { name } = step
  const parameters = step.parameters.map((parameter) => compileExpression(parameter, compilation))
  return (runtime) => {
    const value = receiver(runtime)
    if (value === null) return null
    const evaluated = parameters.map((parameter) => parameter(runtime))
    spend(runtime, 1)
    runtime.offset = offset
    return callMethod(value, name, evaluated, runtime)
  }
}
