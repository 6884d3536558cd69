import { toKvEntries } from './kv-entries.ts'
import type { RuleSet } from './rule-set.ts'

/** The kinds of documents that belong to the account rather than to an API; each is the first part of its KV key. */
export const DOCUMENT_KINDS = ['account', 'domain', 'usage-plan', 'api-key', 'credential'] as const
export type DocumentKind = (typeof DOCUMENT_KINDS)[number]

/** A document of a kind, with the key that it has in KV. */
export interface RuleDocument {
  readonly key: string
  readonly kind: DocumentKind
  readonly value: unknown
}

/** The rule file that the documents of a kind come from. A folder without it says nothing about that kind. */
const FILES: Readonly<Record<DocumentKind, string>> = {
  account: 'account.json',
  domain: 'domains.json',
  'usage-plan': 'usage-plans.json',
  'api-key': 'api-keys.json',
  credential: 'credentials.json',
}

/** The kinds that a rule folder has files of, from the paths of its files. */
export function kindsOf(paths: Iterable<string>): readonly DocumentKind[] {
  const present = new Set(paths)
  return DOCUMENT_KINDS.filter((kind) => present.has(FILES[kind]))
}

/** The account's documents of a compiled rule folder, of the kinds that it has files of. */
export function toAccountDocuments(rules: RuleSet, kinds: readonly DocumentKind[]): readonly RuleDocument[] {
  return toKvEntries(rules).flatMap(([key, value]) => {
    const kind = kinds.find((candidate) => key === candidate || key.startsWith(`${candidate}/`))
    return kind === undefined ? [] : [{ key, kind, value }]
  })
}
