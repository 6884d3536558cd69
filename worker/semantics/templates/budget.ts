import type { TemplateLimits } from './limits.ts'

/** What one rendering has spent, and why it had to end if it did. */
export type Budget = { readonly limits: TemplateLimits; steps: number; failure: string | null }

/** Ends the rendering; `renderTemplate` catches and reports the reason. */
export function fail(budget: Budget, reason: string): never {
  budget.failure = reason
  throw new Error(reason)
}

/** Counts work done; ends the rendering when it is too much. */
export function spend(budget: Budget, steps: number): void {
  budget.steps += steps
  if (budget.steps > budget.limits.stepsMax) fail(budget, `The template takes more than ${budget.limits.stepsMax} steps.`)
}

/** Lets a text pass if it is not too long; work on it costs a step a thousand characters. */
export function measured(budget: Budget, text: string): string {
  const { textCharsMax } = budget.limits
  if (text.length > textCharsMax) fail(budget, `A text grew longer than ${textCharsMax} characters.`)
  spend(budget, text.length >> 10)
  return text
}
