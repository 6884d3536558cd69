import { toKvPairs } from '../../worker/semantics/rules/kv-entries.ts'
import type { RuleSet } from '../../worker/semantics/rules/rule-set.ts'

/** What the publisher needs of a KV namespace. */
export interface WritableKv {
  put(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
}

/** Publishes rule sets to the local KV, one after the other. */
export interface Publisher {
  publish(rules: RuleSet): Promise<void>
  /** Whether it has written anything: its revisions run ahead of the Ledger's, so that who starts with it stays with it. */
  hasPublished(): boolean
}

/** A publisher that writes what changed and removes what is gone. Every publication is a new revision of the stages. */
export function createPublisher(kv: WritableKv, firstRevision: number): Publisher {
  let revision = firstRevision
  let published = new Map<string, string>()
  return {
    hasPublished: () => published.size > 0,
    async publish(rules) {
      revision += 1
      const stages = rules.stages.map((stage) => ({ ...stage, revision }))
      const entries = new Map(toKvPairs({ ...rules, stages }))
      for (const [key, text] of entries) if (published.get(key) !== text) await kv.put(key, text)
      for (const key of published.keys()) if (!entries.has(key)) await kv.delete(key)
      published = entries
    },
  }
}
