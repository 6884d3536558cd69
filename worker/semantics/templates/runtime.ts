import { type Budget, fail, spend } from './budget.ts'
import type { JavaValue } from './java-values.ts'

/** The state of one rendering. Variables live in slots, numbered when the template is compiled. */
export type Runtime = Budget & {
  readonly variables: JavaValue[]
  out: string
  offset: number
  frame: MacroFrame | null
  loop: Loop | null
  macroDepth: number
}

/** An argument of a macro: evaluated each time it is used (call by name), in the frame of whoever invoked the macro. */
export type MacroArgument = {
  readonly evaluate: Evaluate
  readonly assign: ((runtime: Runtime, value: JavaValue) => void) | null
}

/** The arguments of a running macro; `replaced` holds those that `#set` replaced where they were no plain variable. */
export type MacroFrame = {
  readonly macroArguments: readonly MacroArgument[]
  readonly replaced: Map<number, JavaValue>
  readonly caller: MacroFrame | null
}

/** Where a `#foreach` stands; `index` counts from 0. */
export type Loop = { index: number; readonly size: number; readonly parent: Loop | null; isStopped: boolean }

/** How a statement ended: on to the next one, out of the innermost scope, or out of the whole template. */
export type Signal = 'next' | 'break' | 'stop'

/** A compiled statement or block. */
export type Run = (runtime: Runtime) => Signal

/** A compiled expression. */
export type Evaluate = (runtime: Runtime) => JavaValue

/** Writes to the output. */
export function append(runtime: Runtime, text: string): void {
  runtime.out += text
  if (runtime.out.length > runtime.limits.textCharsMax) fail(runtime, `The output grew longer than ${runtime.limits.textCharsMax} characters.`)
}

/** Runs a block and gives what it wrote instead of writing it. `#stop` inside ends only what it captured. */
export function capture(runtime: Runtime, run: Run): string {
  const before = runtime.out
  runtime.out = ''
  spend(runtime, 1)
  run(runtime)
  const captured = runtime.out
  runtime.out = before
  return captured
}
