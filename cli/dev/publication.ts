import { isStageKey } from '../../kv-schemas/keys.ts'
import type { Problem } from '../../worker/semantics/source/report.ts'

/** A rule folder that compiled, ready to be published either way. */
export interface Publication {
  /** Its files, for a push; null when they are more than one push takes. */
  readonly files: ReadonlyMap<string, string> | null
  /** Its documents by their KV keys, in the order of writing; every stage at revision 1. */
  readonly entries: ReadonlyMap<string, string>
  /** What it has stages of, as `shop/dev`. */
  readonly stages: readonly string[]
  /** Whether the documents follow from the files alone, and hold no secrets: not so with variables of the environment or credentials. */
  readonly isLasting: boolean
}

/** A rule folder as `stagedoor dev` needs it: without a publication when it has errors. Texts only, which threads hand over quicker than documents. */
export type PreparedRules =
  | { readonly kind: 'loaded'; readonly publication: Publication | null; readonly problems: readonly Problem[] }
  | { readonly kind: 'unreadable'; readonly message: string }

/** The same rules with their stages at another revision. */
export function atRevision(rules: PreparedRules, revision: number): PreparedRules {
  if (rules.kind === 'unreadable' || rules.publication === null) return rules
  const entries = Array.from(rules.publication.entries, ([key, text]): [string, string] => [key, isStageKey(key) ? JSON.stringify({ ...JSON.parse(text), revision }) : text])
  return { ...rules, publication: { ...rules.publication, entries: new Map(entries) } }
}
