/** When a call is tried again. */
export interface RetryRule {
  /** Calls in all, the first one included. */
  readonly attempts: number
  /** Answers that count as failures. */
  readonly statusCodes: readonly number[]
  /** How many retries a hundred calls may cause. */
  readonly budgetPercent: number
  /** The longest pause before the first retry; it doubles with each one more. */
  readonly backoffInMillis: number
}

/** What is left of a retry budget; calls add to it, retries take from it. */
export interface RetryBudget {
  readonly retries: number
}

/** A rare failure must be retried even where calls are few; a flood of failures must not double the load. */
const RETRIES_MAX = 10

/** The budget of an integration that was never called. */
export const FULL_BUDGET: RetryBudget = { retries: RETRIES_MAX }

/** Methods that may be sent twice (RFC 9110 section 9.2.2). */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/** Whether a method may be sent twice. */
export function isIdempotent(httpMethod: string): boolean {
  return IDEMPOTENT.has(httpMethod)
}

/** The budget after a call. */
export function addCall(budget: RetryBudget, rule: RetryRule): RetryBudget {
  return { retries: Math.min(RETRIES_MAX, budget.retries + rule.budgetPercent / 100) }
}

/** The budget after a retry; null when none is left. */
export function takeRetry(budget: RetryBudget): RetryBudget | null {
  return budget.retries < 1 ? null : { retries: budget.retries - 1 }
}

/** The pause before a retry (1 for the first): anything up to the bound, so that clients that failed together don't return together. */
export function toPauseMs(rule: RetryRule, retry: number, draw: number): number {
  return Math.round(draw * rule.backoffInMillis * 2 ** (retry - 1))
}
