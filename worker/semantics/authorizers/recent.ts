/** Values by key, of which those that were used last are kept, in the memory of an isolate. */
export interface Recent<Value> {
  get(key: string): Value | null
  put(key: string, value: Value): void
  remove(key: string): void
}

/** Makes an empty memory for so many values; the one that was not used for the longest time goes first. */
export function createRecent<Value>(entriesMax: number): Recent<Value> {
  const entries = new Map<string, Value>()
  return {
    get(key) {
      const value = entries.get(key)
      if (value === undefined) return null
      entries.delete(key)
      entries.set(key, value)
      return value
    },
    put(key, value) {
      entries.delete(key)
      entries.set(key, value)
      const [oldest] = entries.keys()
      if (entries.size > entriesMax && oldest !== undefined) entries.delete(oldest)
    },
    remove: (key) => void entries.delete(key),
  }
}
