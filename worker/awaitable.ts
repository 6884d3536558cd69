/**
 * A value that is at hand, or one that has to be waited for. What most requests find in memory is handed over as it is: a promise for it would cost each of them
 * more than the looking up.
 */
export type Awaitable<Value> = Value | Promise<Value>

/** Goes on with a value: at once when it is at hand. */
export function whenThere<Value, Next>(value: Awaitable<Value>, next: (value: Value) => Awaitable<Next>): Awaitable<Next> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** Both values: at once when both are at hand, else after one wait for both. */
export function bothThere<One, Other>(one: Awaitable<One>, other: Awaitable<Other>): Awaitable<readonly [One, Other]> {
  return one instanceof Promise || other instanceof Promise ? Promise.all([one, other]) : [one, other]
}
