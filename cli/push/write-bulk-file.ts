import { writeFile } from 'node:fs/promises'
import { toKvPairs } from '../../worker/semantics/rules/kv-entries.ts'
import type { RuleSet } from '../../worker/semantics/rules/rule-set.ts'

/** What `wrangler kv bulk put` takes at once (platform section 1). */
const LIMITS = { pairsMax: 10_000, bytesMax: 100_000_000 } as const

/**
 * Writes a rule set as a file for `wrangler kv bulk put`. There is no Ledger to count revisions, so the time does: seconds since 1970, because the data plane never
 * goes back to an earlier revision than it has seen. Gives the number of documents, or what is wrong.
 */
export async function writeBulkFile(rules: RuleSet, file: string, nowMs: number): Promise<number | string> {
  const revision = Math.floor(nowMs / 1000)
  const pairs = toKvPairs({ ...rules, stages: rules.stages.map((stage) => Object.assign({}, stage, { revision })) })
  const text = JSON.stringify(pairs.map(([key, value]) => ({ key, value })), null, 2)
  if (pairs.length > LIMITS.pairsMax) return `${pairs.length} documents are more than wrangler writes at once (${LIMITS.pairsMax})`
  if (Buffer.byteLength(text) > LIMITS.bytesMax) return `the documents are larger than wrangler writes at once (${LIMITS.bytesMax} bytes)`
  await writeFile(file, `${text}\n`)
  return pairs.length
}
