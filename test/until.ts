/** A safety net, well below the time-out of a test: a machine that is slow or busy stays far from it. */
const MS_MAX = 50_000

/** Asks again and again until the answer is right, and gives it. For what a test can only see from outside: how many wait, what was stored behind an answer. */
export async function until<Value>(read: () => Value | Promise<Value>, isRight: (value: Value) => boolean = Boolean): Promise<Value> {
  const startedAtMs = Date.now()
  for (;;) {
    const value = await read()
    if (isRight(value)) return value
    if (Date.now() - startedAtMs > MS_MAX) throw new Error(`not so after ${MS_MAX} ms: ${String(read)} gave ${String(value)}`)
    await new Promise((resolve) => void setTimeout(resolve, 1))
  }
}
