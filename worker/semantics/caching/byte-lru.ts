/** A map bounded in bytes: what was not used for the longest time goes first. */
export interface ByteLru<Key, Value> {
  get(key: Key): Value | undefined
  /** Takes a value of the given size; one that is larger than the whole map is not taken. */
  set(key: Key, value: Value, bytes: number): void
  delete(key: Key): void
  clear(): void
  readonly bytes: () => number
  readonly entries: () => number
}

/** Makes an empty map of at most `bytesMax`. */
export function createByteLru<Key, Value>(bytesMax: number): ByteLru<Key, Value> {
  // A Map keeps the order of insertion: the first key is the one not used for the longest time.
  const held = new Map<Key, { readonly value: Value; readonly bytes: number }>()
  let total = 0
  const drop = (key: Key): void => {
    const old = held.get(key)
    if (old === undefined) return
    total -= old.bytes
    held.delete(key)
  }
  return {
    get(key) {
      const entry = held.get(key)
      if (entry === undefined) return undefined
      held.delete(key)
      held.set(key, entry)
      return entry.value
    },
    set(key, value, bytes) {
      drop(key)
      if (bytes > bytesMax) return
      held.set(key, { value, bytes })
      total += bytes
      for (const oldest of held.keys()) {
        if (total <= bytesMax) break
        drop(oldest)
      }
    },
    delete: drop,
    clear() {
      held.clear()
      total = 0
    },
    bytes: () => total,
    entries: () => held.size,
  }
}
