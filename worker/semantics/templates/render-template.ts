import type { Template } from './compile-template.ts'
import { toContext } from './context-variable.ts'
import { toPosition } from './cursor.ts'
import { toInput } from './input-variable.ts'
import { type JavaMap, type JavaValue, toMap } from './java-values.ts'
import { TEMPLATE_LIMITS, type TemplateLimits } from './limits.ts'
import { NO_OVERRIDES, readOverrides } from './read-overrides.ts'
import type { Runtime } from './runtime.ts'
import type { Overrides, TemplateScope } from './template-scope.ts'
import { toUtil } from './util-variable.ts'

/** What a template wrote, or why and where it could not go on (line and column from 1). */
export type RenderedTemplate =
  | { readonly ok: true; readonly text: string; readonly overrides: Overrides }
  | { readonly ok: false; readonly reason: string; readonly line: number; readonly column: number }

/**
 * Renders a compiled template. Never throws: a Java exception, a limit and a broken JSONPath are all a failed rendering,
 * for which API Gateway answers 500 `Internal server error`.
 */
export function renderTemplate(template: Template, scope: TemplateScope, limits: TemplateLimits = TEMPLATE_LIMITS): RenderedTemplate {
  const runtime: Runtime = {
    limits,
    steps: 0,
    failure: null,
    variables: [],
    out: '',
    offset: 0,
    frame: null,
    loop: null,
    macroDepth: 0,
  }
  try {
    const context = setVariables(template, scope, runtime)
    template.run(runtime)
    const overrides = context === null ? (scope.overrides ?? NO_OVERRIDES) : readOverrides(context, runtime)
    return { ok: true, text: runtime.out, overrides }
  } catch (thrown) {
    // Our own failures left their reason; what else can be thrown here is the engine's refusal (stack, length of a string).
    return { ok: false, reason: runtime.failure ?? `Cannot be rendered: ${String(thrown)}`, ...toPosition(template.source, runtime.offset) }
  }
}

/** Sets what the template mentions of the gateway's own variables; gives `$context` back if it is one of them. */
function setVariables(template: Template, scope: TemplateScope, runtime: Runtime): JavaMap | null {
  const { slots } = template
  runtime.variables.length = slots.size
  runtime.variables.fill(null)
  const set = (name: string, make: () => JavaValue) => {
    const slot = slots.get(name)
    if (slot !== undefined) runtime.variables[slot] = make()
  }
  set('input', () => toInput(scope, template.paths, runtime))
  set('util', () => toUtil(runtime))
  set('stageVariables', () => toMap(Object.entries(scope.stageVariables)))
  if (!slots.has('context')) return null
  const context = toContext(scope.context, scope.overrides)
  set('context', () => context)
  return context
}
