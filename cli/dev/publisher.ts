/** What the publisher needs of a KV namespace. */
export interface WritableKv {
  put(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
}

/** Publishes the documents of rule folders to the local KV, one folder after the other. */
export interface Publisher {
  publish(entries: ReadonlyMap<string, string>): Promise<void>
  /** Whether it has written anything: its revisions run ahead of the Ledger's, so that who starts with it stays with it. */
  hasPublished(): boolean
}

/** A publisher that writes what changed, in order, and removes what is gone. */
export function createPublisher(kv: WritableKv): Publisher {
  let published: ReadonlyMap<string, string> = new Map()
  return {
    hasPublished: () => published.size > 0,
    async publish(entries) {
      for (const [key, text] of entries) if (published.get(key) !== text) await kv.put(key, text)
      for (const key of published.keys()) if (!entries.has(key)) await kv.delete(key)
      published = entries
    },
  }
}
