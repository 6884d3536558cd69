/** Values by key, of which those that were used lately are kept, in the memory of an isolate. */
export interface Recent<Value> {
  get(key: string): Value | null
  put(key: string, value: Value): void
  remove(key: string): void
}

/**
 * Makes an empty memory for at most so many values. It keeps two generations: when the younger one holds half of all, the older one is let go. A value that is used moves to
 * the younger one, so that finding it again costs one look-up and no book-keeping.
 */
export function createRecent<Value>(entriesMax: number): Recent<Value> {
  let young = new Map<string, Value>()
  let old = new Map<string, Value>()
  const put = (key: string, value: Value): void => {
    if (young.size >= entriesMax / 2 && !young.has(key)) {
      old = young
      young = new Map()
    }
    young.set(key, value)
  }
  return {
    get(key) {
      const value = young.get(key)
      if (value !== undefined) return value
      const earlier = old.get(key)
      if (earlier === undefined) return null
      old.delete(key)
      put(key, earlier)
      return earlier
    },
    put,
    remove(key) {
      young.delete(key)
      old.delete(key)
    },
  }
}
