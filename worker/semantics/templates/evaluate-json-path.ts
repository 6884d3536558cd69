import { spend } from './budget.ts'
import { type JavaValue, toJsonList } from './java-values.ts'
import type { JsonPathStep, PathScope } from './json-path-steps.ts'

/** Follows steps from a value; the list of an indefinite path goes to a function at its end as a whole. */
export function evaluateSteps(steps: readonly JsonPathStep[], scope: PathScope, start: JavaValue): JavaValue | undefined {
  let values: JavaValue[] = [start]
  let isDefinite = true
  for (const step of steps) {
    if (step.kind === 'function') {
      const model = isDefinite ? values[0] : toJsonList(values)
      values = model === undefined ? [] : listed(step.apply(model, scope))
      isDefinite = true
      continue
    }
    const found: JavaValue[] = []
    for (const value of values) step.select(value, scope, found)
    spend(scope.budget, found.length + 1)
    values = found
    isDefinite = isDefinite && step.isDefinite
  }
  return isDefinite ? values[0] : toJsonList(values)
}

function listed(value: JavaValue | undefined): JavaValue[] {
  return value === undefined ? [] : [value]
}
