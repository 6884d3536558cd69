/** Waits for a promise, but not longer than that: then null. */
export async function within<Value>(promise: Promise<Value>, ms: number): Promise<Value | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>()
  const timer = setTimeout(() => resolve(null), ms)
  const first = await Promise.race([promise, late])
  clearTimeout(timer)
  return first
}

/** Lets time pass. */
export const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
